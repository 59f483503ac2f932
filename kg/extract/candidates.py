"""Candidates for the arguments of an action, from its own sentence, those around it and the headline, with what speaks for each.

Each function takes a draft and yields candidates with observations (see ``kg.extract.surroundings``); what the rules of grammar
found is one observation among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from kg.extract.draft import Draft, Story
from kg.extract.nearby import Candidate, names_near, window
from kg.extract.offence import crimes, phrases
from kg.extract.reading import heard
from kg.extract.sentences import View
from kg.extract.surroundings import lead_of, place_of, tree_of
from kg.extract.targets import targets
from kg.model import Kind, Span


def dates(story: Story, draft: Draft) -> Iterator[Candidate]:
    """Dates of the sentence and those around it."""
    own = draft.trigger.pattern.type.value
    for view in window(story, draft):
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
    for named, view, seen in names_near(story, draft, (Kind.PERSON, Kind.ORGANIZATION, Kind.PLACE), wide=True):
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
    for named, view, seen in names_near(story, draft, (Kind.PLACE,)):
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
    for named, view, seen in names_near(story, draft, (Kind.PERSON, Kind.ORGANIZATION, Kind.PLACE)):
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
    {"target": targets, "date": dates, "agent": agents, "place": places, "offence": offences, "attribution": sources}
)


def candidates_of(story: Story, draft: Draft, role: str) -> tuple[Candidate, ...]:
    """The candidates for ``role`` with the observations of the grammar and of the model, where one has read the trigger."""
    found = tuple(CANDIDATES[role](story, draft))
    reading = draft.reading
    if reading is None:
        return found
    named = role not in ("date", "offence")
    scores = [reading.of(role, story.places[str(c.value)] if named else (c.span,)) for c in found]
    best = max((score for score in scores if score is not None), default=None)
    return tuple(replace(c, observations=(*c.observations, *heard(score, best))) for c, score in zip(found, scores, strict=True))


def context_of(story: Story, draft: Draft, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """Observations on an action as a whole: they speak for or against that none of the candidates fills the role."""
    trigger, filled = draft.trigger, draft.filled
    own = trigger.pattern.type.value
    out = [f"type:{own}", f"modality:{draft.modality.value}", f"feature:{trigger.feature or 'none'}"]
    out.append("ruled" if any(c.ruled for c in candidates) else "unruled")
    out.append("trees" if draft.view.document.trees else "no-trees")
    out.append(f"{out[-1]}:{out[-2]}")
    if filled.target_text is not None:
        out += ["text", f"text:{own}"]
        words = [draft.view.words[i].text for i in draft.view.words_in(filled.target_text)]
        if any(word in story.grammar.counting or word.isdigit() for word in words):
            out.append("text:counted")
        if any(word in story.grammar.definite for word in words):
            out.append("text:definite")
    elif not filled.target:
        out += ["no-target", f"no-target:{own}"]
    if trigger.pronoun:
        out.append("pronoun")
    if draft.view.headline:
        out.append("headline")
    if draft.source.speakers:
        out.append("speaker")
    if not any(other.filled.target for other in story.drafts if other is not draft):
        out.append("no-targets-elsewhere")
    return tuple(out)


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
