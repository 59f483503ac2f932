"""Grouping of mentions into entities, and their alignment to Wikidata."""
