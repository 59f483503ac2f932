"""Readers: files, pages and records become articles."""
