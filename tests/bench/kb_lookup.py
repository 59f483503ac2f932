"""How fast the shipped knowledge base opens and answers, and how much memory that takes.

Run as ``python tests/bench/kb_lookup.py``. Opening is timed in this process after the modules are loaded; warm look-ups ask
10,000 names over and over, as the names of articles come; cold ones ask every label once, in its language.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from kg.link.kb import SHIPPED
from kg.link.kbfile import FileKnowledgeBase


def resident() -> float:
    """Resident memory of this process in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    before = resident()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        kb = FileKnowledgeBase(SHIPPED)
        times.append(time.perf_counter() - start)
    size = sum(file.stat().st_size for file in SHIPPED.iterdir()) / 1e6
    print(f"{kb.version}: {size:.1f} MB; opened in {statistics.median(times) * 1000:.2f} ms")
    names = [(name, lang) for entry in map(kb.entry, kb.qids()) if entry for lang, name in entry.names]
    kb = FileKnowledgeBase(SHIPPED)
    start = time.perf_counter()
    found = sum(bool(kb.match(name, lang)) for name, lang in names)
    print(f"cold: {len(names)} names, {found} found, {len(names) / (time.perf_counter() - start):.0f} look-ups/s")
    warm = names[:: max(1, len(names) // 10_000)][:10_000]
    for name, lang in warm:
        kb.match(name, lang)
    start = time.perf_counter()
    for _ in range(20):
        for name, lang in warm:
            kb.match(name, lang)
    print(f"warm: {20 * len(warm) / (time.perf_counter() - start):.0f} look-ups/s")
    print(f"memory: {before:.0f} MB before, {resident():.0f} MB after, with all names asked")


if __name__ == "__main__":
    main()
