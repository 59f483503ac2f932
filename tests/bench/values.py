"""How many gold dates, amounts and durations are found near the gold trigger.

Run as ``python tests/bench/values.py [--misses LANG SPLIT]``. For each gold action with a value: is it among those found in
the sentence of its trigger, or in that and its neighbours? Also prints the time per article. ``train``, ``parallel`` and ``more``
may be learnt from, ``dev`` only measures.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from kg.extract.duration import find_durations
from kg.extract.money import find_amounts
from kg.extract.time import find_dates
from kg.lang.fold import fold
from kg.lang.pack import load_pack
from kg.model import Amount

GOLD = Path(__file__).resolve().parents[2].parent / "shared" / "gold"
SPLITS = ("train", "parallel", "more", "dev")
BREAK = re.compile(r"(?<=[.!?؟])\s+(?=[^\W\d_])|\n+")


def sentences(text: str) -> list[tuple[int, int]]:
    """A rough division into sentences, enough to say what is near."""
    cuts = [0, *(match.end() for match in BREAK.finditer(text)), len(text)]
    return [(a, b) for a, b in pairwise(cuts) if a < b]


def values(record: dict[str, Any], start: int, end: int) -> dict[str, set[Any]]:
    """All values found in a stretch of the article."""
    pack = load_pack(record["lang"])
    folded = fold(record["text"][start:end], start)
    anchor = datetime.date.fromisoformat(record["published"]) if record["published"] else None
    dates = find_dates(folded, pack, anchor)
    return {
        "date": {date.value for date in dates} | {date.end for date in dates} | {date.whole for date in dates},
        "amount": {amount.amount for amount in find_amounts(folded, pack)},
        "duration": {duration.value for duration in find_durations(folded, pack)},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", nargs=2, metavar=("LANG", "SPLIT"), help="print what is not found (not for dev)")
    options = parser.parse_args()
    right: Counter[tuple[str, str, str, str]] = Counter()
    asked: Counter[tuple[str, str, str]] = Counter()
    seconds: Counter[str] = Counter()
    letters: Counter[str] = Counter()
    for split in SPLITS:
        for path in sorted((GOLD / split).rglob("*.json")):
            record = json.loads(path.read_text("utf-8"))
            text = record["text"]
            began = time.perf_counter()
            values(record, 0, len(text))
            seconds[record["lang"]] += time.perf_counter() - began
            letters[record["lang"]] += len(text)
            cuts = sentences(text)
            for action in record["actions"]:
                trigger = action["trigger"][0]
                place = next((i for i, (a, b) in enumerate(cuts) if a <= trigger < b), 0)
                near = values(record, *cuts[place])
                far = [values(record, *cuts[i]) for i in range(max(0, place - 1), min(len(cuts), place + 2))]
                for slot in ("date", "amount", "duration"):
                    gold = action[slot]
                    if gold is None:
                        continue
                    if slot == "amount":
                        gold = Amount(float(gold["value"]), gold["currency"])
                    key = (record["lang"], split, slot)
                    asked[key] += 1
                    right[*key, "near"] += gold in near[slot]
                    around = any(gold in found[slot] for found in far)
                    right[*key, "far"] += around
                    if options.misses == [record["lang"], split] and split != "dev" and not around:
                        a, b = cuts[max(0, place - 1)][0], cuts[min(len(cuts) - 1, place + 1)][1]
                        print(record["id"], record["published"], slot, gold, "|", text[a:b].replace("\n", "⏎"), "\n")
    print("language split     slot      gold  sentence  with neighbours")
    for key in sorted(asked):
        shares = [f"{right[*key, where] / asked[key]:8.0%}" for where in ("near", "far")]
        print(f"{key[0]:8} {key[1]:9} {key[2]:9} {asked[key]:4} {shares[0]} {shares[1]}")
    for lang in sorted(seconds):
        print(f"{lang}: {seconds[lang] / letters[lang] * 1800 * 1000:.1f} ms per 1800 characters")


if __name__ == "__main__":
    main()
