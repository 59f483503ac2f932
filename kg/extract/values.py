"""Dates, sums and lengths of time of an article, and which of them belong to a trigger."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kg.extract.duration import DurationMention, find_durations
from kg.extract.money import AmountMention, find_amounts
from kg.extract.sentences import View
from kg.extract.syntax import Tree
from kg.extract.time import DateMention, find_dates, from_context
from kg.lang.fold import fold
from kg.lang.pack import LanguagePack
from kg.model import ActionType, Amount, Article, Document, Span

_A = ActionType
WITH_AMOUNT = frozenset({_A.BAIL, _A.FINE})
"""Types whose sum of money is an argument."""
WITH_DURATION = frozenset({_A.SENTENCE, _A.DETENTION, _A.RESTRICTION, _A.BAN, _A.ARREST})
"""Types whose length of time is an argument."""
_OF_CUSTODY = frozenset({"day", "hour"})
"""Units of the custody that an arrest begins; months and years beside it are an age or how long somebody was sought."""
_SCOPE = frozenset(".;!?؟؛")
_FAR = 160
_DATED = frozenset({"day", "month", "year"})
"""Kinds of dates that name a year to which later days and months belong."""
_OPEN = frozenset({"day", "month", "weekday", "period", "recent"})
"""Kinds of dates that are worth quoting although the article does not let them be counted."""


@dataclass(frozen=True)
class Values:
    """What was found in one sentence."""

    dates: tuple[DateMention, ...]
    amounts: tuple[AmountMention, ...]
    durations: tuple[DurationMention, ...]

    @property
    def layers(self) -> dict[str, tuple[Span, ...]]:
        """The spans by layer name, for patterns."""
        return {
            "DATE": tuple(d.span for d in self.dates),
            "AMT": tuple(a.span for a in self.amounts),
            "DUR": tuple(d.span for d in self.durations),
        }


def find_values(article: Article, document: Document, pack: LanguagePack, currency: str | None) -> Mapping[int, Values]:
    """The values of each sentence by its number. ``currency`` is the one that the article's country uses, where it is clear."""
    anchor = datetime.date.fromisoformat(article.published) if article.published and len(article.published) == 10 else None
    out = {}
    year: int | None = None
    reference: str | None = None
    for index, sentence in enumerate(document.sentences):
        folded = fold(sentence.span.of(article.text), sentence.span.start)
        # Without a day of writing, a day or month without a year belongs to the year named last.
        dates = find_dates(folded, pack, anchor, context_year=year if anchor is None else None)
        told = []
        for date in dates:
            if date.kind == "context":
                date = replace(date, value=from_context(date, reference))
            if date.whole is not None and date.kind != "attributive":
                reference = date.whole
            if date.whole is not None and not date.relative and date.kind in _DATED:
                year = int(date.whole[:4])
            told.append(date)
        out[index] = Values(tuple(told), find_amounts(folded, pack, currency), find_durations(folded, pack))
    return out


def date_of(view: View, head: int, trigger: Span, values: Values) -> DateMention | None:
    """The date that the trigger's clause names, else None.

    With trees a date must hang below the trigger or below a word that governs it within the clause; a date of another verb (the
    day on which somebody said so) does not count. Without trees the nearest in the sentence counts. A date that says no year,
    in an article without a date, has no value; it is given only where no other is there.
    """
    known = _nearest(view, head, trigger, [d for d in values.dates if d.whole and d.kind != "context"])
    return known or _nearest(view, head, trigger, [d for d in values.dates if d.value is None and d.kind in _OPEN])


def _nearest(view: View, head: int, trigger: Span, dated: Sequence[DateMention]) -> DateMention | None:
    if view.document.trees:
        dated = _below(view, head, dated)
    best = None
    for date in dated:
        gap = date.span.start - trigger.end if date.span.start >= trigger.end else trigger.start - date.span.end
        low, high = sorted((view.word_at(date.span.start), view.word_at(trigger.start)))
        if any(view.words[i].text in _SCOPE for i in range(low, high)):
            continue
        cost = (gap, date.span.start)
        if best is None or cost < best[0]:
            best = (cost, date)
    return best[1] if best and best[0][0] <= _FAR else None


def _below(view: View, head: int, dates: Sequence[DateMention]) -> list[DateMention]:
    tree = Tree(view.document, view.sentence)
    trigger = view.words[head].token
    own: dict[int, int] = {}
    for step, index in enumerate(tree.path_up(trigger)):
        own[index] = step
        if step and tree.token(index).pos in ("VERB", "AUX") and tree.token(index).dep != "xcomp":
            break
    kept: list[tuple[int, DateMention]] = []
    for date in dates:
        tokens = sorted({view.words[i].token for i in view.words_in(date.span)})
        if not tokens:
            continue
        depth = None
        for up, index in enumerate(tree.path_up(tokens[0])):
            if index in own:
                depth = own[index] + up
                break
            if up and index not in tokens and tree.token(index).pos in ("VERB", "AUX"):
                break
        if depth is not None:
            kept.append((depth, date))
    kept.sort(key=lambda pair: (pair[0], pair[1].span))
    return [date for _, date in kept]


def amount_of(trigger: Span, values: Values) -> tuple[Amount, Span] | None:
    """The sum nearest to the trigger, one behind it first."""
    options = [(_cost(trigger, a.span), a.span, a.amount) for a in values.amounts]
    best = min(options, key=lambda o: (o[0], o[1]), default=None)
    return (best[2], best[1]) if best and best[0] <= 200 else None


def duration_of(kind: ActionType, trigger: Span, values: Values) -> tuple[str, Span] | None:
    """The length of time nearest to the trigger of an action of ``kind``, if it has a value; no part of a longer term."""
    options = [
        (_cost(trigger, d.span), d.span, d.value)
        for d in values.durations
        if d.kind in ("term", "limit", "life", "range") and (kind is not _A.ARREST or d.unit in _OF_CUSTODY)
    ]
    best = min(options, key=lambda o: (o[0], o[1]), default=None)
    return (best[2], best[1]) if best and best[2] and best[0] <= 120 else None


def _cost(trigger: Span, span: Span) -> int:
    if span.overlaps(trigger):
        return 0
    return span.start - trigger.end if span.start >= trigger.end else 40 + trigger.start - span.end
