"""Legal actions and their arguments."""
