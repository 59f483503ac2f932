"""The ``kg`` command: one module per command."""
