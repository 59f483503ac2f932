"""Names of persons, organisations and places found by the encoder that ships with the package, in any language it covers.

``kg/data/names`` holds the model (int8 ONNX, in two files: the action model stands on the lower one too), its vocabulary and
``config.json``; ``training/names`` makes them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.errors import ConfigurationError
from kg.lang.pack import languages
from kg.mention.decode import Scores, find_names, log_softmax
from kg.mention.pieces import PieceReader, Unit, skip_letters, split_units
from kg.mention.policy import policy_of
from kg.mention.windows import Window, batches, make_windows
from kg.model import Article, Document, Kind, Mention, Span

SHIPPED = Path(__file__).parents[1] / "data" / "names"
Ids = npt.NDArray[np.int64]
# (ids, styles, kept) to scores: see ``NamesEncoder.score``.
Scorer = Callable[[Ids, Ids, Ids], Scores]
_LINE = re.compile(r"[^\n\r\u2028\u2029\v\f]+")


@dataclass(frozen=True)
class Settings:
    """What ``config.json`` says.

    ``tags`` are in the order of the scores, which those of the lengths of proclitics (0, 1, 2) follow; ``kinds`` map their kinds;
    ``styles`` are the annotations that the model knows; ``proclitics`` are the letters that may be the first and the second
    before a name. ``size`` and ``longest`` bound a window in pieces, ``overlap`` is what long sentences share, in words;
    ``batch`` is the number of pieces read at once.
    """

    tags: tuple[str, ...]
    kinds: dict[str, Kind]
    styles: tuple[str, ...]
    proclitics: tuple[str, str]
    size: int = 128
    longest: int = 256
    overlap: int = 24
    batch: int = 1024
    version: str = ""


def read_settings(path: Path) -> Settings:
    """Read ``config.json``.

    Raises:
        ConfigurationError: it is missing or not as expected.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        first, second = data["proclitics"]
        numbers = {name: int(data[name]) for name in ("size", "longest", "overlap", "batch") if name in data}
        return Settings(
            tags=tuple(data["tags"]),
            kinds={name: Kind(kind) for name, kind in data["kinds"].items()},
            styles=tuple(data["styles"]),
            proclitics=(first, second),
            version=str(data.get("version", "")),
            **numbers,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{path}: the settings of the names model are missing or broken ({error}); install anew"
        ) from error


