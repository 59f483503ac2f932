"""Linking alone, the mentions given: precision, recall and how far the confidence can be believed.

Run as ``python tests/bench/linking.py [SET …] [--half even|odd] [--reliability] [--kb FOLDER]``. English: wiki-fair-v2,
rss-500, kore50; French and German places of historical newspapers: hipe2020-fr, newseye-fr, hipe2020-de. Every mention counts;
``held`` are those whose gold item the knowledge base holds; one whose gold item is none counts for precision only. ``--half``
takes every second article, so that what was chosen on one half can be measured on the other; ``--kb`` puts a knowledge base of
your own (``kg kb import``) before the shipped one.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.lang.pack import languages, load_pack
from kg.link.cascade import LinkStage
from kg.link.evidence import Scored
from kg.link.kbstack import open_stack
from kg.model import Analysis, Article, Kind, Mention, Span
from kg.parse.rules import RuleParser

DEV = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "dev"
SETS = {
    "wiki-fair-v2": ("en", "en_elevant/wiki-fair-v2.benchmark.jsonl"),
    "rss-500": ("en", "en_elevant/rss-500.benchmark.jsonl"),
    "kore50": ("en", "en_elevant/kore50.benchmark.jsonl"),
    "hipe2020-fr": ("fr", "hipe2022/HIPE-2022-v2.1-hipe2020-dev-fr.tsv.gz"),
    "newseye-fr": ("fr", "hipe2022/HIPE-2022-v2.1-newseye-dev-fr.tsv.gz"),
    "hipe2020-de": ("de", "hipe2022/HIPE-2022-v2.1-hipe2020-dev-de.tsv.gz"),
}
TYPES = {"Q215627": Kind.PERSON, "Q43229": Kind.ORGANIZATION, "Q431289": Kind.ORGANIZATION, "Q27096213": Kind.PLACE}
TAGS = {"pers": Kind.PERSON, "per": Kind.PERSON, "org": Kind.ORGANIZATION, "loc": Kind.PLACE}


@dataclass(frozen=True)
class Gold:
    """A mention with its item (None: none is known), and whether it is scored."""

    mention: Mention
    qid: str | None
    scored: bool = True


@dataclass(frozen=True)
class Answer:
    """What the linker said of one gold mention; ``scored`` are all candidates, best first."""

    qid: str | None
    confidence: float
    scored: tuple[Scored, ...]
    gold: str | None
    held: bool


def elevant(path: Path) -> Iterator[tuple[str, list[Gold]]]:
    """Texts of a JSONL file of ELEVANT with their named mentions: no labels inside others, no pronouns, no descriptions."""
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        found = []
        for label in record["labels"]:
            if label.get("parent") is not None or label.get("coref") or label.get("desc") or label.get("optional"):
                continue
            kind = next((TYPES[t] for t in label["type"].split("|") if t in TYPES), None)
            qid = label["entity_id"] if label["entity_id"].startswith("Q") else None
            if kind is None:
                if qid is not None or label["type"] != "OTHER":
                    continue  # works, dates, species: no kind of ours
                kind = Kind.ORGANIZATION
            found.append(Gold(Mention(Span(*label["span"]), kind, "gold"), qid))
        yield record["text"], found


def hipe(path: Path) -> Iterator[tuple[str, list[Gold]]]:
    """Texts of a HIPE file with the mentions of its literal layer; only places are scored."""
    text, found, open_at = "", [], None  # type: ignore[var-annotated]
    for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()[1:]:
        if line.startswith("# hipe2022:document_id"):
            if text:
                yield text, found
            text, found, open_at = "", [], None
        columns = line.split("\t")
        if line.startswith("#") or len(columns) < 10:
            continue
        word, tag, qid, misc = columns[0], columns[1], columns[7], columns[9]
        kind = TAGS.get(tag[2:].lower())
        if tag.startswith("B-") and kind is not None:
            item = qid if qid.startswith("Q") else None
            open_at = len(text)
            found.append(Gold(Mention(Span(open_at, open_at + len(word)), kind, "gold"), item, kind is Kind.PLACE))
        elif tag.startswith("I-") and open_at is not None:
            last = found[-1]
            found[-1] = Gold(Mention(Span(open_at, len(text) + len(word)), last.mention.kind, "gold"), last.qid, last.scored)
        else:
            open_at = None
        text += word + ("" if "NoSpaceAfter" in misc else " ")
    if text:
        yield text, found


def answers(name: str, link: LinkStage, half: str | None) -> Iterator[Answer]:
    """Link one set."""
    lang, file = SETS[name]
    read = elevant if file.endswith(".jsonl") else hipe
    parser = RuleParser(load_pack(lang if lang in languages() else "fr"))  # cuts words alone
    for number, (text, gold) in enumerate(read(DEV / file)):
        if half is not None and (number % 2 == 0) != (half == "even"):
            continue
        article = Article("t", text, (Span(0, len(text)),), lang)
        mentions = tuple(sorted({g.mention for g in gold}))
        choices = link.choices(Analysis(article, parser(article), mentions))
        of = {(choice.group.kind, span): choice for choice in choices for span in choice.group.mentions}
        for g in gold:
            if g.scored:
                c = of[g.mention.kind, g.mention.span]
                held = g.qid is not None and link.kb.entry(g.qid) is not None
                yield Answer(c.qid, c.confidence, c.scored, g.qid, held)


def row(name: str, found: list[Answer]) -> str:
    """One line of the table."""
    given = [a for a in found if a.qid is not None]
    right = [a for a in given if a.qid == a.gold]
    wanted = [a for a in found if a.gold is not None]
    held = [a for a in wanted if a.held]
    wrong_held = [a for a in given if a.held and a.qid != a.gold]

    def share(a: int, b: int) -> str:
        return f"{a / b:.3f}" if b else "  -  "

    in_kb = sum(a.held for a in right)
    return (
        f"{name:14} {len(found):6} {share(len(right), len(given)):>8} {share(len(right), len(wanted)):>8}"
        f" {len(held):8} {share(in_kb, in_kb + len(wrong_held)):>8} {share(in_kb, len(held)):>8}"
    )


def reliability(found: list[Answer]) -> None:
    """Confidence in bands against how often it was right."""
    print(f"{'confidence':14} {'links':>6} {'mean':>6} {'right':>6}")
    given = [a for a in found if a.qid is not None]
    for low in (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        high = {0.0: 0.5, 0.9: 0.95, 0.95: 1.01}.get(low, low + 0.1)
        band = [a for a in given if low <= a.confidence < high]
        if band:
            mean, right = sum(a.confidence for a in band) / len(band), sum(a.qid == a.gold for a in band) / len(band)
            print(f"{low:.2f} – {min(high, 1.0):.2f}    {len(band):6} {mean:6.3f} {right:6.3f}")


def main() -> None:
    """Print the table."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("sets", nargs="*", metavar="SET", help=", ".join(SETS))
    cli.add_argument("--half", choices=("even", "odd"))
    cli.add_argument("--reliability", action="store_true")
    cli.add_argument("--kb", action="append", default=[], type=Path, metavar="FOLDER", help="put before the shipped one")
    options = cli.parse_args()
    link = LinkStage(open_stack(options.kb))
    print(f"{'set':14} {'n':>6} {'P':>8} {'R':>8} {'held':>8} {'P held':>8} {'R held':>8}")
    every: list[Answer] = []
    for name in options.sets or SETS:
        found = list(answers(name, link, options.half))
        every.extend(found)
        print(row(name, found))
    print(row("all", every))
    if options.reliability:
        reliability(every)


if __name__ == "__main__":
    main()
