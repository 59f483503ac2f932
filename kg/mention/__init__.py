"""Recognisers of named people, organisations and places."""
