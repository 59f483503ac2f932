"""Candidates for the arguments of an action, from its own sentence, those around it and the headline, with what speaks for each.

Each function takes a draft and yields candidates with observations (see ``kg.extract.surroundings``); what the rules of grammar
found is one observation among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kg.extract.draft import Draft, Story
from kg.extract.offence import crimes, phrases
from kg.extract.roles import arguments_of
from kg.extract.sentences import Named, View
from kg.extract.surroundings import LEAD, WINDOW, lead_of, place_of, tree_of
from kg.merge.concepts import concepts_of
from kg.model import Kind, Span

_ACTING = frozenset(
    {"court", "police", "prosecution", "army", "ministry", "security", "intelligence", "justice", "parliament", "assembly"}
    | {"congress", "senate", "council", "committee", "prison", "interior", "city", "appeal", "general", "supreme"}
)
"""Concepts of the section ``bodies`` that tell what kind of institution acts, or where."""


@dataclass(frozen=True)
class Candidate:
    """What might fill a role: ``value`` (an entity id, an ISO date, or a span), the words it rests on, and observations.

    ``ruled`` says that the grammar of the sentence chose it.
    """

    value: str | Span
    span: Span
    observations: tuple[str, ...]
    ruled: bool = False


def dates(story: Story, draft: Draft) -> Iterator[Candidate]:
    """Dates of the sentence and those around it."""
    own = draft.trigger.pattern.type.value
    for view in _window(story, draft):
        known = [d for d in story.values[view.index].dates if d.whole is not None and d.kind != "context"]
        for date in known:
            value = date.whole
            assert value is not None  # noqa: S101 - filtered above
            place = place_of(story, draft, view, date.span)
            seen = [*place, *tree_of(story, draft, view, date.span)]
            seen += [f"kind:{date.kind}", f"precision:{date.precision}", f"type:{own}", f"modality:{draft.modality.value}"]
            seen += [f"type:{own}:precision:{date.precision}", f"feature:{draft.trigger.feature or 'none'}"]
            if date.since:
                seen.append("since")
            if date.until:
                seen.append("until")
            if draft.date is not None and draft.date.span == date.span:
                seen.append("rule")
            elif draft.date is not None:
                seen.append("rule:another")
            same = view.index == draft.view.index
            if same and len(known) == 1:
                seen.append("only-date-of-sentence")
            covered = view.words_in(date.span)
            near = [view.words[i].text for i in (*range(covered.start - 5, covered.start), *range(covered.stop, covered.stop + 4))
                    if 0 <= i < len(view.words)]  # fmt: skip
            told = _speech_distance(story, view, covered)
            if told is not None and told <= 5:
                seen.append("near-speech")
            if same and "order:inside" not in place:
                gap = max(covered.start - draft.trigger.words[1], draft.trigger.words[0] - covered.stop)
                if told is not None and told < gap:
                    seen.append("nearer-to-speech")
                    if "between:complementizer:before" in place:
                        seen.append("dates-the-saying")
            if not same:
                dated = any(d.whole is not None for d in story.values[draft.view.index].dates)
                seen.append("own-sentence:dated" if dated else "own-sentence:undated")
                seen += [f"undated:{s}" for s in place] if not dated else []
                if draft.view.headline:
                    seen += [f"from-headline:{s}" for s in place]
            if any(word in story.grammar.authorities for word in near):
                seen.append("near-authority")
            if covered.start <= 1:
                seen.append("starts-sentence" if same else "starts-sentence:other")
            if covered.stop < len(view.words) and view.words[covered.stop].text == ":" and covered.start <= 2:
                seen.append("heads-entry")
            yield Candidate(value, date.span, tuple(seen), "rule" in seen)


def agents(story: Story, draft: Draft) -> Iterator[Candidate]:
    """Names of those who may have acted."""
    own = draft.trigger.pattern.type.value
    elsewhere = Counter(e for d in story.drafts if d is not draft for e in d.filled.agent)
    for named, view, seen in _names(story, draft, (Kind.PERSON, Kind.ORGANIZATION, Kind.PLACE), wide=True):
        if named.entity in draft.filled.target:
            continue
        kind = named.kind.value
        seen += [f"kind:{kind}", f"kind:{kind}:type:{own}", *(f"kind:{kind}:{s}" for s in lead_of(story, view, named.span))]
        seen += [f"kind:{kind}:{s}" for s in seen if s.startswith(("order", "sentence"))]
        if elsewhere[named.entity]:
            seen.append("agent-of-another")
        if any(d.trigger.pattern.type is draft.trigger.pattern.type and named.entity in d.filled.agent
               for d in story.drafts if d is not draft):  # fmt: skip
            seen.append("agent-of-same-type")
        yield Candidate(named.entity, named.span, tuple(seen), named.entity in draft.filled.agent)


def places(story: Story, draft: Draft) -> Iterator[Candidate]:
    """Names of places where it may have happened."""
    own = draft.trigger.pattern.type.value
    elsewhere = Counter(e for d in story.drafts if d is not draft for e in d.filled.place)
    first = next((n.entity for v in story.discourse.views for n in v.names if n.kind is Kind.PLACE), None)
    for named, view, seen in _names(story, draft, (Kind.PLACE,)):
        if named.entity in draft.filled.target:
            continue
        lead = lead_of(story, view, named.span)
        seen += [f"type:{own}", *lead]
        seen += [f"{a}:{b}" for a in lead if a.startswith("lead") for b in seen if b.startswith(("order", "sentence"))]
        if named.entity in draft.filled.agent:
            seen.append("is-agent")
        if elsewhere[named.entity]:
            seen.append("place-of-another")
        if named.entity == first:
            seen.append("first-place")
        others = [n for n in view.names if n.kind is Kind.PLACE and n.entity != named.entity]
        seen.append("only-place-of-sentence" if not others else "several-places-of-sentence")
        if any(0 <= named.span.start - n.span.end <= 2 for n in others):
            seen.append("behind-another-place")
        yield Candidate(named.entity, named.span, tuple(seen), named.entity in draft.filled.place)


def sources(story: Story, draft: Draft) -> Iterator[Candidate]:
    """Names of those who may be said to say it."""
    own = draft.trigger.pattern.type.value
    told = Counter(e for source in story.sources.values() for e in source.speakers)
    through = {e for source in story.sources.values() for e in source.via}
    text = story.discourse.text
    opening = text[max(0, draft.trigger.span.start - 400) : draft.trigger.span.start]
    quoted = opening.rfind("«") > opening.rfind("»") or opening.rfind("“") > opening.rfind("”") or opening.count('"') % 2 == 1
    for named, view, seen in _names(story, draft, (Kind.PERSON, Kind.ORGANIZATION, Kind.PLACE)):
        kind = named.kind.value
        seen += [f"kind:{kind}", f"type:{own}", f"modality:{draft.modality.value}"]
        seen += [f"kind:{kind}:{s}" for s in lead_of(story, view, named.span)]
        seen += [f"{b}:near-speech" for b in seen if b.startswith(("order", "sentence")) and f"kind:{kind}:near-speech" in seen]
        for gap in (-2, -1, 0, 1):
            source = story.sources.get(draft.view.index + gap)
            if source is not None and named.entity in source.speakers:
                seen += [f"speaks:{gap:+d}", "quoted" if quoted else "unquoted"]
            if source is not None and named.entity in source.via:
                seen.append(f"via:{gap:+d}")
        if named.entity in through:
            seen.append("through")
        if told[named.entity]:
            seen.append("speaks")
            seen.append("speaks-most" if told[named.entity] == max(told.values()) else "speaks-less")
        if len(told) == 1:
            seen.append("only-speaker" if told[named.entity] else "another-only-speaker")
        if named.entity in draft.source.speakers:
            seen.append("rule")
        elif draft.source.speakers:
            seen.append("rule:another")
        if named.entity in draft.filled.target:
            seen.append("is-target")
        if named.entity in draft.filled.agent:
            seen.append("is-agent")
        yield Candidate(named.entity, named.span, tuple(seen), "rule" in seen)


def offences(story: Story, draft: Draft) -> Iterator[Candidate]:
    """Phrases that may say what the target is accused of, from the whole article."""
    own = draft.trigger.pattern.type.value
    spans: dict[Span, list[str]] = {}
    if draft.filled.offence is not None:
        spans[draft.filled.offence] = ["rule", "slot"]
    if draft.offence is not None:
        spans.setdefault(draft.offence[0], []).extend(["rule", "marker"])
    for other in story.drafts:
        span = other.filled.offence or (other.offence[0] if other.offence else None)
        if other is draft or span is None:
            continue
        link = "unknown"
        if set(other.filled.target) & set(draft.filled.target):
            link = "same-target"
        elif other.filled.target and draft.filled.target:
            link = "other-target"
        kind = other.trigger.pattern.type.value
        spans.setdefault(span, []).extend([f"of:{link}", f"of-type:{kind}", f"of-type:{kind}:{link}"])
    themes: Counter[str] = Counter()
    ideas: dict[Span, frozenset[str]] = {}
    for view in story.discourse.views:
        for span, marker in phrases(view, story.grammar):
            words = len(view.words_in(marker))
            found = next((known for known in spans if known.overlaps(span)), span)
            spans.setdefault(found, []).extend(["phrase", f"marker-words:{min(words, 3)}"])
        for span, named in crimes(view, story.grammar, story.language):
            themes.update(named)
            known_here = [known for known in spans if known.overlaps(span)] or [span]
            for found in known_here:
                spans.setdefault(found, []).append("crime")
                ideas[found] = ideas.get(found, frozenset()) | named
    for span, have in spans.items():
        view = _view_at(story, span)
        seen = [*dict.fromkeys(have), *place_of(story, draft, view, span), *tree_of(story, draft, view, span)]
        seen += [
            f"type:{own}",
            f"type:{own}:{'rule' if 'rule' in have else 'no-rule'}",
            f"feature:{draft.trigger.feature or 'none'}",
        ]
        if span in ideas:
            common = themes.most_common(1)[0][0]
            seen.append("theme" if common in ideas[span] else "no-theme")
            seen += ["crime:marked" if "phrase" in have or "rule" in have else "crime:unmarked"]
            seen += [f"crime:{s}" for s in seen if s.startswith(("order", "sentence", "tree", "far", "type"))]
        else:
            seen.append("no-crime")
        if view.named_in(span):
            seen.append("holds-name")
        seen.append(f"length:{min(3, len(view.words_in(span)) // 2)}")
        if not draft.filled.offence and not draft.offence:
            seen.append("no-rule")
        if draft.filled.target:
            seen.append("has-target")
            if any(n.entity in draft.filled.target for n in view.names):
                seen.append("sentence-names-target")
        yield Candidate(span, span, tuple(seen), "rule" in seen)


CANDIDATES: Mapping[str, Callable[[Story, Draft], Iterator[Candidate]]] = MappingProxyType(
    {"date": dates, "agent": agents, "place": places, "offence": offences, "attribution": sources}
)


def _window(story: Story, draft: Draft, wide: bool = False) -> list[View]:
    """The sentences in which arguments are looked for: those around the trigger and the headline.

    ``wide`` adds the lead for a headline, and wherever the like is told of the same target.
    """
    low, high = draft.view.index + WINDOW[0], draft.view.index + WINDOW[1]
    alike: set[int] = set()
    if wide:
        high = max(high, LEAD) if draft.view.headline else high
        own, target = draft.trigger.pattern.type, set(draft.filled.target)
        like = [d for d in story.drafts if d.trigger.pattern.type is own and (not target or target & set(d.filled.target))]
        alike = {d.view.index for d in like}
    return [v for v in story.discourse.views if low <= v.index <= high or v.headline or v.index in alike]


def _names(story: Story, draft: Draft, kinds: tuple[Kind, ...], wide: bool = False) -> Iterator[tuple[Named, View, list[str]]]:
    """The mention of each entity that lies nearest to the trigger, with observations common to all roles of names."""
    best: dict[str, tuple[tuple[int, int], Named, View]] = {}
    for view in _window(story, draft, wide):
        for named in view.names:
            if named.kind not in kinds or named.span.overlaps(draft.trigger.span):
                continue
            cost = (abs(view.index - draft.view.index), abs(named.span.start - draft.trigger.span.start))
            if named.entity not in best or cost < best[named.entity][0]:
                best[named.entity] = (cost, named, view)
    order = sorted(best.values(), key=lambda item: item[1].span)
    arguments = arguments_of(draft.view, draft.trigger, story.grammar, story.discourse)
    for rank, (_, named, view) in enumerate(sorted(order, key=lambda item: item[0])):
        seen = [*place_of(story, draft, view, named.span), *tree_of(story, draft, view, named.span)]
        seen.append(f"rank:{min(rank, 3)}")
        for piece in draft.filled.evidence:
            if piece.span.overlaps(named.span):
                seen += [f"slot:{piece.role}", f"slot:{piece.role}:{piece.reason.split(',')[0]}"]
            elif piece.role in ("agent", "place"):
                seen.append(f"slot:{piece.role}:another")
        for argument in arguments:
            if any(span.overlaps(named.span) for span in argument.names):
                seen.append(f"argument:{argument.slot}")
        if any(named.entity in d.filled.target for d in story.drafts):
            seen.append("target-of-some")
        bodies = _bodies(story, view, named.span)
        seen += [f"body:{b}" for b in bodies] or ["body:none"]
        seen += [f"{b}:type:{draft.trigger.pattern.type.value}" for b in bodies]
        yield named, view, seen


def _bodies(story: Story, view: View, span: Span) -> list[str]:
    """Kinds of institutions that the name, or a word right beside it, speaks of ("in:court", "by:police")."""
    covered = view.words_in(span)
    beside = [i for i in (covered.start - 2, covered.start - 1, covered.stop, covered.stop + 1) if 0 <= i < len(view.words)]
    out = {f"in:{idea}" for i in covered for idea in _idea(story, view, i)}
    return sorted(out | {f"by:{idea}" for i in beside for idea in _idea(story, view, i)})


def _idea(story: Story, view: View, index: int) -> frozenset[str]:
    return concepts_of(view.words[index].text, story.language, ("bodies",)).ideas & _ACTING


def _speech_distance(story: Story, view: View, covered: range) -> int | None:
    """Words between a stretch and the nearest verb of speech of the sentence; None where there is none."""
    gaps = [
        covered.start - i - 1 if i < covered.start else i - covered.stop
        for i, word in enumerate(view.words)
        if word.text in story.grammar.speech and i not in covered
    ]
    return min(gaps, default=None)


def _view_at(story: Story, span: Span) -> View:
    return next(view for view in story.discourse.views if view.span.end > span.start)
