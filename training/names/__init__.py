"""Recipe of the names model in ``kg/data/names``: see README.md beside this file."""
