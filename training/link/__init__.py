"""How sure a link is: the recipe of ``kg/link/calibration.toml``."""
