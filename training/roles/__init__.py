"""Recipe of the weights by which the arguments of legal actions are chosen (``kg/data/roles``)."""
