"""The stage that makes entities of mentions and gives them QIDs where the evidence is good."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from kg.lang.pack import load_pack
from kg.link.context import Context, described, read_context
from kg.link.coreference import Group, group_mentions, merge_groups
from kg.link.kb import Entry, KnowledgeBase, Match, open_shipped
from kg.link.keys import name_key
from kg.mention.policy import Policy, policy_of
from kg.mention.text import read_body
from kg.model import Analysis, Candidate, Entity, Kind

LARGE = 500_000
"""Inhabitants from which a city is linked without its country being spoken of."""
MARGIN = 0.05
"""By how much the best candidate's score must exceed the next."""
WELL_KNOWN = 0.8
"""Prior from which a general name of three words or more needs no evidence (``Federal Bureau of Investigation``)."""
UNION = 0.9
"""Prior from which a two- or three-letter acronym needs no evidence (``UN``, ``EU``)."""
GAP = 0.3
"""By how much the prior of a candidate that the text does not speak of must exceed that of one it speaks of."""
KEPT = 5
"""Candidates that are kept with an entity."""

_HEADS = frozenset({"president", "minister", "chancellor", "king", "queen", "pope", "secretary-general"})


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score between 0 and 1.

    ``enough``: the evidence suffices to link it; ``supported``: the text speaks of its country, work or surroundings.
    """

    entry: Entry
    score: float
    enough: bool
    supported: bool


@dataclass(frozen=True)
class LinkStage:
    """Fills ``entities``: mentions grouped, ids ``e1`` … in order of first mention, a QID where the evidence is strong.

    Candidates are the entries of ``kb`` under every name of the group, of the group's kind (organisations and places may stand
    for each other). A country, capital or city of ``LARGE`` inhabitants needs no evidence but its name; a smaller place needs its
    country in the text; an organisation with a general name too. A person needs a full name and, in the text, an office or
    trade, an organisation or place of the entry's description; the country alone suffices for heads of states and those known
    by one name, and a name that many bear needs more. Where two candidates are as good, there is no QID; they are kept as
    ``candidates``.
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
        policy = policy_of(article.lang)
        offices = _offices(article.lang)
        groups = group_mentions(analysis.mentions, article.text, policy, self.kb)
        context = read_context(groups, read_body(article, analysis.document), article.lang, self.kb)
        linked = [(group, _rank(group, context, policy, offices, self.kb)) for group in groups]
        entities = [
            _entity(group, scored, article.lang) for group, scored in sorted(_merge(linked), key=lambda pair: pair[0].mentions[0])
        ]
        return replace(analysis, entities=tuple(replace(entity, id=f"e{i}") for i, entity in enumerate(entities, 1)))


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
    if best.score - rival.score < MARGIN:
        return True
    if best.supported or not rival.supported:
        return False
    if rival.entry.feature == "region" and best.entry.feature in ("country", "territory"):
        return True
    return best.entry.prior - rival.entry.prior < GAP


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


def _rank(
    group: Group, context: Context, policy: Policy, offices: dict[str, frozenset[str]], kb: KnowledgeBase
) -> tuple[Scored, ...]:
    """The candidates of a group, best first."""
    found: dict[str, tuple[Match, str]] = {}
    for name in group.names:
        for match in kb.match(name, policy.lang):
            if not _kinds_fit(group.kind, match.entry.kind):
                continue
            old = found.get(match.entry.qid)
            if old is None or (match.weak, not match.lang_match) < (old[0].weak, not old[0].lang_match):
                found[match.entry.qid] = (match, name)
    scored = [_score(match, name, group, context, policy, offices, kb) for match, name in found.values()]
    return tuple(sorted(scored, key=lambda s: (-s.score, not s.enough, s.entry.qid)))


def _kinds_fit(kind: Kind, other: Kind) -> bool:
    return kind is other or Kind.PERSON not in (kind, other)


def _score(
    match: Match, name: str, group: Group, context: Context, policy: Policy, offices: dict[str, frozenset[str]], kb: KnowledgeBase
) -> Scored:
    entry = match.entry
    if entry.kind is Kind.PERSON:
        support, enough = _person_evidence(match, name, context, offices, kb)
    else:
        beside = entry.country is not None and entry.country in context.beside.get(group.name, ())
        supported = context.supports(entry.country, group.name)
        support = 0.3 if beside else 0.1 if supported else 0.0
        if entry.kind is Kind.PLACE:
            enough = _place_enough(match, supported)
        else:
            enough = _body_enough(match, name, supported, policy, kb)
    fit = (0.4 if not match.weak else 0.2) - (0.0 if match.lang_match else 0.05) - (0.0 if entry.kind is group.kind else 0.1)
    return Scored(entry, min(1.0, max(0.0, fit + 0.4 * entry.prior + support)), enough, support > 0)


def _place_enough(match: Match, supported: bool) -> bool:
    entry = match.entry
    if entry.feature in ("country", "territory", "place"):
        return not match.weak
    if entry.feature in ("capital", "region") or entry.population >= LARGE:
        return (match.lang_match and not match.weak) or supported
    return supported and match.lang_match


def _body_enough(match: Match, name: str, supported: bool, policy: Policy, kb: KnowledgeBase) -> bool:
    """Whether an organisation's name is its own; a general one or a short acronym wants its country in the text."""
    short = name.isupper() and len(name.replace(".", "")) <= 3
    if match.weak and not (short and match.entry.prior >= UNION):
        return False
    if short and match.entry.prior < UNION and not supported:
        return False
    if match.entry.kind is Kind.PLACE or match.entry.country is None or supported:
        return True
    words = name_key(name).split()
    if len(words) >= 3 and match.entry.prior >= WELL_KNOWN:
        return True
    general = {name_key(word) for word in (*policy.first_kinds, *policy.last_kinds)}
    return not any(word in general for word in words)


def _person_evidence(
    match: Match, name: str, context: Context, offices: dict[str, frozenset[str]], kb: KnowledgeBase
) -> tuple[float, bool]:
    """How strongly the text speaks of this person, and whether that is enough."""
    countries, others, words = described(match.entry, kb)
    by_country = any(context.supports(country, name) for country in countries)
    by_other = bool(others & context.qids)
    by_office = any(word in words and forms & context.words for word, forms in offices.items())
    support = 0.1 * (by_country + by_other + by_office)
    if len(name_key(name).split()) < 2:
        return support, False
    if match.weak:  # a name that many people bear
        return support, by_other or (by_office and by_country)
    known = bool(words & _HEADS) or _mononym(match.entry, kb)
    return support, by_other or by_office or (by_country and known)


def _mononym(entry: Entry, kb: KnowledgeBase) -> bool:
    """Whether the knowledge base knows the person by the family name alone."""
    for lang, label in entry.names:
        last = label.split()[-1]
        if any(found.qid == entry.qid for found in kb.lookup(last, lang)):
            return True
    return False


def _offices(lang: str) -> dict[str, frozenset[str]]:
    """English words for offices and trades, with the words of ``lang`` that say the same."""
    from kg.lang.fold import fold_word

    table = load_pack(lang).table("names").get("trades", {})
    return {english: frozenset(fold_word(form) for form in forms) for english, forms in table.items()}
