"""What can go wrong, as exceptions that carry a message for the user."""

from __future__ import annotations


class KgError(Exception):
    """Base of every error that ``kg`` raises on purpose; its text says what is wrong and what to do next."""


class ConfigurationError(KgError):
    """The installation, a data file or an option is wrong: the run stops (exit status 2)."""


class ArticleError(KgError):
    """One article cannot be read or analysed: it is logged and skipped, the others go on (exit status 1).

    ``source`` is the file or record, ``reason`` one line for the user.
    """

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class StoreError(KgError):
    """A store or endpoint refused or could not be reached."""
