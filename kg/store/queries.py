"""Named queries: SPARQL files whose header says in words what they ask, and which values can be chosen.

A header is comment lines before the query::

    # en: Who was charged with what, and by whom?
    # fr: Qui a été mis en examen, pour quoi et par qui ?
    # ar: من وُجهت إليه التهم، وبماذا، ومن وجهها؟
    # @param person IRI default UNDEF: only this person

The query holds each parameter once as ``VALUES ?person { … }`` and can be run by any tool as it stands. A chosen value is parsed
into a term and its serialisation put between the braces: text never becomes part of the query. A parameter of the kind
``service`` is the address in ``SERVICE <…>``; such a query also says what it sends there (see ``kg.store.federation``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Store

from kg.errors import ConfigurationError
from kg.rdf.files import ontology_path
from kg.store.federation import find_service
from kg.store.terms import KINDS

_PARAM = re.compile(
    r"@param\s+(?P<name>[A-Za-z_]\w*)\s+(?P<kind>\w+)\s+default\s+(?P<default>\S+?):\s+(?P<meaning>.+)",
)
_SENDS = re.compile(r"@sends\s+(?P<variable>[A-Za-z_]\w*):\s+(?P<meaning>.+)")
_ELSEWHERE = re.compile(r"\b(SERVICE(?:\s+SILENT)?)\s+(?:<[^<>\s]*>|[\w.-]*:[\w.-]*)", re.IGNORECASE)
_NOWHERE = "http://127.0.0.1:9/"
SERVICE = "service"
"""The kind of a parameter that is the address of another endpoint."""
# What may stand between the braces of a parameter: one IRI, name or literal.
_TERM = r"(?:\s*(?:<[^<>]*>|\"(?:[^\"\\]|\\.)*\"[^\s{}]*|[^\s<>\"{}]+))?\s*"
_QUESTION = re.compile(r"(?P<lang>[a-z]{2,3}):\s*(?P<words>.+)")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that can be chosen: its variable's ``name``, ``kind`` (a key of ``kg.store.terms.KINDS``), the default as the query
    writes it (``UNDEF``: any), and its ``meaning`` in words."""

    name: str
    kind: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What a query looks up at another endpoint: the values of ``variable``, and their ``meaning`` in words."""

    variable: str
    meaning: str


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query with its ``questions`` by language code and its parameters; ``sends`` is None where it asks no other endpoint."""

    name: str
    text: str
    questions: Mapping[str, str]
    parameters: tuple[Parameter, ...] = ()
    sends: Sent | None = None

    def question(self, lang: str = "en") -> str:
        """What it asks, in ``lang`` or else in English."""
        return self.questions.get(lang) or self.questions.get("en") or self.name


def parse_query(name: str, text: str) -> NamedQuery:
    """The query with its header.

    Raises:
        ConfigurationError: a parameter's line is not understood, or the query does not hold the parameter once.
    """
    questions: dict[str, str] = {}
    parameters: list[Parameter] = []
    sends: Sent | None = None
    for line in text.splitlines():
        if not line.startswith("#"):
            if line.strip():
                break
            continue
        comment = line.lstrip("#").strip()
        if comment.startswith("@param"):
            parameters.append(_parameter(name, comment))
        elif comment.startswith("@sends"):
            sends = _sent(name, comment)
        elif (found := _QUESTION.fullmatch(comment)) is not None:
            questions.setdefault(found["lang"], found["words"].strip())
    query = NamedQuery(name, text, questions, tuple(parameters), sends)
    for parameter in parameters:
        _place(query, parameter.name)
    return query


def find_query(name_or_file: str) -> NamedQuery:
    """The query called ``name_or_file`` in ``ontology/queries``, or the one in the file of that name.

    Raises:
        ConfigurationError: there is neither, or it cannot be read.
    """
    if _NAME.fullmatch(name_or_file):
        path = ontology_path("queries") / f"{name_or_file}.rq"
        if path.is_file():
            return parse_query(name_or_file, _read(path))
    path = Path(name_or_file)
    if path.is_file():
        return parse_query(path.stem, _read(path))
    raise ConfigurationError(f"no query {name_or_file!r}: `kg query --list` names those there are; else give a file")


def named_queries() -> tuple[NamedQuery, ...]:
    """Every query of ``ontology/queries``, by name."""
    return tuple(parse_query(path.stem, _read(path)) for path in sorted(ontology_path("queries").glob("*.rq")))


def bind(query: NamedQuery, values: Mapping[str, str]) -> str:
    """The text of ``query`` with ``values`` for its parameters, each parsed as its kind.

    Raises:
        ConfigurationError: there is no such parameter, a value is not of its kind, or the query is not valid SPARQL.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    chosen: list[tuple[int, int, str]] = []
    for name in sorted(values):
        if name not in known:
            has = f"it has: {', '.join(known)}" if known else "it has none"
            raise ConfigurationError(f"the query {query.name} has no parameter {name!r} ({has})")
        term = str(KINDS[known[name].kind](values[name]))
        chosen.append((*_place(query, name).span("value"), term))
    text = query.text
    # From the end, so that places stay true and one value is never searched for the place of another.
    for start, end, term in sorted(chosen, reverse=True):
        text = f"{text[:start]} {term} {text[end:]}"
    check(text, query.name)
    return text


def check(text: str, name: str = "query") -> None:
    """See that ``text`` is a SPARQL 1.1 query.

    Raises:
        ConfigurationError: it is not; the message says where.
    """
    try:
        # Parsing is all that is wanted: an empty store answers at once, and nothing is sent to a port that no request may go to.
        Store().query(_ELSEWHERE.sub(rf"\1 <{_NOWHERE}>", text))
    except (SyntaxError, ValueError) as error:
        raise ConfigurationError(f"{name} is no valid SPARQL query: {error}") from None
    except (OSError, RuntimeError):
        # It was parsed.
        return


def _parameter(name: str, comment: str) -> Parameter:
    found = _PARAM.fullmatch(comment)
    if found is None or found["kind"] not in KINDS:
        raise ConfigurationError(
            f"query {name}: {comment!r} should be '@param NAME KIND default VALUE: MEANING' (kinds: {', '.join(KINDS)})"
        )
    return Parameter(found["name"], found["kind"], found["default"], found["meaning"].strip())


def _sent(name: str, comment: str) -> Sent:
    found = _SENDS.fullmatch(comment)
    if found is None:
        raise ConfigurationError(f"query {name}: {comment!r} should be '@sends VARIABLE: MEANING'")
    return Sent(found["variable"], found["meaning"].strip())


def _place(query: NamedQuery, parameter: str) -> re.Match[str]:
    if any(known.name == parameter and known.kind == SERVICE for known in query.parameters):
        if find_service(query.text) is None:
            raise ConfigurationError(f"query {query.name}: the parameter {parameter} needs a 'SERVICE <…> {{ … }}'")
        return next(re.finditer(r"\bSERVICE\s+(?:SILENT\s+)?(?P<value><[^<>\s]*>)", query.text))
    pattern = rf"VALUES\s+\?{re.escape(parameter)}\s*\{{(?P<value>{_TERM})\}}"
    found = list(re.finditer(pattern, query.text))
    if len(found) != 1:
        raise ConfigurationError(f"query {query.name}: the parameter {parameter} needs exactly one 'VALUES ?{parameter} {{ … }}'")
    return found[0]


def _read(path: Path) -> str:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the query {path}: {error}") from error
    if len(text) > _LONGEST:
        raise ConfigurationError(f"the query {path} is longer than {_LONGEST:,} characters")
    return text
