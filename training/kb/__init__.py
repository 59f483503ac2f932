"""The recipe of the shipped knowledge base: from packages and the tables beside this file to ``kg/data/kb``."""
