"""``python -m kg`` is the ``kg`` command."""

from kg.cli.main import run

if __name__ == "__main__":
    run()
