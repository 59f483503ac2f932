"""What the rules alone make of each trigger, before the candidates for its arguments are ranked over the whole article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kg.errors import ConfigurationError
from kg.extract.attribution import Source, agencies_by_speaker, find_source
from kg.extract.context import Discourse
from kg.extract.grammar import Grammar, grammar
from kg.extract.modality import find_modality
from kg.extract.offence import find_offence
from kg.extract.patterns import pattern_book
from kg.extract.reader import Place, Reader
from kg.extract.reading import Reading
from kg.extract.roles import Filled, fill_roles
from kg.extract.sentences import View, build_views
from kg.extract.time import DateMention
from kg.extract.triggers import Trigger, find_triggers
from kg.extract.values import WITH_AMOUNT, WITH_DURATION, Values, amount_of, date_of, duration_of, find_values
from kg.lang.pack import load_pack
from kg.model import Amount, Analysis, Kind, Modality, Span

_OPENING = 2
"""The last sentence, by number, of the opening of an article."""


@dataclass(frozen=True)
class Draft:
    """A trigger with what the grammar of its sentence says.

    ``offence``, ``amount`` and ``duration`` carry the span on which they rest, ``decider`` the word that decides the modality.
    """

    view: View
    trigger: Trigger
    filled: Filled
    source: Source
    date: DateMention | None
    offence: tuple[Span, Span] | None
    amount: tuple[Amount, Span] | None
    duration: tuple[str, Span] | None
    modality: Modality
    decider: Span | None
    reading: Reading | None = None


@dataclass(frozen=True)
class Story:
    """Everything of an article that the choice of arguments may look at.

    ``sources`` holds who is said to tell each sentence, by its number; ``values`` its dates; ``agencies`` through
    whom the words of a person came; ``drafts`` are in order of the text.
    """

    language: str
    discourse: Discourse
    grammar: Grammar
    values: Mapping[int, Values]
    sources: Mapping[int, Source]
    agencies: Mapping[str, tuple[str, ...]]
    drafts: Sequence[Draft]

    @cached_property
    def outline(self) -> tuple[tuple[Span, ...], int | None]:
        """The sentences, and the number of the headline among them."""
        views = self.discourse.views
        return tuple(view.span for view in views), next((view.index for view in views if view.headline), None)

    @cached_property
    def places(self) -> Mapping[str, tuple[Span, ...]]:
        """Where each entity is named."""
        out: dict[str, tuple[Span, ...]] = {}
        for view in self.discourse.views:
            for named in view.names:
                out[named.entity] = (*out.get(named.entity, ()), named.span)
        return out

    @cached_property
    def salience(self) -> Mapping[str, tuple[str, ...]]:
        """What the whole article says of the weight of each entity: how often it is named, and whether first or foremost."""
        count: Counter[str] = Counter()
        opening: dict[str, list[str]] = {}
        for view in self.discourse.views:
            for named in view.names:
                count[named.entity] += 1
                if view.headline:
                    opening.setdefault(named.entity, []).append("in-headline")
                elif view.index <= _OPENING:
                    opening.setdefault(named.entity, []).append("in-lead")
        out: dict[str, tuple[str, ...]] = {}
        seen: set[Kind] = set()
        for entity, times in count.items():
            kind = self.discourse.kinds[entity]
            most = max(n for e, n in count.items() if self.discourse.kinds[e] is kind)
            notes = [*dict.fromkeys(opening.get(entity, ())), f"named:{min(times, 4)}"]
            if times == most:
                notes.append("most-named")
            if kind not in seen:
                notes.append("first-named")
            seen.add(kind)
            out[entity] = tuple(notes)
        return out

    def of_sentence(self, index: int) -> list[Draft]:
        """The drafts of one sentence."""
        return [draft for draft in self.drafts if draft.view.index == index]


def read_story(analysis: Analysis) -> Story:
    """Find the triggers of an article and what the rules make of each, in order of the text.

    Raises:
        ConfigurationError: the document or entities are missing, the language has no pack, or one of its tables is broken.
    """
    article, document, entities = analysis.article, analysis.document, analysis.entities
    if document is None or entities is None:
        raise ConfigurationError("the extract stage needs the document and entities layers")
    pack = load_pack(article.lang)
    book, words = pattern_book(article.lang), grammar(article.lang)
    values = find_values(article, document, pack, None)
    layers = {index: found.layers for index, found in values.items()}
    views = build_views(article.text, document, entities, article.body, layers, article.title_span)
    discourse = Discourse(article.text, views, {entity.id: entity.kind for entity in entities})
    sources = {view.index: find_source(view, None, words, discourse) for view in views}
    discourse = discourse.with_roles((speaker for source in sources.values() for speaker in source.speakers), words.counsel)
    drafts: list[Draft] = []
    topics: list[str] = []
    for view in views:
        for trigger in find_triggers(view, book):
            draft = _draft(view, trigger, words, discourse, values[view.index], topics)
            if draft is not None:
                drafts.append(draft)
                topics = list(dict.fromkeys((*draft.filled.target, *topics)))
    return Story(article.lang, discourse, words, values, sources, agencies_by_speaker(views, words), tuple(drafts))


def with_readings(story: Story, reader: Reader) -> Story:
    """The story with the trigger of each draft read in its surroundings.

    Raises:
        ConfigurationError: a file of the model is missing or broken.
    """
    places = [Place(draft.view.index, draft.trigger.span, draft.trigger.pattern.type) for draft in story.drafts]
    readings = reader.read(story.discourse.text, *story.outline, places)
    drafts = [replace(draft, reading=reading) for draft, reading in zip(story.drafts, readings, strict=True)]
    return replace(story, drafts=tuple(drafts))


def _draft(
    view: View, trigger: Trigger, words: Grammar, discourse: Discourse, values: Values, topics: Sequence[str]
) -> Draft | None:
    """What the rules make of a trigger; None where something is missing that its pattern needs."""
    source = find_source(view, trigger.span, words, discourse)
    filled = fill_roles(view, trigger, words, discourse, topics, source.speakers)
    offence = find_offence(view, trigger, words) if filled.offence is None else None
    date = date_of(view, trigger.head, trigger.span, values)
    amount = amount_of(trigger.span, values) if trigger.pattern.type in WITH_AMOUNT else None
    duration = duration_of(trigger.pattern.type, trigger.span, values) if trigger.pattern.type in WITH_DURATION else None
    modality, decider = find_modality(view, trigger, words, date is not None)
    have: dict[str, object] = {
        "target": filled.target or filled.target_text,
        "agent": filled.agent,
        "place": filled.place,
        "offence": filled.offence or offence,
        "amount": amount,
        "duration": duration,
        "date": date,
    }
    if any(not have.get(role) for role in trigger.pattern.needs):
        return None
    return Draft(view, trigger, filled, source, date, offence, amount, duration, modality, decider)
