"""Parsers: an article's body becomes sentences and tokens.

``stage`` holds the pipeline's stage and the registry of backends; ``blocks`` cuts the body into the texts that a backend
gets to see, and knows the way back; ``spacy_``, ``stanza_`` and ``rules`` are the backends.
"""
