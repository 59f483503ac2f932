"""How pages are asked for: who asks, how often, how much, how long."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg import __version__
from kg.errors import ArticleError, ConfigurationError

CONTACT = "KG_CONTACT"
"""The environment variable that names whom the owner of a site can write to."""

TOKEN = "kg"  # noqa: S105 - a name, no secret
"""The name by which ``robots.txt`` knows the program."""

_CONTACT = re.compile(r"[^\s@()]+@[^\s@()]+\.[^\s@()]+|https?://[^\s()]+")


class RefusedError(ArticleError):
    """An address is not fetched, or its answer not kept; ``source`` is the address, ``reason`` one line for the user."""


class ForbiddenError(RefusedError):
    """The owner of the site does not want the address fetched."""


class DeadlineError(RefusedError):
    """An answer took longer than it may."""


@dataclass(frozen=True)
class Settings:
    """``contact`` is a mail address or the address of a page: the owner of a site must be able to write to who fetches.

    ``rate`` is the requests a second to one host at most; ``timeout`` the seconds in which a connection must stand and something
    must come, ``deadline`` those after which the whole answer must be there; ``page_bytes`` and ``list_bytes`` the largest page
    and the largest feed or sitemap, decompressed; ``redirects`` how many are followed; ``tries`` how often a server that is busy
    is asked; ``patience`` the longest wait in seconds that it may ask for; ``max_age`` the seconds for which a page counts as
    fresh; ``private`` whether addresses of this machine and of private networks may be asked.

    Raises:
        ConfigurationError: there is no usable contact, or a number makes no sense.
    """

    contact: str
    rate: float = 1.0
    timeout: float = 15.0
    deadline: float = 60.0
    page_bytes: int = 5_000_000
    list_bytes: int = 20_000_000
    redirects: int = 5
    tries: int = 3
    patience: float = 60.0
    max_age: float = 86_400.0
    private: bool = False

    def __post_init__(self) -> None:
        if not (_CONTACT.fullmatch(self.contact) and self.contact.isascii() and self.contact.isprintable()):
            raise ConfigurationError(
                f"sites want to know who fetches: set {CONTACT}, or --contact, to your mail address or the address of a page"
            )
        if not 0 < self.rate <= 100:
            raise ConfigurationError("--rate is the requests a second to one host: above 0, at most 100")

    @property
    def user_agent(self) -> str:
        """What the program calls itself: name, version, and whom to write to."""
        return f"{TOKEN}/{__version__} (+https://w3id.org/kg-exporter; {self.contact})"
