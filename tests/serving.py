"""A real server over a graph, for tests."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator

KG = [sys.executable, "-c", "from kg.cli.main import run; run()"]


@contextlib.contextmanager
def served(*arguments: object) -> Iterator[str]:
    """``kg serve`` with ``arguments`` on a free port; gives its address."""
    process = subprocess.Popen([*KG, "serve", "--port", "0", *map(str, arguments)], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line + process.stderr.read()
        yield found[0]
    finally:
        process.terminate()
        process.communicate(timeout=20)
