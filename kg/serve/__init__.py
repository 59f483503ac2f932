"""The graph on this machine's browser: a SPARQL endpoint, linked-data pages, and the page that people look at."""
