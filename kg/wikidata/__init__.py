"""Wikidata over the network, for those who ask for it: candidates that the shipped knowledge base does not have."""
