"""The stage that finds the names of persons, organisations and places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from kg.link.kb import KnowledgeBase, open_shipped
from kg.mention.capitals import find_capitals, is_within_capitals
from kg.mention.gazetteer import find_known
from kg.mention.institutions import find_institutions
from kg.mention.persons import find_persons
from kg.mention.policy import Policy, policy_of
from kg.mention.spread import flatten, repeat, settle_kinds
from kg.mention.text import Body, read_body
from kg.mention.trim import is_part_of_other, trim
from kg.model import Analysis, Article, Document, Kind, Mention


class Recogniser(Protocol):
    """A further recogniser of names, such as a trained one; its proposals are trimmed like the parser's."""

    def __call__(self, article: Article, document: Document) -> tuple[Mention, ...]:
        """The names that it finds in the body of ``article``."""
        ...


@dataclass(frozen=True)
class MentionStage:
    """Fills ``mentions``: flat, in order of place, inside the body.

    What the language's patterns, the knowledge base, the parser's own recogniser, the rules for persons and the optional
    ``recogniser`` propose is trimmed by the language's policy; the longest proposal at each place stays; then a name found once
    is marked in every place of the body.
    """

    kb: KnowledgeBase = field(default_factory=open_shipped)
    recogniser: Recogniser | None = None
    name: str = field(default="mention", init=False)
    reads: tuple[str, ...] = field(default=("article", "document"), init=False)
    writes: str = field(default="mentions", init=False)

    def __call__(self, analysis: Analysis) -> Analysis:
        """Find the names.

        Raises:
            ConfigurationError: the language has no pack, or its ``names.toml`` is broken.
        """
        article, document = analysis.article, analysis.document
        if document is None:
            raise ValueError("the mention stage needs the document layer")
        policy = policy_of(article.lang)
        body = read_body(article, document)
        first = tuple(
            m for m in flatten(self._proposals(article, document, body, policy)) if not is_part_of_other(m, body, policy)
        )
        settled = settle_kinds(first, article.text, policy, self.kb)
        repeated = (m for m in repeat(settled, body, policy, self.kb) if not is_part_of_other(m, body, policy))
        everywhere = flatten((*settled, *repeated))
        return replace(analysis, mentions=settle_kinds(everywhere, article.text, policy, self.kb))

    def _proposals(self, article: Article, document: Document, body: Body, policy: Policy) -> Iterator[Mention]:
        trained = None
        if self.recogniser is not None:
            trained = tuple(_voted(name, document, policy) for name in self.recogniser(article, document))
        people = [name.span for name in trained or () if name.kind is Kind.PERSON]
        for mention in find_institutions(article, policy, self.kb):
            if not any(mention.span.start < span.start and span.end <= mention.span.end for span in people):
                yield mention
        known = find_known(body, policy, self.kb)
        if trained is not None and policy.has_case:
            known = tuple(m for m in known if any(m.span.overlaps(o.span) for o in trained) or self._is_sure(m, body, policy))
        yield from (mention for mention in known if mention.kind is not Kind.PERSON)
        proposed = [mention for mention in known if mention.kind is Kind.PERSON]
        left_out = policy.stopgaps if trained is not None else frozenset()
        if "person" not in left_out:
            proposed.extend(find_persons(body, policy, self.kb))
        if "capitals" not in left_out:
            yield from find_capitals(body, policy, self.kb)
        proposed.extend(_parser_names(document, trained, policy))
        proposed.extend(trained or ())
        for mention in proposed:
            trimmed = trim(mention, body, policy, self.kb)
            if trimmed is not None:
                yield trimmed

    def _is_sure(self, mention: Mention, body: Body, policy: Policy) -> bool:
        """Whether a known name counts that the trained recogniser does not see: no town of one word, no part of a title."""
        name = mention.span.of(body.text)
        towns = (match.entry.feature == "city" for match in self.kb.match(name, policy.lang)[:1])
        return (" " in name or not any(towns)) and not is_within_capitals(mention, body)


def _parser_names(document: Document, trained: tuple[Mention, ...] | None, policy: Policy) -> Iterator[Mention]:
    """What the parser's own recogniser may add to the trained one (None: there is none), by the language's policy."""
    for name in document.names:
        if trained is None or policy.beside is None or _is_heard(name, trained, policy, policy.beside):
            yield replace(name, source=name.source or "parser")


def _voted(name: Mention, document: Document, policy: Policy) -> Mention:
    """A name of the trained recogniser, with the kind that the parser gives the same words where the first is in doubt."""
    if name.confidence >= policy.doubtful:
        return name
    kinds = [other.kind for other in document.names if other.span == name.span]
    return replace(name, kind=kinds[0]) if kinds else name


def _is_heard(name: Mention, trained: tuple[Mention, ...], policy: Policy, beside: frozenset[Kind]) -> bool:
    others = [other for other in trained if other.span.overlaps(name.span)]
    if not others:
        return name.kind in beside
    other = others[0]
    around = name.span.start <= other.span.start and other.span.end <= name.span.end
    return len(others) == 1 and around and other.kind is name.kind and other.confidence < policy.unsure
