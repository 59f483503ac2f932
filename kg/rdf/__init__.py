"""The knowledge graph as RDF."""
