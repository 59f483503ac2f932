"""What the action model learns from: triggers in their surroundings, with what the annotation says of the words around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.extract.draft import Story, read_story
from kg.extract.reading import MODALITIES, ROLES
from kg.extract.stretch import Stretch, stretch_around
from kg.mention.pieces import PieceReader
from kg.model import ActionType, Analysis, Entity, Modality, Span
from training.roles.examples import FIELDS, paired

TYPES = tuple(kind.value for kind in ActionType)
LOOSE = 0.5
"""Weight of a trigger that the annotation does not mark itself, for an action that it marks elsewhere."""

Marks = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """One trigger: what is read, and what is right.

    ``labels`` has for each role 0 or 1 for each word of the stretch; None where the annotation does not say. ``stands`` is
    whether the trigger tells an action of ``type`` (None: not known), ``modality`` its number in ``MODALITIES``. ``group`` is the
    story, never divided between learning and testing; ``draft`` the number of the draft that patterns made of it (None: they
    have none).
    """

    group: str
    article: str
    lang: str
    type: str
    trigger: Span
    stretch: Stretch
    stands: bool | None
    labels: Mapping[str, Marks | None]
    modality: int | None = None
    weight: float = 1.0
    draft: int | None = None


def cases(group: str, data: Mapping[str, Any], analysis: Analysis, reader: PieceReader) -> Iterator[Case]:
    """The cases of an annotated article: the annotated triggers, and those that patterns found."""
    story = read_story(analysis)
    text, sentences, headline = analysis.article.text, *story.outline
    marked = _Marked(data, analysis.entities or (), story)
    head = (group, data["id"], data["lang"])

    def stretch(trigger: Span) -> Stretch:
        index = next((n for n, s in enumerate(sentences) if s.end > trigger.start), len(sentences) - 1)
        return stretch_around(text, sentences, index, trigger, headline, reader)

    told = {id(draft): (action, exact) for draft, action, exact in paired(story, data, marked.mentions)}
    on_words = [draft for draft in story.drafts if told.get(id(draft), (None, False))[1]]
    covered = [(draft.trigger.span, draft.trigger.pattern.type.value) for draft in on_words]
    for action in data["actions"]:
        for place in action.get("triggers", [action["trigger"]]):
            trigger = Span(*place)
            read = stretch(trigger)
            if read.marked and not any(span.overlaps(trigger) and kind == action["type"] for span, kind in covered):
                labels = marked.labels(action, read)
                modality = MODALITIES.index(Modality(action["modality"]))
                yield Case(*head, action["type"], trigger, read, True, labels, modality)
    for number, draft in enumerate(story.drafts):
        trigger, kind = draft.trigger.span, draft.trigger.pattern.type.value
        read = stretch(trigger)
        if not read.marked:
            continue
        if id(draft) in told:
            action, exact = told[id(draft)]
            labels, modality = marked.labels(action, read), MODALITIES.index(Modality(action["modality"]))
            yield Case(*head, kind, trigger, read, True, labels, modality, 1.0 if exact else LOOSE, number)
        else:
            stands = None if marked.doubtful(trigger, kind) else False
            yield Case(*head, kind, trigger, read, stands, dict.fromkeys(ROLES), draft=number)


@dataclass(frozen=True)
class _Marked:
    """The annotation of an article beside what the pipeline found in it."""

    data: Mapping[str, Any]
    entities: Sequence[Entity]
    story: Story

    @property
    def mentions(self) -> dict[str, tuple[Span, ...]]:
        return {entity.id: entity.mentions for entity in self.entities}

    def doubtful(self, trigger: Span, kind: str) -> bool:
        """Whether a trigger may tell an action of ``kind`` though none is marked there.

        The gold marks an action once: further words for it are not marked.
        """
        if any(trigger.overlaps(Span(*place)) for place in self.data.get("unsure", ())):
            return True
        return "triggers_complete" not in self.data and any(action["type"] == kind for action in self.data["actions"])

    def labels(self, action: Mapping[str, Any], read: Stretch) -> dict[str, Marks | None]:
        out: dict[str, Marks | None] = {}
        for role in ROLES:
            spans = self._spans(role, action)
            marks = None if spans is None else tuple(int(any(a < s.end and s.start < b for s in spans)) for a, b in read.places)
            # An offence told outside the stretch says nothing about the words inside.
            out[role] = None if role == "offence" and spans and not any(marks or ()) else marks
        return out

    def _spans(self, role: str, action: Mapping[str, Any]) -> set[Span] | None:
        """Where the value of a role stands; None where that is not known."""
        if role not in self.data.get("roles", FIELDS):
            return None
        value = action.get(FIELDS[role])
        if role == "offence":
            return {Span(*value)} if value else set()
        if role == "date":
            dates = [d for view in self.story.discourse.views for d in self.story.values[view.index].dates]
            spans = {date.span for date in dates if date.whole == value}
            return None if value and not spans else spans if value else set()
        named = {e["id"]: [Span(*place) for place in e["mentions"]] for e in self.data["entities"]}
        spans = {span for entity in value or () for span in named[entity]}
        spans |= {m for e in self.entities if any(m.overlaps(s) for m in e.mentions for s in spans) for m in e.mentions}
        if role == "target" and action.get("target_text"):
            spans.add(Span(*action["target_text"]))
        return spans
