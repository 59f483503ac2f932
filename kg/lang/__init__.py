"""Languages as data, and the code that loads them."""
