"""Parsers: an article's body becomes sentences and tokens."""
