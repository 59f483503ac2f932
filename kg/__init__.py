"""Legal actions from news articles as a knowledge graph, each fact traceable to the words that say it."""

__version__ = "0.1.0"
