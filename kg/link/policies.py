"""The policy of names of any language, with a language pack or without."""

from __future__ import annotations

from types import MappingProxyType

from kg.lang.pack import LanguagePack, languages
from kg.mention.policy import Policy, policy_of, read_policy


def policy_for(lang: str) -> Policy:
    """The policy of ``lang``; of a language without a pack one that knows no words.

    Raises:
        ConfigurationError: the language's ``names.toml`` is broken.
    """
    if lang in languages():
        return policy_of(lang)
    return read_policy(LanguagePack(lang, lang, "ltr", MappingProxyType({}), MappingProxyType({})))
