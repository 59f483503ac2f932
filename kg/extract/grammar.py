"""The small closed word classes on which argument finding rests, from ``syntax.toml`` of a language pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from kg.errors import ConfigurationError
from kg.lang.fold import fold_word
from kg.lang.pack import load_pack


@dataclass(frozen=True)
class Grammar:
    """Closed classes of one language, as folded words (``frozenset``) or word sequences.

    ``prepositions`` separate nominals where there are no trees; ``locative`` are those that lead a place; ``boundary`` words
    end a clause; ``complementizers`` are those behind which stands what somebody says. ``undergo`` are verbs whose subject
    undergoes what their object says, ``attitude`` those whose subject judges or mentions it and does not do it (to criticise an
    arrest), and ``circumstance`` prepositions behind which it is the time or reason of something else. ``attached`` are
    one-letter prepositions written onto the next word. ``authorities`` are nouns of those who act for the state; ``persons``
    nouns that describe people; ``definite`` descriptions that point back at the person the text is about (the defendant).
    ``titles`` are offices and forms of address before the name of whoever bears them, ``kin`` nouns for somebody of another's
    (brother, lawyer) before that other's name, ``articles`` what a definite word begins with, ``counting`` words of number that
    stand for people ("dozens of"), and ``partitive`` what leads to whom they count; ``plural_endings`` tell where there are no
    trees that a noun is no singular. ``accusations`` are nouns for what somebody is said to have done, ``against`` the
    prepositions between them and that somebody.
    ``counsel`` are titles of those who judge, accuse, defend or speak for a body. ``first_person`` and ``second_person`` are
    pronouns for whoever speaks and for whoever is spoken to. ``plural`` are pronouns, free or attached, that stand for several
    and hence for no single name. ``negation``, ``request``, ``possible`` and ``speech`` words decide modality and attribution;
    ``following`` markers lead to the source of a claim (according to). ``no_offence`` are nouns that stand where an offence
    may, and are none (the cause, the crash, questioning). ``no_target`` are nouns that never describe who is arrested, charged
    or tried (the case, the file, the decision).
    """

    agentive: frozenset[str] = frozenset()
    genitive: frozenset[str] = frozenset()
    locative: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    attached: frozenset[str] = frozenset()
    boundary: frozenset[str] = frozenset()
    relative: frozenset[str] = frozenset()
    complementizers: frozenset[str] = frozenset()
    pronouns: frozenset[str] = frozenset()
    first_person: frozenset[str] = frozenset()
    second_person: frozenset[str] = frozenset()
    indefinite: frozenset[str] = frozenset()
    possessive: frozenset[str] = frozenset()
    pronoun_suffixes: frozenset[str] = frozenset()
    plural: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()
    agency: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    kin: frozenset[str] = frozenset()
    counsel: frozenset[str] = frozenset()
    counting: frozenset[str] = frozenset()
    partitive: frozenset[str] = frozenset()
    plural_endings: frozenset[str] = frozenset()
    accusations: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    passive: frozenset[str] = frozenset()
    undergo: frozenset[str] = frozenset()
    attitude: frozenset[str] = frozenset()
    circumstance: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    definite: frozenset[str] = frozenset()
    negation: frozenset[str] = frozenset()
    request: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()
    future: frozenset[str] = frozenset()
    speech: frozenset[str] = frozenset()
    following: frozenset[str] = frozenset()
    through: frozenset[str] = frozenset()
    offence: frozenset[str] = frozenset()
    offence_end: frozenset[str] = frozenset()
    no_offence: frozenset[str] = frozenset()
    no_target: frozenset[str] = frozenset()


_NAMES = frozenset(f.name for f in fields(Grammar))


@cache
def grammar(code: str) -> Grammar:
    """The grammar of the language ``code``.

    Raises:
        ConfigurationError: ``syntax.toml`` has an unknown key.
    """
    return read_grammar(load_pack(code).table("syntax"), code)


def read_grammar(table: Mapping[str, list[str]], code: str) -> Grammar:
    """A grammar from its table; see ``grammar``."""
    unknown = set(table) - _NAMES
    if unknown:
        raise ConfigurationError(f"syntax.toml of {code}: unknown key {', '.join(sorted(unknown))}")
    return Grammar(**{name: frozenset(fold_word(word) for word in words) for name, words in table.items()})
