"""Making, importing and checking knowledge bases."""
