"""What workers share: models that are loaded once, in the process from which all workers are forked (the fork server).

Importing this module there loads them; the variable ``KG_WARM`` says which, as JSON (``wanted``). What is wrong with them is
not said here: each worker finds it out again and says it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator
from multiprocessing.context import BaseContext

from kg.assembly import Options

VARIABLE = "KG_WARM"


def wanted(options: Options, languages: Iterable[str]) -> str:
    """The value of ``KG_WARM`` for articles in ``languages``."""
    return json.dumps({"parser": options.parser, "models": dict(options.spacy_models), "languages": sorted(set(languages))})


def context(options: Options, languages: Iterable[str], threads: int) -> BaseContext:
    """How workers are started: forked from a process that has the models for ``languages`` where the system can, else anew.

    Only the first call in a process loads models; what later ones lack is loaded by each worker.
    """
    if sys.platform != "linux" or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    forked = multiprocessing.get_context("forkserver")
    forked.set_forkserver_preload([__name__])
    with _environment({VARIABLE: wanted(options, languages), "OMP_NUM_THREADS": str(threads)}):
        forkserver.ensure_running()
    return forked


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def load(wish: str) -> None:
    """Load the parsers and the names model that ``wish`` (see ``wanted``) asks for, as far as they are there."""
    from kg.link.kb import open_shipped
    from kg.mention.encoder import shipped_encoder
    from kg.parse.stage import load_parser

    wishes = json.loads(wish)
    open_shipped()
    shipped_encoder()
    for code in wishes["languages"]:
        load_parser(code, wishes["parser"], wishes["models"].get(code))
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, every page that workers share


if VARIABLE in os.environ:
    with contextlib.suppress(Exception):
        load(os.environ.pop(VARIABLE))
