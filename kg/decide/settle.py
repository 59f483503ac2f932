"""Decisions about what is one become rulings that merging can keep: found in the articles, and freed of contradictions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.decide.merging import About, MergeDecision, Same
from kg.lang.fold import fold_word
from kg.link.curation import Curation, named_so, stands_in
from kg.merge.context import Member
from kg.merge.rulings import ANY_ITEM, Decided, Rulings
from kg.model import Analysis, Article, Entity, Report
from kg.rdf import iri
from kg.rdf.names import report_iris

Sides = tuple[set[Member], set[Member]]

Node = Member | str
"""A member, or the item that it is: what has one item is one."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What merging keeps to, and the decisions that it cannot keep to, with the reason."""

    decided: Decided
    problems: tuple[tuple[MergeDecision, str], ...]


@dataclass
class Register:
    """Looks in one article after another for what the decisions are about.

    ``links`` are decisions about links: an entity that is not an item does not become one by merging either.
    """

    decisions: Sequence[MergeDecision]
    links: Curation
    _sides: dict[MergeDecision, Sides] = field(default_factory=dict)
    _kinds: dict[About, dict[Member, str]] = field(default_factory=lambda: {about: {} for about in About})
    _refused: dict[Member, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sides = {decision: (set(), set()) for decision in self.decisions}
        self._entities = [d for d in self.decisions if d.about is About.ENTITY]
        self._reports: dict[str, list[set[Member]]] = {}
        self._words: dict[str, list[set[Member]]] = {}
        for decision in self.decisions:
            if decision.about is About.ACTION:
                for side, found in zip((decision.one, decision.other), self._sides[decision], strict=True):
                    for table, keys in ((self._reports, side.what), (self._words, side.where)):
                        for key in keys:
                            table.setdefault(key, []).append(found)
        self._bases = sorted({key.rpartition("report/")[0] for key in self._reports})

    def note(self, before: Analysis, after: Analysis) -> None:
        """Look in one article, as it was ``before`` other decisions were applied to its reports, and as it is ``after``."""
        self._note_entities(after)
        for base in self._bases:
            article = iri.article_iri(base, after.article)
            self._note_reports(before, after, base, article)

    def _note_entities(self, analysis: Analysis) -> None:
        article = analysis.article
        near = [
            (side, found)
            for decision in self._entities
            for side, found in zip((decision.one, decision.other), self._sides[decision], strict=True)
            if not side.where or any(stands_in(article, pattern) for pattern in side.where)
        ]
        if not near and not self.links.rules:
            return
        for entity in analysis.entities or ():
            names = _names(article, entity)
            for side, found in near:
                if any(named_so(names, pattern) for pattern in side.what):
                    found.add((article.id, entity.id))
                    if entity.qid is not None:
                        self._kinds[About.ENTITY][article.id, entity.id] = entity.qid
            if entity.qid is None and self.links.rules:
                said = self.links.verdict(names, article)
                refused = said.never | ({ANY_ITEM} if said.decided and said.qid is None else frozenset())
                if refused:
                    self._refused[article.id, entity.id] = refused

    def _note_reports(self, before: Analysis, after: Analysis, base: str, article: str) -> None:
        left = {report.id: report for report in after.reports or ()}
        exact: set[str] = set()
        for analysis in (before, after):
            for key, name in report_iris(analysis, article, base).items():
                if name in self._reports and key in left:
                    exact.add(iri.span_iri(article, left[key].trigger))
                    self._take(self._reports[name], after.article, left[key])
        told: dict[str, list[str]] = {}
        for key, report in left.items():
            told.setdefault(iri.span_iri(article, report.trigger), []).append(key)
        for words, keys in told.items():
            if words in self._words and words not in exact and len(keys) == 1:
                self._take(self._words[words], after.article, left[keys[0]])

    def _take(self, sides: Iterable[set[Member]], article: Article, report: Report) -> None:
        member = article.id, report.id
        self._kinds[About.ACTION][member] = report.type.value
        for found in sides:
            found.add(member)

    def settle(self) -> Settled:
        """What merging keeps to. Of decisions that contradict each other the later line counts."""
        problems: list[tuple[MergeDecision, str]] = []
        rulings = {}
        for about in About:
            board = _Board(self._kinds[about], self._refused if about is About.ENTITY else {}, about)
            for decision in sorted((d for d in self.decisions if d.about is about), key=lambda d: -d.line):
                one, other = self._sides[decision]
                if not one or not other:
                    problems.append((decision, _LOST[about]))
                    continue
                problem = board.join(one | other, decision) if decision.verdict is Same.SAME else board.part(one, other, decision)
                if problem:
                    problems.append((decision, problem))
            rulings[about] = board.rulings()
        decided = Decided(rulings[About.ENTITY], rulings[About.ACTION])
        return Settled(decided, tuple(sorted(problems, key=lambda one: one[0].line)))


_LOST = {
    About.ENTITY: "a side fits no name: its article is not there, or names nobody so",
    About.ACTION: "a side fits no report: its article is not there, or is read otherwise now",
}
_KINDS_MEET = {
    About.ENTITY: "they are the items {} and {}: decide about links first",
    About.ACTION: "they are of the types {} and {}: correct one of them first",
}
_OVERRULED = "a later decision says otherwise"


class _Board:
    """Members in groups that must be one, with what each group is and which sides it stands on."""

    def __init__(self, kinds: Mapping[Member, str], refused: Mapping[Member, frozenset[str]], about: About) -> None:
        self._kinds, self._refused, self._about = kinds, refused, about
        self._tops: dict[Node, Node] = {}
        self._kind: dict[Node, str] = {}
        self._refusing: dict[Node, frozenset[str]] = {}
        self._standing: dict[Node, frozenset[int]] = {}
        self._same: list[tuple[Member, Member, str]] = []
        self._members: set[Member] = set()
        self._turns = 0

    def join(self, members: Iterable[Member], decision: MergeDecision) -> str:
        """Make members one; those that cannot be stay out, and the first reason is given."""
        first, *others = sorted(members)
        problem, joined = "", 0
        for other in others:
            why = self._hindrance(self._top(first), self._top(other))
            if why:
                problem = problem or why
                continue
            joined += 1
            self._same.append((first, other, decision.reason))
            self._unite(self._top(first), self._top(other))
        return f"{problem} ({joined} of {len(others)} joined)" if problem and joined else problem

    def part(self, one: set[Member], other: set[Member], decision: MergeDecision) -> str:
        """Keep two sides apart; what is one with the first side is not on the second."""
        left = {self._top(member): None for member in sorted(one)}
        right = {top: None for member in sorted(other - one) if (top := self._top(member)) not in left}
        if not right:
            item = next((self._kind[top] for top in left if top in self._kind), None) if self._about is About.ENTITY else None
            return f"both are {item}: decide about the link of one of them" if item else _OVERRULED
        for tops, side in ((left, 2 * self._turns), (right, 2 * self._turns + 1)):
            for top in tops:
                self._standing[top] = self._standing.get(top, frozenset()) | {side}
        self._turns += 1
        return ""

    def rulings(self) -> Rulings:
        """What the decisions come to."""
        sides = {m: found for m in sorted(self._members) if (found := self._standing.get(self._top(m)))}
        return Rulings(tuple(sorted(self._same)), sides, self._refused)

    def _top(self, member: Member) -> Node:
        """What stands for the group of a member; all that have one item are one from the start."""
        node: Node = member
        if member not in self._members:
            self._members.add(member)
            kind = self._kinds.get(member)
            if kind is not None and self._about is About.ENTITY:
                self._tops[member] = kind
                self._kind[kind] = kind
            elif kind is not None:
                self._kind[member] = kind
            if member in self._refused:
                self._refusing[member] = self._refused[member]
        while node in self._tops:
            node = self._tops[node]
        return node

    def _hindrance(self, a: Node, b: Node) -> str:
        if a == b:
            return ""
        kinds = [self._kind[top] for top in (a, b) if top in self._kind]
        if len(set(kinds)) == 2:
            return _KINDS_MEET[self._about].format(*kinds)
        refused = self._refusing.get(a, frozenset()) | self._refusing.get(b, frozenset())
        if kinds and self._about is About.ENTITY and refused & {kinds[0], ANY_ITEM}:
            return f"a decision about links says that it is not {kinds[0]}"
        opposite = any(side ^ 1 in self._standing.get(b, frozenset()) for side in self._standing.get(a, frozenset()))
        return _OVERRULED if opposite else ""

    def _unite(self, a: Node, b: Node) -> None:
        if a == b:
            return
        # What has a kind stays on top: an item stands for all that have it.
        low, high = (a, b) if b in self._kind else (b, a)
        self._tops[low] = high
        self._refusing[high] = self._refusing.get(high, frozenset()) | self._refusing.get(low, frozenset())
        self._standing[high] = self._standing.get(high, frozenset()) | self._standing.get(low, frozenset())


def _names(article: Article, entity: Entity) -> tuple[str, ...]:
    forms = {entity.name, *(span.of(article.text) for span in entity.mentions)}
    return tuple(sorted({" ".join(fold_word(form).split()) for form in forms}))
