"""Patterns for triggers of legal actions: data in ``patterns/*.toml`` of a language pack, compiled once per language.

A pattern names its action type, the words that tell it, the frame that says which grammatical slot fills which role, and
examples and counter-examples that run as tests. Its ``phrases`` are words with these elements::

    word            the word itself, folded (in languages with clitics also behind them)
    a|b             one of the words
    {placer}        any form of a verb; {placer.part} of one feature (fin, part, inf, ger); {n:peine} of a noun; with a
                    + behind the feature only forms that carry a pronoun
    %prison         a word of the set [sets] prison of lexicon.toml
    /regex/         a word that the regular expression matches whole
    #DUR #AMT #DATE #PER #ORG #LOC    a duration, sum, date, or mention
    ..3             up to three words, none of them a full stop, colon or semicolon
    x?              the element may be absent
    < x >           the part that is the trigger (without it: the whole phrase)

``verbs`` and ``nouns`` are short for phrases of one lexeme.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from kg.errors import ConfigurationError
from kg.extract.forms import Form, Morphology, morphology
from kg.extract.sentences import split_words
from kg.lang.fold import fold_word
from kg.lang.pack import LanguagePack, load_pack
from kg.model import ActionType, Modality

LAYERS = frozenset({"DUR", "AMT", "DATE", "PER", "ORG", "LOC"})
Readings = tuple[tuple[int, str, tuple[Form, ...]], ...]
_REMEMBERED, _LONGEST = 50_000, 40
"""Words whose readings are remembered, and the letters of the longest such word: both bound the memory."""
_ELIDED = re.compile(r"[^\W_]+'")
_LEXEME = re.compile(r"\{(?:(v|n):)?([^{}.]+)(?:\.(\w+\+?))?\}")
_KEYS = frozenset(
    {
        "id",
        "type",
        "verbs",
        "nouns",
        "phrases",
        "frame",
        "roles",
        "modality",
        "unless_before",
        "unless_after",
        "unless_in",
        "only_in",
        "needs",
        "role_kinds",
        "headline",
        "priority",
        "confidence",
        "examples",
        "counter_examples",
    }
)


@dataclass(frozen=True, slots=True)
class Element:
    """One step of a phrase: ``kind`` is ``words``, ``lexeme``, ``regex``, ``layer`` or ``gap``."""

    kind: str
    words: frozenset[str] = frozenset()
    lexeme: str = ""
    feature: str = ""
    regex: re.Pattern[str] | None = None
    layer: str = ""
    gap: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sequence of elements; ``[first, last)`` of them are the trigger.

    ``words`` and ``lexemes`` are what elements behind the first one need, wherever it stands in the sentence.
    """

    source: str
    elements: tuple[Element, ...]
    first: int
    last: int
    words: tuple[frozenset[str], ...] = ()
    lexemes: tuple[str, ...] = ()

    def may_match(self, words: Set[str], lexemes: Set[str]) -> bool:
        """Whether a sentence of such words and lexemes has something for every element behind the first."""
        return all(lexeme in lexemes for lexeme in self.lexemes) and not any(words.isdisjoint(some) for some in self.words)


@dataclass(frozen=True)
class Pattern:
    """A way in which a language tells an action.

    ``roles`` maps grammatical slots to roles (see ``kg.extract.syntax``); ``modality`` overrides the sentence's;
    ``unless_*`` and ``only_in`` are regular expressions over folded text: before the trigger, after it, and in the
    sentence. ``needs`` lists roles without which a match is dropped, ``role_kinds`` restricts the kinds of entities by
    role. ``headline`` patterns hold in headlines alone.
    """

    id: str
    type: ActionType
    phrases: tuple[Phrase, ...]
    roles: Mapping[str, str]
    modality: Modality | None
    unless_before: re.Pattern[str] | None
    unless_after: re.Pattern[str] | None
    unless_in: re.Pattern[str] | None
    only_in: re.Pattern[str] | None
    needs: tuple[str, ...]
    role_kinds: Mapping[str, tuple[str, ...]]
    headline: bool
    priority: int
    confidence: float
    examples: tuple[Mapping[str, Any], ...]
    counter_examples: tuple[str, ...]