def open_session(path: Path, threads: int | None = None) -> Any:
    """A graph in onnxruntime. ``threads`` defaults to ``OMP_NUM_THREADS``, else to the processors this process may use.

    Raises:
        ConfigurationError: the file is missing or no model.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or _threads()
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads would take time from others
    options.log_severity_level = 4  # what is wrong is raised
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        reason = str(error).splitlines()[0]
        raise ConfigurationError(
            f"{path}: the model cannot be loaded ({reason}); free memory, or install the package anew"
        ) from error


@cache
def open_graph(path: Path) -> Any:
    """The graph in the file ``path``, opened once in a process; see ``open_session``."""
    return open_session(path)


def _threads() -> int:
    given = os.environ.get("OMP_NUM_THREADS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class NamesEncoder:
    """Settings, vocabulary and model together; ``lower`` gives the states of the layers that other models share."""

    settings: Settings
    reader: PieceReader
    scorer: Scorer
    lower: Scorer | None = None

    def find(self, text: str, sentences: Sequence[tuple[int, int]], style: str = "kg") -> tuple[Mention, ...]:
        """The names in ``sentences`` (start, end) of ``text``, in order and apart; their neighbours serve as context.

        ``style`` is the annotation to follow. Raises ValueError where the model does not know it.
        """
        settings = self.settings
        if style not in settings.styles:
            raise ValueError(f"the names model knows no style {style!r} (known: {', '.join(settings.styles)})")
        number = settings.styles.index(style)
        units = [tuple(split_units(text, *line)) for bounds in sentences for line in _lines(text, *bounds)]
        windows = list(make_windows(units, self.reader, settings.size, settings.longest, settings.overlap))
        found: list[Mention] = []
        for group in batches(windows, settings.batch):
            scores = self.score(group, number)
            for window, rows in zip(group, scores, strict=True):
                found.extend(self._names(text, window, rows))
        kept: list[Mention] = []
        for mention in sorted(found, key=lambda m: (m.span.start, -m.span.end)):
            if not kept or mention.span.start >= kept[-1].span.end:
                kept.append(mention)
        return tuple(kept)

    def score(self, windows: Sequence[Window], style: int) -> Scores:
        """Scores (windows, length, tags + lengths of proclitics) of ``windows``, padded to the longest."""
        length = max(len(window.ids) for window in windows)
        ids, kept = np.ones((len(windows), length), np.int64), np.zeros((len(windows), length), np.int64)
        for row, window in enumerate(windows):
            ids[row, : len(window.ids)] = window.ids
            kept[row, : len(window.ids)] = 1
        return self.scorer(ids, np.full(len(windows), style, np.int64), kept)

    def states(self, ids: Sequence[int]) -> Scores:
        """The states (1, length, hidden) behind the lower layers for one stretch of pieces, in the style of the gold.

        Raises:
            ValueError: this encoder was put together without them.
        """
        if self.lower is None:
            raise ValueError("this names model does not give its states")
        pieces = np.array([ids], np.int64)
        return self.lower(pieces, np.zeros(1, np.int64), np.ones_like(pieces))

    def _names(self, text: str, window: Window, scores: Scores) -> Iterator[Mention]:
        tags = self.settings.tags
        rows = scores[list(window.first)]
        for name in find_names(log_softmax(rows[:, : len(tags)]), tags, window.breaks):
            if window.sure[0] <= name.first < window.sure[1]:
                first, last = window.units[name.first], window.units[name.last - 1]
                start = skip_letters(text, first.start, first.end, self._proclitics(first, rows[name.first, len(tags) :]))
                yield Mention(Span(start, last.end), self.settings.kinds[name.kind], "encoder", round(name.probability, 4))

    def _proclitics(self, unit: Unit, scores: Scores) -> int:
        """How many letters before the name are proclitics: the best score among those that the letters allow."""
        word, (first, second) = unit.text, self.settings.proclitics
        choices = [0]
        if len(word) >= 3 and word[0] in first + second:
            choices.append(1)
            if len(word) >= 4 and word[0] in first and word[1] in second:
                choices.append(2)
        return max(choices, key=lambda length: (float(scores[length]), -length))


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _LINE.finditer(text, start, end):
        yield match.span()


def open_encoder(path: Path = SHIPPED, threads: int | None = None) -> NamesEncoder:
    """The encoder in the folder ``path``.

    Raises:
        ConfigurationError: a file is missing or broken.
    """
    # The vocabulary first: where memory runs short its library ends the process, that of the graphs raises.
    settings, reader = read_settings(path / "config.json"), PieceReader(path / "tokenizer.json")
    lower, upper = (open_session(path / name, threads) for name in ("lower.onnx", "upper.onnx"))

    def states(ids: Ids, styles: Ids, kept: Ids) -> Scores:
        result: Scores = lower.run(["states"], {"ids": ids, "styles": styles, "kept": kept})[0]
        return result

    def score(ids: Ids, styles: Ids, kept: Ids) -> Scores:
        result: Scores = upper.run(["scores"], {"states": states(ids, styles, kept), "kept": kept})[0]
        return result

    return NamesEncoder(settings, reader, score, states)


@cache
def shipped_encoder() -> NamesEncoder:
    """The encoder that ships, opened once in a process.

    Raises:
        ConfigurationError: a file is missing or broken.
    """
    return open_encoder()


@dataclass(frozen=True)
class EncoderRecogniser:
    """A recogniser for the mention stage: the names that the encoder finds, with its probability; loaded when first called.

    Raises:
        ConfigurationError: when called, if the model's files are missing or broken.
    """

    path: Path = SHIPPED
    threads: int | None = None
    given: NamesEncoder | None = None

    @cached_property
    def encoder(self) -> NamesEncoder:
        """The opened model, or the one ``given``."""
        return self.given or open_encoder(self.path, self.threads)

    def __call__(self, article: Article, document: Document) -> tuple[Mention, ...]:
        """The names in the sentences of ``document``; proclitics stay outside, offsets count in ``article.text``."""
        style = policy_of(article.lang).style if article.lang in languages() else "kg"
        return self.encoder.find(article.text, [(s.span.start, s.span.end) for s in document.sentences], style)
