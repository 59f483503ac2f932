"""Speed and memory of the names encoder.

Run as ``python tests/bench/encoder.py [--sentences N]``: seconds to load, additional memory, and sentences of 25 words a second
with one and with two threads. Each figure comes from a process of its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

from kg.mention.encoder import open_encoder

TWENTY_FIVE = (
    "The regional court in Leeds fined Acme Holdings late last week after a complaint by Mary Brown and two former colleagues "
    "from the Bradford office.",
    "Le tribunal de Rennes a condamné Jean Moreau, directeur de la Banque du Rhône, à deux ans de prison et une "
    "amende de mille euros.",
    "قال متحدث باسم وزارة الداخلية في تونس إن الشرطة أوقفت سامي بن علي في مطار قرطاج بعد وصوله من باريس برفقة رجلين "
    "آخرين لم تسمهما.",
)


def text_of(count: int) -> tuple[str, list[tuple[int, int]]]:
    """A text of ``count`` sentences, and their places."""
    text, bounds = "", []
    for number in range(count):
        sentence = TWENTY_FIVE[number % len(TWENTY_FIVE)]
        bounds.append((len(text), len(text) + len(sentence)))
        text += sentence + "\n"
    return text, bounds


def measure(threads: int, count: int) -> None:
    """Load, read, and print one row."""
    import onnxruntime
    import tokenizers

    del onnxruntime, tokenizers
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    encoder = open_encoder(threads=threads)
    loaded = time.perf_counter() - began
    text, bounds = text_of(count)
    encoder.find(*text_of(6))
    began, cpu = time.perf_counter(), time.process_time()
    encoder.find(text, bounds)
    took, used = time.perf_counter() - began, time.process_time() - cpu
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"threads {threads}: loaded in {loaded:.2f} s, {count / took:.0f} sentences/s "
        f"({count / used:.0f} per second of one processor), {memory:.0f} MB more memory",
        flush=True,
    )


def main() -> None:
    """Measure with one and with two threads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=300)
    parser.add_argument("--threads", type=int, help="measure in this process with so many threads")
    options = parser.parse_args()
    if options.threads:
        measure(options.threads, options.sentences)
        return
    for threads in (1, 2):
        command = [sys.executable, __file__, "--threads", str(threads), "--sentences", str(options.sentences)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
