"""How Wikidata is asked: who asks, where answers are kept, how fast."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import ConfigurationError
from kg.wikidata.asker import PATIENCE, RATE, user_agent

ENDPOINT = "https://www.wikidata.org/w/api.php"
CONTACT = "KG_WIKIDATA_CONTACT"
ENDPOINT_NAME = "KG_WIKIDATA_ENDPOINT"
CACHE_NAME = "KG_WIKIDATA_CACHE"
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://\S+")


@dataclass(frozen=True)
class Settings:
    """``contact`` is an address of mail or of a page, which the policy of the Wikimedia servers wants in every request.

    ``cache`` is the folder of answers, ``max_age`` their age in seconds from which they are asked for again; ``rate`` the
    requests a second at most; ``timeout`` the seconds that a connection and an answer may take; ``patience`` the longest wait in
    seconds that a server may ask for before it counts as unreachable. With ``offline`` nothing is asked: the cache alone answers,
    whatever its age.

    Raises:
        ConfigurationError: there is no usable contact, and something would be asked.
    """

    contact: str = ""
    endpoint: str = ENDPOINT
    cache: Path = field(default_factory=lambda: default_cache())
    max_age: float = 30 * 86_400.0
    rate: float = RATE
    timeout: float = 10.0
    patience: float = PATIENCE
    offline: bool = False

    def __post_init__(self) -> None:
        if not self.offline and not (_CONTACT.fullmatch(self.contact) and self.contact.isascii() and self.contact.isprintable()):
            raise ConfigurationError(
                f"Wikidata wants to know who asks: set {CONTACT} to your mail address or the address of a page about your project"
            )

    @property
    def user_agent(self) -> str:
        """Who asks."""
        return user_agent(self.contact)


def default_cache(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of answers: that of the environment, else beside the caches of other programs."""
    if environment.get(CACHE_NAME):
        return Path(environment[CACHE_NAME])
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "kg" / "wikidata"


def settings_of(environment: Mapping[str, str] = os.environ, offline: bool = False) -> Settings:
    """The settings that the environment says.

    Raises:
        ConfigurationError: there is no contact in it, and ``offline`` is not set.
    """
    return Settings(
        contact=environment.get(CONTACT, "").strip(),
        endpoint=environment.get(ENDPOINT_NAME) or ENDPOINT,
        cache=default_cache(environment),
        offline=offline,
    )