@dataclass(frozen=True)
class PatternBook:
    """All patterns of a language, indexed by the first word or lexeme of their phrases.

    ``forms`` maps folded words to their readings; ``by_word`` and ``by_lexeme`` give (pattern, phrase) pairs, ``unindexed``
    those whose first element is no word.
    """

    patterns: tuple[Pattern, ...]
    morphology: Morphology
    forms: Mapping[str, tuple[Form, ...]]
    by_word: Mapping[str, tuple[tuple[int, int], ...]]
    by_lexeme: Mapping[str, tuple[tuple[int, int], ...]]
    unindexed: tuple[tuple[int, int], ...]
    _read: dict[str, Readings] = field(default_factory=dict, init=False, repr=False, compare=False)

    def readings(self, word: str) -> Readings:
        """Ways to read a folded word, as (letters outside, rest, forms)."""
        found = self._read.get(word)
        if found is None:
            found = tuple((dropped, rest, self.forms.get(rest, ())) for dropped, rest in self.morphology.strip(word))
            if len(self._read) < _REMEMBERED and len(word) <= _LONGEST:
                self._read[word] = found
        return found


@cache
def pattern_book(code: str) -> PatternBook:
    """The patterns of the language ``code``.

    Raises:
        ConfigurationError: a pattern is malformed; the message names it.
    """
    return compile_book(load_pack(code))


def compile_book(pack: LanguagePack) -> PatternBook:
    """Compile the patterns of a pack; see ``pattern_book``."""
    lexicon = pack.table("lexicon")
    compiler = _Compiler(morphology(pack.code), lexicon.get("sets", {}), pack.table("frames"))
    patterns = []
    for stem, table in pack.patterns.items():
        for entry in table.get("pattern", ()):
            name = entry.get("id", f"an entry without id in {stem}.toml")
            try:
                patterns.append(compiler.pattern(entry))
            except (KeyError, ValueError, TypeError, re.error, ConfigurationError) as error:
                raise ConfigurationError(f"pattern {name}: {error}") from error
    twice = {p.id for p in patterns if sum(q.id == p.id for q in patterns) > 1}
    if twice:
        raise ConfigurationError(f"pattern ids used twice: {', '.join(sorted(twice))}")
    by_word: dict[str, list[tuple[int, int]]] = {}
    by_lexeme: dict[str, list[tuple[int, int]]] = {}
    unindexed: list[tuple[int, int]] = []
    for i, pattern in enumerate(patterns):
        for j, phrase in enumerate(pattern.phrases):
            head = phrase.elements[0]
            if head.kind == "words" and not head.optional:
                for word in head.words:
                    by_word.setdefault(word, []).append((i, j))
            elif head.kind == "lexeme" and not head.optional:
                by_lexeme.setdefault(head.lexeme, []).append((i, j))
            else:
                unindexed.append((i, j))
    return PatternBook(
        patterns=tuple(patterns),
        morphology=compiler.morphology,
        forms=MappingProxyType({word: tuple(sorted(forms)) for word, forms in compiler.forms.items()}),
        by_word=MappingProxyType({k: tuple(v) for k, v in by_word.items()}),
        by_lexeme=MappingProxyType({k: tuple(v) for k, v in by_lexeme.items()}),
        unindexed=tuple(unindexed),
    )


