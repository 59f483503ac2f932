"""The stage that makes entities of mentions and gives them QIDs where the evidence is good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from kg.lang.fold import fold_word
from kg.lang.pack import languages, load_pack
from kg.link.calibration import confidence, threshold
from kg.link.context import read_context, with_found
from kg.link.coreference import Group, group_mentions, merge_groups
from kg.link.curation import Curation
from kg.link.evidence import Judge, Scored
from kg.link.kb import KnowledgeBase, Match, open_shipped
from kg.link.policies import policy_for
from kg.link.ranking import best_of, rank
from kg.mention.text import read_body
from kg.model import Analysis, Article, Candidate, Entity, Kind

KEPT = 5
"""Candidates that are kept with an entity."""

Found = tuple[tuple[Match, str], ...]
"""Candidates, each with the name under which it was found."""


class Further(Protocol):
    """Where candidates come from that the knowledge base does not have, asked for all names of an article at once."""

    def look_up(self, wanted: Sequence[tuple[tuple[str, ...], Kind]], lang: str) -> tuple[Found, ...]:
        """For each pair of names and kind its candidates; empty where nothing is found or nobody can be asked."""
        ...


@dataclass(frozen=True)
class Choice:
    """A group with its candidates, best first, and what was chosen; ``decided``: by the user."""

    group: Group
    scored: tuple[Scored, ...] = ()
    qid: str | None = None
    confidence: float = 0.0
    decided: bool = False


@dataclass(frozen=True)
class LinkStage:
    """Fills ``entities``: mentions grouped, ids ``e1`` … in order of first mention, a QID where the evidence is strong.

    Candidates are the entries of ``kb`` under every name of the group; where there are none, an institution of the country that
    the name or the article says (``Supreme Court``), or what sounds alike (``kg.link.echo``). A country, a capital or a city of
    ``LARGE`` inhabitants needs no evidence but its name; a smaller place needs its country in the text, and its surroundings
    where it has namesakes; an organisation with a general name needs its country. A person needs a full name and, near it, an
    office or trade, or in the text an organisation or place of the entry's description; the country suffices for heads of state,
    for those known by one name, and beside other well-known people; a name that many bear needs more, a family name alone an
    office right before it. What was certain at first is evidence for the rest. Where two candidates are as good, there is no
    QID; they are kept as ``candidates``.
    """

    kb: KnowledgeBase = field(default_factory=open_shipped)
    curation: Curation = field(default_factory=Curation)
    further: Further | None = None
    name: str = field(default="link", init=False)
    reads: tuple[str, ...] = field(default=("article", "document", "mentions"), init=False)
    writes: str = field(default="entities", init=False)

    def __call__(self, analysis: Analysis) -> Analysis:
        """Group and link the mentions.

        Raises:
            ConfigurationError: the language's ``names.toml`` is broken.
        """
        lang = analysis.article.lang
        ordered = sorted(_merge(self.choices(analysis)), key=lambda choice: choice.group.mentions[0])
        return replace(analysis, entities=tuple(_entity(f"e{i}", choice, lang) for i, choice in enumerate(ordered, 1)))

    def choices(self, analysis: Analysis) -> list[Choice]:
        """The groups of mentions with their candidates and what is chosen, before groups of one item are put together.

        Raises:
            ConfigurationError: the language's ``names.toml`` is broken.
        """
        if analysis.document is None or analysis.mentions is None:
            raise ValueError("the link stage needs the layers document and mentions")
        article = analysis.article
        policy = policy_for(article.lang)
        groups = group_mentions(analysis.mentions, article.text, policy, self.kb)
        context = read_context(groups, read_body(article, analysis.document), policy, self.kb)
        return self._choose(groups, Judge(context, policy, _offices(article.lang), self.kb), article)

    def _choose(self, groups: Sequence[Group], judge: Judge, article: Article) -> list[Choice]:
        """Rank the candidates of all groups, twice: what is certain at first tells countries for the rest."""
        verdicts = [self.curation.verdict(group.names, article) for group in groups]
        scored = [rank(group, judge, verdict.never) for group, verdict in zip(groups, verdicts, strict=True)]
        certain = [(group.name, best.entry) for group, found in zip(groups, scored, strict=True) if (best := best_of(found))]
        judge = replace(judge, context=with_found(judge.context, certain, self.kb))
        open_ = [i for i, found in enumerate(scored) if best_of(found) is None]
        further = self._look_up([groups[i] for i in open_ if not verdicts[i].decided], article.lang)
        for i in open_:
            scored[i] = rank(groups[i], judge, verdicts[i].never, further.get(groups[i], ()))
        choices = []
        for group, verdict, found in zip(groups, verdicts, scored, strict=True):
            best = best_of(found)
            if verdict.decided:
                choices.append(Choice(group, found, verdict.qid, 1.0 if verdict.qid else 0.0, True))
            elif best is not None and (likely := confidence(found)) >= threshold():
                choices.append(Choice(group, found, best.entry.qid, likely))
            else:
                choices.append(Choice(group, found))
        return choices

    def _look_up(self, groups: Sequence[Group], lang: str) -> Mapping[Group, Found]:
        if self.further is None or not groups:
            return {}
        found = self.further.look_up([(group.names, group.kind) for group in groups], lang)
        return dict(zip(groups, found, strict=True))


def _merge(choices: Sequence[Choice]) -> list[Choice]:
    """Groups of the same kind with the same QID become one, with the scores of the surest."""
    merged: list[Choice] = []
    by_qid: dict[tuple[Kind, str], list[Choice]] = defaultdict(list)
    for choice in choices:
        if choice.qid is None:
            merged.append(choice)
        else:
            by_qid[choice.group.kind, choice.qid].append(choice)
    for found in by_qid.values():
        surest = max(found, key=lambda choice: choice.confidence)
        merged.append(replace(surest, group=merge_groups(choice.group for choice in found)))
    return merged


def _entity(key: str, choice: Choice, lang: str) -> Entity:
    group = choice.group
    return Entity(
        id=key,
        kind=group.kind,
        name=group.name,
        mentions=group.mentions,
        qid=choice.qid,
        confidence=round(choice.confidence, 3),
        candidates=tuple(Candidate(s.entry.qid, s.entry.label(lang), round(s.score, 3)) for s in choice.scored[:KEPT]),
    )


def _offices(lang: str) -> dict[str, frozenset[str]]:
    """English words for offices and trades, with the words of ``lang`` that say the same."""
    table = load_pack(lang).table("names").get("trades", {}) if lang in languages() else {}
    return {english: frozenset(fold_word(form) for form in forms) for english, forms in table.items()}
