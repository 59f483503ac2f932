"""The stage that makes entities of mentions and gives them QIDs where the evidence is good."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kg.lang.pack import languages, load_pack
from kg.link.bodies import bodies_of
from kg.link.context import Context, read_context, with_found
from kg.link.coreference import Group, group_mentions, merge_groups
from kg.link.echo import echoes_of
from kg.link.evidence import LARGE, Judge, Offices, Rivals, Scored
from kg.link.kb import KnowledgeBase, Match, open_shipped
from kg.link.policies import policy_for
from kg.mention.policy import Policy
from kg.mention.text import read_body
from kg.model import Analysis, Candidate, Entity, Kind

MARGIN = 0.05
"""By how much the best candidate's score must exceed the next."""
FAMOUS = 1_000_000
"""Inhabitants from which a city is meant by its bare name, whatever towns are called the same."""
GAP = 0.3
"""By how much the prior of a candidate that the text does not speak of must exceed that of one it speaks of."""
KEPT = 5
"""Candidates that are kept with an entity."""


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
    name: str = field(default="link", init=False)
    reads: tuple[str, ...] = field(default=("article", "document", "mentions"), init=False)
    writes: str = field(default="entities", init=False)

    def __call__(self, analysis: Analysis) -> Analysis:
        """Group and link the mentions.

        Raises:
            ConfigurationError: the language has no pack, or its ``names.toml`` is broken.
        """
        if analysis.document is None or analysis.mentions is None:
            raise ValueError("the link stage needs the layers document and mentions")
        article = analysis.article
        policy = policy_for(article.lang)
        offices = _offices(article.lang)
        groups = group_mentions(analysis.mentions, article.text, policy, self.kb)
        context = read_context(groups, read_body(article, analysis.document), policy, self.kb)
        linked = _link(groups, context, policy, offices, self.kb)
        entities = [
            _entity(group, scored, article.lang) for group, scored in sorted(_merge(linked), key=lambda pair: pair[0].mentions[0])
        ]
        return replace(analysis, entities=tuple(replace(entity, id=f"e{i}") for i, entity in enumerate(entities, 1)))


def _link(
    groups: Sequence[Group], context: Context, policy: Policy, offices: Offices, kb: KnowledgeBase
) -> list[tuple[Group, tuple[Scored, ...]]]:
    """Rank the candidates of all groups, twice: what is certain at first tells countries for the rest."""
    judge = Judge(context, policy, offices, kb)
    first = [(group, _rank(group, judge)) for group in groups]
    found = [(group.name, best.entry) for group, scored in first if (best := _best(scored)) is not None]
    judge = Judge(with_found(context, found, kb), policy, offices, kb)
    return [(group, scored if _best(scored) else _rank(group, judge)) for group, scored in first]


def _merge(linked: list[tuple[Group, tuple[Scored, ...]]]) -> list[tuple[Group, tuple[Scored, ...]]]:
    """Groups of the same kind with the same QID become one, with the scores of the surest."""
    merged: list[tuple[Group, tuple[Scored, ...]]] = []
    by_qid: dict[tuple[Kind, str], list[tuple[Group, tuple[Scored, ...]]]] = defaultdict(list)
    for group, scored in linked:
        best = _best(scored)
        if best is None:
            merged.append((group, scored))
        else:
            by_qid[group.kind, best.entry.qid].append((group, scored))
    for found in by_qid.values():
        merged.append((merge_groups(group for group, _ in found), max((scored for _, scored in found), key=lambda s: s[0].score)))
    return merged


def _best(scored: tuple[Scored, ...]) -> Scored | None:
    """The candidate to link, if its evidence suffices and no other comes near."""
    if not scored or not scored[0].enough:
        return None
    if any(_contests(rival, scored[0]) for rival in scored[1:]):
        return None
    return scored[0]


def _contests(rival: Scored, best: Scored) -> bool:
    """Whether ``rival`` is too likely to link ``best``: nearly as good, or spoken of in the text where ``best`` is not."""
    if not rival.fits or (best.beside and not rival.beside):
        return False
    sort, other = best.entry.feature, rival.entry
    if sort in ("country", "territory") and other.feature == "region":
        return rival.supported and not best.supported
    if (sort in ("country", "territory") or best.entry.population >= FAMOUS) and 0 < other.population < LARGE:
        return False  # a town of the name of a country or of a great city says where it is
    if rival.supported and not best.supported:
        return best.entry.prior - other.prior < GAP
    return best.score - rival.score < MARGIN


def _entity(group: Group, scored: tuple[Scored, ...], lang: str) -> Entity:
    best = _best(scored)
    candidates = tuple(Candidate(s.entry.qid, s.entry.label(lang), round(s.score, 3)) for s in scored[:KEPT])
    return Entity(
        id="",
        kind=group.kind,
        name=group.name,
        mentions=group.mentions,
        qid=best.entry.qid if best else None,
        confidence=round(best.score, 3) if best else 0.0,
        candidates=candidates,
    )


def _rank(group: Group, judge: Judge) -> tuple[Scored, ...]:
    """The candidates of a group, best first: by name, as an institution of a country, by sound."""
    kb, lang = judge.kb, judge.policy.lang
    found: dict[str, tuple[Match, str]] = {}
    told: set[str] = set()
    for name in group.names:
        matches = tuple(match for match in kb.match(name, lang) if _kinds_fit(group.kind, match.entry.kind))
        if group.kind is Kind.ORGANIZATION and not any(match.entry.kind is group.kind for match in matches):
            body = bodies_of(kb, lang).match(name, judge.context)
            if body is not None:
                matches = (*matches, body[0])
                told.update([body[0].entry.qid] if body[1] else [])
        for match in matches or echoes_of(kb).match(name, group.kind):
            old = found.get(match.entry.qid)
            if old is None or (match.weak, not match.lang_match) < (old[0].weak, not old[0].lang_match):
                found[match.entry.qid] = (match, name)
    found = _as_said(found, judge.context.sorts.get(group.name, frozenset()))
    namesakes = Counter(match.entry.country for match, _ in found.values())
    scored = [
        judge.score(match, name, group, Rivals(len(found) - 1, namesakes[match.entry.country] - 1), qid in told)
        for qid, (match, name) in found.items()
    ]
    return tuple(sorted(scored, key=lambda s: (-s.fits, -s.beside, -s.score, not s.enough, s.entry.qid)))


def _as_said(found: dict[str, tuple[Match, str]], sorts: frozenset[str]) -> dict[str, tuple[Match, str]]:
    """Only the candidates of the sort that the text says (``the state of``, ``the city of``), where it says one."""
    if not sorts:
        return found
    return {qid: pair for qid, pair in found.items() if pair[0].entry.feature in sorts or pair[0].entry.kind is not Kind.PLACE}


def _kinds_fit(kind: Kind, other: Kind) -> bool:
    return kind is other or Kind.PERSON not in (kind, other)


def _offices(lang: str) -> dict[str, frozenset[str]]:
    """English words for offices and trades, with the words of ``lang`` that say the same."""
    from kg.lang.fold import fold_word

    table = load_pack(lang).table("names").get("trades", {}) if lang in languages() else {}
    return {english: frozenset(fold_word(form) for form in forms) for english, forms in table.items()}
