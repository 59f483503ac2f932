"""The values that travel through the pipeline.

Every type is frozen, ordered collections are tuples, and nothing here imports from the rest of ``kg``. All offsets count
Unicode code points of ``Article.text``, the original text, half open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a named entity is."""

    PERSON = "person"
    ORGANIZATION = "organization"
    PLACE = "place"


class ActionType(StrEnum):
    """The 23 legal actions, in the order in which a case usually meets them."""

    INVESTIGATION = "investigation"
    SEARCH = "search"
    SEIZURE = "seizure"
    SUMMONS = "summons"
    WARRANT = "warrant"
    ARREST = "arrest"
    DETENTION = "detention"
    CHARGE = "charge"
    BAIL = "bail"
    RELEASE = "release"
    RESTRICTION = "restriction"
    LAWSUIT = "lawsuit"
    TRIAL = "trial"
    CONVICTION = "conviction"
    ACQUITTAL = "acquittal"
    SENTENCE = "sentence"
    FINE = "fine"
    APPEAL = "appeal"
    EXTRADITION = "extradition"
    PARDON = "pardon"
    EXECUTION = "execution"
    SANCTION = "sanction"
    BAN = "ban"


class Modality(StrEnum):
    """How far a report asserts its action."""

    ACTUAL = "actual"
    REQUESTED = "requested"
    POSSIBLE = "possible"
    NEGATED = "negated"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the article's text: code points ``start`` (included) to ``end`` (excluded)."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Whether the two spans share at least one code point."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def of(self, text: str) -> str:
        """The words that the span covers in ``text``."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as it was read.

    ``text`` is never altered. ``body`` lists, in order, the stretches that are prose (headline included): menus, share lines and
    repeated headlines lie outside, and nothing outside is analysed. ``published`` is an ISO date (``2024-09-06``), ``lang`` a
    language code of two letters, ``source`` the name of the input for messages.
    """

    id: str
    text: str
    body: tuple[Span, ...]
    lang: str
    title: str | None = None
    title_span: Span | None = None
    published: str | None = None
    publisher: str | None = None
    url: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or punctuation mark, in Universal Dependencies terms where the parser gives them (else empty strings).

    ``head`` is the index of the governor in ``Document.tokens``; a root, and every token without a tree, is its own head.
    ``morph`` is the UD feature string (``Gender=Fem|Number=Sing``).
    """

    start: int
    end: int
    lemma: str = ""
    pos: str = ""
    dep: str = ""
    head: int = -1
    morph: str = ""

    @property
    def span(self) -> Span:
        """The place of the token in the text."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its place in the text and its tokens ``[first, last)``."""

    span: Span
    first: int
    last: int


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A place in the text that names a person, an organisation or a place; ``source`` says which recogniser found it."""

    span: Span
    kind: Kind
    source: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Document:
    """Sentences and tokens of the article's body.

    ``trees`` tells whether tokens carry dependency trees; ``names`` are the names that the parser's own recogniser proposes;
    ``parser`` names the backend and its model with version.
    """

    sentences: tuple[Sentence, ...]
    tokens: tuple[Token, ...]
    trees: bool = False
    names: tuple[Mention, ...] = ()
    parser: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """An entry of a knowledge base that an entity might be, with the linker's score between 0 and 1."""

    qid: str
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Entity:
    """The mentions of one article that name the same thing.

    ``name`` is the fullest name used in the text. ``qid`` is None where no Wikidata item is certain (NIL); ``candidates``
    then say what was considered. ``confidence`` is the linker's, between 0 and 1.
    """

    id: str
    kind: Kind
    name: str
    mentions: tuple[Span, ...]
    qid: str | None = None
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money: ``value`` in units of the ISO 4217 ``currency``."""

    value: float
    currency: str


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """Why one argument of a report was chosen: the role it fills, the words it rests on, and the rule in words."""

    role: str
    span: Span
    reason: str


class Verdict(StrEnum):
    """What a person found who checked a report against its words."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Review:
    """That ``by`` checked a report ``at`` a time (ISO, UTC), and with what result."""

    verdict: Verdict
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Report:
    """What one article says of one legal action.

    ``target``, ``agent``, ``place``, ``attributed_to`` and ``via`` hold entity ids of the same analysis; ``target_text``
    describes a target without a name. ``date`` is ISO (``2024``, ``2024-08``, ``2024-08-28``), ``duration`` ISO 8601
    (``P4D``). ``via`` is the agency through which the attribution reached the article. ``triggers`` are all places that tell
    the action, ``trigger`` the clearest. ``pattern`` is the id of the pattern or model that found it. ``review`` says who checked
    it, None where nobody did.
    """

    id: str
    type: ActionType
    trigger: Span
    sentence: Span
    triggers: tuple[Span, ...] = ()
    target: tuple[str, ...] = ()
    target_text: Span | None = None
    agent: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    date: str | None = None
    offence: Span | None = None
    amount: Amount | None = None
    duration: str | None = None
    modality: Modality = Modality.ACTUAL
    attributed_to: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    confidence: float = 1.0
    pattern: str = ""
    evidence: tuple[Evidence, ...] = ()
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """With what an article was analysed: the version of ``kg`` with a hash of the code that reads articles, and the models,
    knowledge bases and tables of decisions, each with a version that hashes its content. The parser stands in ``Document``.
    """

    software: str
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is known of one article; each stage of the pipeline fills one layer.

    ``tools`` says with what, None where that is not known (annotated articles).
    """

    article: Article
    document: Document | None = None
    mentions: tuple[Mention, ...] | None = None
    entities: tuple[Entity, ...] | None = None
    reports: tuple[Report, ...] | None = None
    tools: Tools | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Why a report is of the same action as another, or an entity of an article the same as another: ``score`` in points of
    ``kg.merge.compare`` or ``kg.merge.entities``, and reasons in words.

    Both are pairs of an article's id and an id in it. The weightiest reason is the first; those that speak against it begin with
    ``but``.
    """

    member: tuple[str, str]
    other: tuple[str, str]
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """One legal action that happened (or is asked for), as the reports of one or several articles agree on it.

    ``reports`` are pairs of article id and report id; the other values are graph-wide entity keys (see ``kg.merge``) or agreed
    literals; ``offence`` pairs a language code with words. ``conflicts`` names the slots in which the reports contradict each
    other; such a slot stays empty here. ``joins`` says of each report but one why it is of this action.
    """

    id: str
    type: ActionType
    target: tuple[str, ...] = ()
    target_description: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    date: str | None = None
    offence: tuple[tuple[str, str], ...] = ()
    amount: Amount | None = None
    duration: str | None = None
    status: Modality = Modality.ACTUAL
    reports: tuple[tuple[str, str], ...] = ()
    conflicts: tuple[str, ...] = ()
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class MergedEntity:
    """An entity of the whole graph: ``key`` is its QID, or ``article id/entity id`` of its first NIL member.

    ``labels`` pairs language codes with names, the preferred name of each language before the others; ``members`` pairs article
    ids with ids of entities. ``joins`` says of each member without an item why it is of this entity, but of the first where none
    has one.
    """

    key: str
    kind: Kind
    qid: str | None
    labels: tuple[tuple[str, str], ...]
    members: tuple[tuple[str, str], ...]
    confidence: float = 0.0
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Actions that concern the same people and matter, in the order in which they happened; ``title`` says so in words.

    ``current`` is the last of those that were done, where it is known that it came after all others. Where that is not known of
    any, ``open`` are those of which it is not known that another came after them.
    """

    id: str
    title: str
    actions: tuple[str, ...]
    people: tuple[str, ...]
    current: str | None = None
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything that is written: the analyses and what merging made of them.

    ``copies`` pairs the id of an article that is nearly the same text as another with the id of that other, which stands for all
    that are alike and is a copy of none.
    """

    analyses: tuple[Analysis, ...]
    entities: tuple[MergedEntity, ...]
    actions: tuple[Action, ...]
    cases: tuple[Case, ...] = field(default=())
    copies: tuple[tuple[str, str], ...] = field(default=())

    def independent(self, articles: Iterable[str]) -> frozenset[str]:
        """The ids of ``articles`` as independent sources: copies of one text count as the one that stands for them."""
        originals = dict(self.copies)
        return frozenset(originals.get(article, article) for article in articles)
