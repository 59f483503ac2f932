"""The views of the page as plain data: one module each."""
