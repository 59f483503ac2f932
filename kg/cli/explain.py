"""``kg explain``: the sentences that a fact comes from, with the words marked."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import say
from kg.cli.sources import GRAPH, open_graph
from kg.issues import printable

if TYPE_CHECKING:
    from kg.store.explain import Explanation, Joined, Quote, Source, Told

_LONGEST = 2000


def explain(
    iri: Annotated[
        str, typer.Argument(metavar="IRI", help="An entity, action, report, case or article: an IRI, wd:Q42, or Q42.")
    ],
    source: Annotated[Path | None, typer.Argument(help=f"Turtle file or store directory (default: {GRAPH}).")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show at most this many reports.")] = 20,
    endpoint: Annotated[str | None, typer.Option("--endpoint", help="SPARQL endpoint to ask instead.")] = None,
    graph: Annotated[str | None, typer.Option("--graph", help="IRI of the graph of the endpoint to ask.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="User; the password comes from KG_PASSWORD or is asked for.")] = None,
    auth: Annotated[str | None, typer.Option("--auth", help="basic, digest or bearer (a token is read from KG_TOKEN).")] = None,
) -> None:
    """Show the sentences that a fact comes from.

    Words that state it stand between » and «; who says so, and why kg reads it so, are named.
    """
    from kg.store.explain import explain as run
    from kg.store.terms import parse_iri

    found = run(open_graph(source, endpoint, user, auth, graph), parse_iri(iri), limit)
    for line in rendered(found, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ):
        say(line)


def rendered(found: Explanation, colour: bool = False) -> list[str]:
    """The explanation as lines that are safe to print; ``colour`` adds bold to the marks."""
    from kg.store.display import short_iri

    labels = " / ".join(printable(label, 120) for label in found.labels)
    kind = ", ".join(printable(t, 60) for t in found.types)
    lines = [f"{printable(short_iri(found.iri))}{f' ({kind})' if kind else ''}{f': {labels}' if labels else ''}"]
    for told in found.reports:
        lines += ["", *_report(told, colour)]
    for source, quote in found.mentions:
        lines += ["", f"mentioned: {_source(source)}", f"    {_quote(quote, colour)}"]
    for joined in found.joins:
        lines += ["", *_joined(joined)]
    if found.all_joins > len(found.joins):
        lines += ["", f"… and {found.all_joins - len(found.joins)} more articles (--limit {found.all_joins} shows all)"]
    shown = len(found.reports) or len(found.mentions)
    if not shown:
        lines += ["", "no article says anything of it"]
    elif shown < found.total:
        lines += ["", f"… and {found.total - shown} more (--limit {found.total} shows all)"]
    return lines + _how_to_part(found)


def _joined(joined: Joined) -> list[str]:
    one, other = (f"“{printable(w, 120)}” in {_source(s)}" for w, s in _sides(joined))
    return [f"{one}", f"  is the same as {other}: {printable(joined.reason)}"]


def _sides(joined: Joined) -> tuple[tuple[str, Source], ...]:
    return (joined.words, joined.source), (joined.other_words, joined.other)


def _how_to_part(found: Explanation) -> list[str]:
    """Lines that can be put into a table of decisions as they are, each below a remark that says what it is about."""
    from kg.store.display import short_iri

    parted = [(f"“{printable(j.words, 120)}”, {printable(j.source.identifier, 200)}", j.apart) for j in found.joins]
    parted += [(f"{t.type.lower()}, {printable(short_iri(t.iri))}", t.apart) for t in found.reports if t.apart]
    if not parted:
        return []
    lines = ["", "what is not one: put its line (with tabs) into your table of decisions, for --curation of build and update"]
    return lines + [line for remark, apart in parted for line in (f"# {remark}", apart)]


def _report(told: Told, colour: bool) -> list[str]:
    from kg.store.display import short_iri

    said = [("modality", (told.modality,)), *told.values, ("said by", told.attributed_to), ("through", told.via)]
    lines = [f"{told.type.lower() or 'action'} [{printable(short_iri(told.action))}]: {_source(told.source)}"]
    lines += [f"    {_quote(quote, colour)}" for quote in told.quotes]
    parts = [f"{name.replace('_', ' ')}: {', '.join(printable(v, 120) for v in values)}" for name, values in said if any(values)]
    lines.append(f"  {'; '.join(parts)}")
    for ground in told.grounds:
        why = f": {printable(ground.reason)}" if ground.reason else ""
        lines.append(f"  {printable(ground.role, 40)} = “{printable(ground.words, 200)}”{why}")
    if told.review:
        lines.append(f"  {printable(told.review)}")
    if told.joined:
        lines.append(f"  of one action with another report: {printable(told.joined)}")
    found = [f"pattern {printable(told.pattern, 80)}"] if told.pattern else []
    found += [f"confidence {printable(told.confidence, 20)}"] if told.confidence else []
    lines.append(f"  {', '.join([*found, f'report {printable(short_iri(told.iri))}'])}")
    return lines


def _source(source: Source) -> str:
    name = f"“{printable(source.headline, 200)}”" if source.headline else printable(source.identifier or source.iri, 200)
    facts = [printable(fact, 200) for fact in (source.publisher, source.date, source.url) if fact]
    return ", ".join([name, *facts])


def _quote(quote: Quote, colour: bool) -> str:
    """The sentence with its words marked, cut to a length that can be read, and without anything that a terminal obeys."""
    start, end = ("\x1b[1m»", "«\x1b[0m") if colour else ("»", "«")
    out: list[str] = []
    at = 0
    for begin, stop in (*quote.marks, (len(quote.text), len(quote.text))):
        out.append(_safe(quote.text[at:begin]))
        if begin < stop:
            out.append(f"{start}{_safe(quote.text[begin:stop]).strip()}{end}")
        at = stop
    return "".join(out).strip()


def _safe(text: str) -> str:
    """``text`` on one line, printable, with a blank at either end where it had one."""
    plain = printable(text, _LONGEST)
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and plain else ""
    return f"{before}{plain}{after}"
