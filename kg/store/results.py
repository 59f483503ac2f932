"""What a query gives, the same from an embedded store and from an endpoint."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, replace
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import StoreError

Term = NamedNode | Literal | BlankNode
Row = tuple[Term | None, ...]
_XSD_DURATION = "http://www.w3.org/2001/XMLSchema#duration"
_NUMBER = re.compile(r"[0-9]{1,15}(\.0*)?")
_VIRTUOSO_ASK = "__ASK_RETVAL"
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a query: ``variables`` and ``rows`` of SELECT, ``boolean`` of ASK, or ``triples`` of CONSTRUCT and DESCRIBE.

    A row has a term, or None where the variable is unbound, for each variable. ``boolean`` and ``triples`` are None where the
    query was of another form.
    """

    variables: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    boolean: bool | None = None
    triples: tuple[Triple, ...] | None = None

    def values(self, variable: str) -> tuple[str, ...]:
        """The values of one variable as text, row by row; empty text where it is unbound.

        Raises:
            StoreError: there is no such variable.
        """
        if variable not in self.variables:
            raise StoreError(f"the results have no variable ?{variable} (they have: {', '.join(self.variables)})")
        column = self.variables.index(variable)
        return tuple(value(row[column]) for row in self.rows)

    def dicts(self) -> list[dict[str, str]]:
        """Each row as variable → text, unbound variables left out."""
        return [{v: value(t) for v, t in zip(self.variables, row, strict=True) if t is not None} for row in self.rows]


def mended(results: Results) -> Results:
    """``results`` with durations as XML Schema writes them, and the answer to ASK as a boolean.

    Virtuoso keeps a duration as a number, of months or (with a point) of seconds, and gives it as that: no duration looks so. It
    answers ASK with a row.
    """
    if results.variables == (_VIRTUOSO_ASK,):
        return Results(boolean=any(value(row[0]) not in ("", "0") for row in results.rows))
    if not any(_is_number(term) for row in results.rows for term in row):
        return results
    rows = tuple(tuple(_duration(term) if _is_number(term) else term for term in row) for row in results.rows)
    return replace(results, rows=rows)


def _is_number(term: Term | None) -> bool:
    return isinstance(term, Literal) and term.datatype.value == _XSD_DURATION and _NUMBER.fullmatch(term.value) is not None


def _duration(term: Term | None) -> Term:
    assert isinstance(term, Literal)  # noqa: S101
    whole, point, _ = term.value.partition(".")
    number = int(whole)
    if point:
        days, rest = divmod(number, 86_400)
        hours, rest = divmod(rest, 3_600)
        parts = ((days, "D"), (hours, "H"), (rest // 60, "M"), (rest % 60, "S"))
        date, time = f"{days}D" if days else "", "".join(f"{n}{unit}" for n, unit in parts[1:] if n)
        text = f"P{date}T{time}" if time else f"P{date or '0D'}"
    else:
        years, months = divmod(number, 12)
        text = "P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
    return Literal(text, datatype=term.datatype)


def value(term: Term | None) -> str:
    """The text of a term: an IRI, the lexical form of a literal, ``_:x``, or empty."""
    if term is None:
        return ""
    return f"_:{term.value}" if isinstance(term, BlankNode) else term.value


def to_json(results: Results) -> str:
    """SPARQL 1.1 Query Results JSON Format, with a final newline.

    Raises:
        StoreError: the results are triples, which the format does not have.
    """
    data: dict[str, Any]
    if results.triples is not None:
        raise StoreError("the query gives triples, not rows: ask for --format ttl")
    if results.boolean is not None:
        data = {"head": {}, "boolean": results.boolean}
    else:
        bindings = [
            {v: _json_term(t) for v, t in zip(results.variables, row, strict=True) if t is not None} for row in results.rows
        ]
        data = {"head": {"vars": list(results.variables)}, "results": {"bindings": bindings}}
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def to_csv(results: Results) -> str:
    """SPARQL 1.1 Query Results CSV Format (RFC 4180, CRLF): plain values, unbound ones empty; an ASK gives ``true`` or ``false``.

    Raises:
        StoreError: the results are triples.
    """
    if results.triples is not None:
        raise StoreError("the query gives triples, not rows: ask for --format ttl")
    if results.boolean is not None:
        return f"{'true' if results.boolean else 'false'}\r\n"
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(results.variables)
    writer.writerows([value(term) for term in row] for row in results.rows)
    return out.getvalue()


def _json_term(term: Term) -> dict[str, str]:
    match term:
        case NamedNode():
            return {"type": "uri", "value": term.value}
        case BlankNode():
            return {"type": "bnode", "value": term.value}
    out = {"type": "literal", "value": term.value}
    if term.language is not None:
        out["xml:lang"] = term.language
    elif term.datatype.value not in (_XSD_STRING, _RDF_LANG_STRING):
        out["datatype"] = term.datatype.value
    return out
