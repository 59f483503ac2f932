"""The recipe of the model that tags legal actions; nothing here is needed to run ``kg``."""
