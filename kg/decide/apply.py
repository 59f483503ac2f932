"""Decisions applied to reports, before they are merged: what is rejected goes, what is corrected changes, both reproducibly.

A report is known again by its IRI, which hashes the article, the type and the words that tell it. Where a newer program reads the
same words with one more beside them, the IRI is another; then the article and the clearest words decide, if only one report has
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.decide.merging import MergeDecision
from kg.decide.rows import Correction, Decision
from kg.decide.settle import Register, Settled
from kg.lang.fold import fold_word
from kg.link.curation import Curation, Rule
from kg.model import Analysis, Entity, Report, Review, Verdict
from kg.rdf import iri
from kg.rdf.names import report_iris


@dataclass(frozen=True, slots=True)
class Applied:
    """That a decision changed or confirmed a report of an article; ``problem`` says why it could not, else it is empty."""

    decision: Decision
    article: str
    report: str
    problem: str = ""


@dataclass
class Desk:
    """The decisions of a run, ready to be applied to one article after another; keeps which of them were.

    Of several about one report the last counts. ``rules`` are the decisions about links, which the linker applies; here it is
    only noted which of them fit a name. ``merging`` are those about what is one, which merging keeps to when all articles are
    seen.
    """

    decisions: Sequence[Decision]
    rules: Sequence[Rule] = ()
    merging: Sequence[MergeDecision] = ()
    applied: list[Applied] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._by_report: dict[str, Decision] = {}
        self._by_words: dict[str, Decision] = {}
        self._overruled: set[int] = set()
        for decision in self.decisions:
            for table, keys in ((self._by_report, decision.reports or (decision.subject,)), (self._by_words, decision.words)):
                for key in keys:
                    if key in table and table is self._by_report:
                        self._overruled.add(table[key].line)
                    table[key] = decision
        self._idle = {rule.line for rule in self.rules}
        self._register = Register(self.merging, Curation(tuple(self.rules)))
        self._bases = sorted({base for key in self._by_report if (base := _base(key))})

    def apply(self, analysis: Analysis) -> Analysis:
        """``analysis`` with its reports as they were decided."""
        self._note(analysis)
        done = self._with_decided_reports(analysis)
        self._register.note(analysis, done)
        return done

    def settle(self) -> Settled:
        """What merging the analyses seen has to keep to."""
        return self._register.settle()

    def _with_decided_reports(self, analysis: Analysis) -> Analysis:
        if not analysis.reports or not self._bases:
            return analysis
        chosen: dict[str, Decision] = {}
        for base in self._bases:
            for report, decision in self._found(analysis, base):
                chosen[report] = decision
        if not chosen:
            return analysis
        out = (self._decided(analysis, r, chosen[r.id]) if r.id in chosen else r for r in analysis.reports)
        return replace(analysis, reports=tuple(report for report in out if report is not None))

    def idle_rules(self) -> tuple[Rule, ...]:
        """The decisions about links that fit no name of the articles seen."""
        return tuple(rule for rule in self.rules if rule.line in self._idle)

    def _note(self, analysis: Analysis) -> None:
        if not self._idle:
            return
        names = {form for entity in analysis.entities or () for form in _forms(analysis, entity)}
        for rule in self.rules:
            if rule.line in self._idle and rule.covers(names, analysis.article):
                self._idle.discard(rule.line)

    def unmatched(self) -> tuple[Decision, ...]:
        """The decisions that fitted no report: the article is gone, or is read otherwise now."""
        used = {applied.decision.line for applied in self.applied}
        return tuple(d for d in self.decisions if d.line not in used and d.line not in self._overruled)

    def _found(self, analysis: Analysis, base: str) -> Iterator[tuple[str, Decision]]:
        article = iri.article_iri(base, analysis.article)
        names = report_iris(analysis, article, base)
        reports = {report.id: report for report in analysis.reports or ()}
        exact: set[str] = set()
        for key, name in names.items():
            decision = self._by_report.get(name) or self._by_report.get(iri.action_iri(base, reports[key].type, name))
            if decision is not None:
                exact.add(_words(article, reports[key]))
                yield key, decision
        told: dict[str, list[str]] = {}
        for key, report in reports.items():
            told.setdefault(_words(article, report), []).append(key)
        for words, keys in told.items():
            if words in self._by_words and words not in exact and len(keys) == 1:
                yield keys[0], self._by_words[words]

    def _decided(self, analysis: Analysis, report: Report, decision: Decision) -> Report | None:
        out: Report | None = report
        problem = ""
        if decision.verdict == "reject":
            out = None
        elif decision.verdict == "confirm":
            out = replace(report, review=Review(Verdict.CONFIRMED, decision.by, decision.at))
        else:
            try:
                out = replace(
                    _corrected(analysis, report, decision.correction), review=Review(Verdict.CORRECTED, decision.by, decision.at)
                )
            except LookupError as error:
                problem = f"the article names no {error.args[0]} called that"
        self.applied.append(Applied(decision, analysis.article.id, report.id, problem))
        return out


def _base(key: str) -> str:
    for part in ("report/", "action/"):
        base, slash, _ = key.rpartition(part)
        if slash:
            return base
    return ""


def _words(article: str, report: Report) -> str:
    return iri.span_iri(article, report.trigger)


def _corrected(analysis: Analysis, report: Report, correction: Correction) -> Report:
    """The report with what the correction changes; evidence of a value that went goes too.

    Raises:
        LookupError: names were given of which the article has none.
    """
    changed: dict[str, object] = {}
    if correction.type is not None:
        changed["type"] = correction.type
    if correction.modality is not None:
        changed["modality"] = correction.modality
    if correction.date is not None:
        changed["date"] = correction.date or None
    known = _named(analysis)
    for role, names in correction.roles():
        ids = tuple(dict.fromkeys(key for name in names for key in known.get(_key(name), ())))
        if names and not ids:
            raise LookupError(role)
        changed[role] = ids
        if role == "target":
            changed["target_text"] = None
    slots = {*changed, *(("target_description",) if "target_text" in changed else ())}
    evidence = tuple(e for e in report.evidence if e.role not in slots)
    return replace(report, **changed, evidence=evidence)  # type: ignore[arg-type]


def _named(analysis: Analysis) -> Mapping[str, tuple[str, ...]]:
    """Ids of the entities of an article by their items, and by the names that it gives them, folded."""
    out: dict[str, list[str]] = {}
    for entity in analysis.entities or ():
        for key in sorted({_key(form) for form in _forms(analysis, entity)} | ({entity.qid} if entity.qid else set())):
            out.setdefault(key, []).append(entity.id)
    return {key: tuple(ids) for key, ids in out.items()}


def _forms(analysis: Analysis, entity: Entity) -> set[str]:
    return {entity.name, *(span.of(analysis.article.text) for span in entity.mentions)}


def _key(name: str) -> str:
    if name[:1] == "Q" and name[1:].isdigit():
        return name
    return " ".join(fold_word(name).split())


def counts(applied: Iterable[Applied]) -> dict[str, int]:
    """How many reports were confirmed, rejected and corrected, and for how many a decision did not work."""
    out = dict.fromkeys(("confirmed", "rejected", "corrected", "failed"), 0)
    past = {"confirm": "confirmed", "reject": "rejected", "correct": "corrected"}
    for one in applied:
        out["failed" if one.problem else past[one.decision.verdict]] += 1
    return out
