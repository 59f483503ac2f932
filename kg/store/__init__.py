"""SPARQL stores, embedded and remote."""
