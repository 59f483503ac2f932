"""How fast a dump is imported, and in how much memory.

Run as ``python tests/bench/kb_import.py [ITEMS]``. Makes a dump of 200,000 invented items of about Wikidata's mixture and size
(two thirds are works, stars and genes of no class wanted, a tenth people, a sixth places), imports it in a process of its own,
and says how long a full dump of 115 million items would take at that rate, reading gzip on one processor.
"""

from __future__ import annotations

import gzip
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FULL = 115_000_000
LANGUAGES = ("en", "fr", "ar", "ru", "es", "de", "it", "nl", "sv", "pl", "pt", "uk", "fa", "zh", "ja")
CLASSES = (
    (13442814, 40),
    (523, 8),
    (4167836, 6),
    (16521, 6),
    (11424, 4),
    (5, 10),
    (486972, 12),
    (484170, 4),
    (4830453, 4),
    (43229, 6),
)


def statement(prop: str, number: int, kind: str = "wikibase-item") -> dict[str, Any]:
    value: Any = {"entity-type": "item", "numeric-id": number, "id": f"Q{number}"}
    if kind == "quantity":
        value = {"amount": f"+{number}", "unit": "1"}
    snak = {"snaktype": "value", "property": prop, "datavalue": {"value": value, "type": "wikibase-entityid"}, "datatype": kind}
    reference = {"hash": "0" * 40, "snaks": {"P143": [{**snak, "property": "P143"}]}, "snaks-order": ["P143"]}
    return {"mainsnak": snak, "type": "statement", "id": f"Q1$made-up-{number}", "rank": "normal", "references": [reference]}


def item(number: int, chance: random.Random) -> dict[str, Any]:
    main = chance.choices([c for c, _ in CLASSES], [w for _, w in CLASSES])[0]
    name = " ".join("".join(chance.choices("abdefghiklmnoprstu", k=chance.randint(4, 9))).title() for _ in range(2))
    used = LANGUAGES[: chance.randint(1, len(LANGUAGES))]
    claims = {"P31": [statement("P31", main)], "P17": [statement("P17", chance.randint(1, 250))]}
    claims["P1082"] = [statement("P1082", chance.randint(1, 10**6), "quantity")]
    for extra in range(chance.randint(4, 16)):
        claims[f"P{2000 + extra}"] = [statement(f"P{2000 + extra}", chance.randint(10**5, 10**8))]
    return {
        "type": "item",
        "id": f"Q{number}",
        "labels": {lang: {"language": lang, "value": name} for lang in used},
        "descriptions": {lang: {"language": lang, "value": f"made-up thing number {number}"} for lang in used},
        "aliases": {lang: [{"language": lang, "value": f"{name} {k}"} for k in range(2)] for lang in used[:3]},
        "claims": claims,
        "sitelinks": {f"{lang}wiki": {"site": f"{lang}wiki", "title": name, "badges": []} for lang in used},
    }


def make(path: Path, count: int) -> int:
    chance = random.Random(7)
    size = 0
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"[\n")
        for number in range(1, count + 1):
            line = json.dumps(item(number, chance), ensure_ascii=False, separators=(",", ":")).encode()
            size += len(line)
            file.write(line + (b",\n" if number < count else b"\n"))
        file.write(b"]\n")
    return size


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as scratch:
        dump = Path(scratch) / "made.json.gz"
        size = make(dump, count)
        print(f"{count} items, {size / count:.0f} bytes an item, {dump.stat().st_size / 1e6:.0f} MB with gzip")
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "kg", "kb", "import", str(dump), "-o", f"{scratch}/kb"], check=True)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{count / seconds:.0f} items/s, {size / seconds / 1e6:.0f} MB/s, {peak:.0f} MB peak memory, {seconds:.1f} s")
    print(f"{FULL} items at that rate: {FULL * seconds / count / 3600:.1f} hours")


if __name__ == "__main__":
    main()