class _Compiler:
    def __init__(self, morphology: Morphology, sets: Mapping[str, Any], frames: Mapping[str, Any]) -> None:
        self.morphology = morphology
        self.sets = {name: frozenset(fold_word(w) for w in words) for name, words in sets.items()}
        self.frames = frames
        self.forms: dict[str, set[Form]] = {}

    def pattern(self, entry: Mapping[str, Any]) -> Pattern:
        unknown = set(entry) - _KEYS
        if unknown:
            raise ValueError(f"unknown key {', '.join(sorted(unknown))} (known: {', '.join(sorted(_KEYS))})")
        sources = [f"{{v:{verb}}}" for verb in entry.get("verbs", ())]
        sources += [f"{{n:{noun}}}" for noun in entry.get("nouns", ())]
        sources += entry.get("phrases", ())
        if not sources:
            raise ValueError("it has no verbs, nouns or phrases")
        if not entry.get("examples"):
            raise ValueError("it has no examples")
        frame = entry.get("frame", "act")
        if frame not in self.frames:
            raise ValueError(f"unknown frame {frame!r} (frames.toml has: {', '.join(sorted(self.frames))})")
        return Pattern(
            id=entry["id"],
            type=ActionType(entry["type"]),
            phrases=tuple(self.phrase(source) for source in sources),
            roles=MappingProxyType({**self.frames[frame], **entry.get("roles", {})}),
            modality=Modality(entry["modality"]) if "modality" in entry else None,
            unless_before=_regex(entry, "unless_before", r"(?:{})\W*$"),
            unless_after=_regex(entry, "unless_after", r"^\W*(?:{})"),
            unless_in=_regex(entry, "unless_in", r"(?<!\w)(?:{})"),
            only_in=_regex(entry, "only_in", r"(?<!\w)(?:{})"),
            needs=tuple(entry.get("needs", ())),
            role_kinds=MappingProxyType({role: tuple(kinds) for role, kinds in entry.get("role_kinds", {}).items()}),
            headline=bool(entry.get("headline", False)),
            priority=int(entry.get("priority", 0)),
            confidence=float(entry.get("confidence", 0.9)),
            examples=tuple({"text": e} if isinstance(e, str) else e for e in entry["examples"]),
            counter_examples=tuple(entry.get("counter_examples", ())),
        )

    def phrase(self, source: str) -> Phrase:
        elements: list[Element] = []
        first, last = 0, -1
        for part in source.split():
            if part == "<":
                first = len(elements)
            elif part == ">":
                last = len(elements)
            else:
                elements.extend(self.elements(part))
        if last < 0:
            last = len(elements)
        if not elements or first >= last or elements[0].kind == "gap" or elements[-1].kind == "gap":
            raise ValueError(f"the phrase {source!r} is empty, or begins or ends with a gap")
        needed = [element for element in elements[1:] if not element.optional]
        words = tuple(element.words for element in needed if element.kind == "words")
        lexemes = tuple(element.lexeme for element in needed if element.kind == "lexeme")
        return Phrase(source, tuple(elements), first, last, words, lexemes)

    def elements(self, part: str) -> tuple[Element, ...]:
        if part.startswith("..") and part[2:].isdigit():
            return (Element("gap", gap=int(part[2:])),)
        optional = part.endswith("?") and len(part) > 1
        if optional:
            part = part[:-1]
        if part.startswith("/") and part.endswith("/") and len(part) > 2:
            return (Element("regex", regex=re.compile(part[1:-1]), optional=optional),)
        if part.startswith("#"):
            if part[1:] not in LAYERS:
                raise ValueError(f"unknown layer {part} (known: {', '.join(sorted(LAYERS))})")
            return (Element("layer", layer=part[1:], optional=optional),)
        if part.startswith("%"):
            if part[1:] not in self.sets:
                raise ValueError(f"unknown set {part} (lexicon.toml has: {', '.join(sorted(self.sets))})")
            return (Element("words", words=self.sets[part[1:]], optional=optional),)
        lexeme = _LEXEME.fullmatch(part)
        if lexeme:
            word_class, citation, feature = lexeme[1] or "v", lexeme[2], lexeme[3] or ""
            forms = self.morphology.inflect(word_class, citation)
            for word, form in forms.items():
                self.forms.setdefault(word, set()).add(form)
            return (Element("lexeme", lexeme=f"{word_class}:{citation}", feature=feature, optional=optional),)
        if any(char in part for char in "{}<>#%/"):
            raise ValueError(f"cannot read the element {part!r}")
        alternatives = [_literal(word) for word in part.split("|")]
        if len(alternatives) == 1:
            return tuple(Element("words", words=frozenset({word}), optional=optional) for word in alternatives[0])
        if any(len(words) != 1 for words in alternatives):
            raise ValueError(f"alternatives must be single words: {part!r}")
        return (Element("words", words=frozenset(words[0] for words in alternatives), optional=optional),)


def _literal(word: str) -> list[str]:
    """The words of a literal; an elided word (``l'``) is one, though nothing follows it here."""
    folded = fold_word(word)
    return [folded] if _ELIDED.fullmatch(folded) else split_words(folded)


def _regex(entry: Mapping[str, Any], key: str, frame: str) -> re.Pattern[str] | None:
    parts = entry.get(key)
    if not parts:
        return None
    return re.compile(frame.format("|".join(fold_word(part) for part in parts)))
