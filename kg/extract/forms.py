"""Inflection as data: citation forms become the words that texts use.

``forms.toml`` of a language pack has paradigms, tried in order: the first whose class and ending fit a citation form
inflects it. A template is the stem's place ``{0}`` (``{1}`` the second stem, where the citation form is written
``first/second``) with affixes; ``[irregular.<class>]`` lists forms outright. Feature names: ``fin`` finite, ``part``
participle, ``inf`` infinitive, ``ger`` gerund, ``noun``; a ``+`` after the feature marks forms that carry an object or
possessive pronoun (``اعتقلته``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from kg.errors import ConfigurationError
from kg.lang.fold import fold_word
from kg.lang.pack import LanguagePack, load_pack

_GROUP = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True, order=True)
class Form:
    """A reading of a word: the lexeme it belongs to (``v:arrêter``), its feature, and whether it carries a pronoun."""

    lexeme: str
    feature: str
    pronoun: bool = False


@dataclass(frozen=True, slots=True)
class Paradigm:
    """How citation forms of ``word_class`` that end in ``ending`` inflect: templates by feature."""

    word_class: str
    ending: str
    templates: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Morphology:
    """The paradigms, irregular forms and clitics of one language.

    ``prefixes`` are the strings that may stand before a form, as (outside, inside): the letters outside do not belong to the word
    (``و``, ``ب``), those inside do (``ال``, ``س``). Longest first; a language without clitics has none.
    """

    paradigms: tuple[Paradigm, ...]
    irregular: Mapping[str, Mapping[str, tuple[str, ...]]]
    prefixes: tuple[tuple[str, str], ...]

    def inflect(self, word_class: str, citation: str) -> dict[str, Form]:
        """All forms of the lexeme, folded, with their readings.

        Raises:
            ConfigurationError: no paradigm fits.
        """
        lexeme = f"{word_class}:{citation}"
        listed = self.irregular.get(lexeme)
        if listed is not None:
            return {fold_word(w): Form(lexeme, _name(f), f.endswith("+")) for f, words in listed.items() for w in words}
        first, _, second = citation.partition("/")
        for paradigm in self.paradigms:
            if paradigm.word_class != word_class or not first.endswith(paradigm.ending):
                continue
            if any("{1}" in t for _, ts in paradigm.templates for t in ts) != bool(second):
                continue
            stem = first[: len(first) - len(paradigm.ending)]
            out: dict[str, Form] = {}
            for feature, templates in paradigm.templates:
                form = Form(lexeme, _name(feature), feature.endswith("+"))
                for template in templates:
                    out.setdefault(fold_word(template.replace("{0}", stem).replace("{1}", second)), form)
            return out
        raise ConfigurationError(f"no paradigm for the {word_class} {citation!r}: add one, or list its forms under [irregular]")

    def strip(self, word: str) -> tuple[tuple[int, str], ...]:
        """The folded word as it is, and without each prefix that it may begin with, as (letters outside the word, rest)."""
        out = [(0, word)]
        for outside, inside in self.prefixes:
            size = len(outside) + len(inside)
            if len(word) >= size + 2 and word.startswith(outside + inside):
                out.append((len(outside), word[size:]))
        return tuple(out)


def _name(feature: str) -> str:
    return feature.rstrip("+")


def expand(template: str) -> tuple[str, ...]:
    """Write out the alternatives of a template: ``{0}[e|es|]`` is ``{0}e``, ``{0}es``, ``{0}``."""
    parts = _GROUP.split(template)
    options = [part.split("|") if index % 2 else [part] for index, part in enumerate(parts)]
    return tuple("".join(choice) for choice in product(*options))


@cache
def morphology(code: str) -> Morphology:
    """The morphology of a language, from ``forms.toml`` of its pack.

    Raises:
        ConfigurationError: the table is malformed.
    """
    return _load(load_pack(code))


def _load(pack: LanguagePack) -> Morphology:
    table = pack.table("forms")
    try:
        paradigms = tuple(
            Paradigm(
                p["class"],
                p["ending"],
                tuple((feature, tuple(f for t in templates for f in expand(t))) for feature, templates in p["forms"].items()),
            )
            for p in table.get("paradigm", ())
        )
        irregular = {
            f"{word_class}:{citation}": {
                feature: tuple(f for w in words.split() for f in expand(w)) for feature, words in forms.items()
            }
            for word_class, entries in table.get("irregular", {}).items()
            for citation, forms in entries.items()
        }
        written = {fold_word(x) for t in table.get("clitics", {}).get("before", ()) for x in expand(t)} - {"+"}
        pairs = [tuple(x.split("+")) for x in written]
        prefixes = tuple(sorted(((p[0], p[1]) for p in pairs), key=lambda p: (-len(p[0] + p[1]), p)))
        return Morphology(paradigms, irregular, prefixes)
    except (KeyError, AttributeError, TypeError, IndexError) as error:
        raise ConfigurationError(f"forms.toml of {pack.code}: {error!r}") from error
