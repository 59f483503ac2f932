"""The recipe of the shipped knowledge base: from registry packages and the hand-made tables beside this file to ``kg/data/kb``."""
