"""What people decide about reports of actions, read from the table of decisions and applied before reports are merged."""
