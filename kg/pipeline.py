"""Stages of the work on one article, put together and run.

A stage is a pure function ``Analysis → Analysis`` that fills one layer. It declares which layers it reads and which it writes;
a pipeline whose stages do not fit is refused when it is built, not when an article comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Protocol

from kg.errors import ConfigurationError
from kg.model import Analysis, Article, Tools

LAYERS = tuple(f.name for f in fields(Analysis) if f.name != "tools")


class Stage(Protocol):
    """One step of the work on an article."""

    @property
    def name(self) -> str:
        """A short name for messages and timings."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """The layers of ``Analysis`` that must be filled before."""
        ...

    @property
    def writes(self) -> str:
        """The layer that the stage fills."""
        ...

    def __call__(self, analysis: Analysis) -> Analysis:
        """Return ``analysis`` with the layer filled.

        Raises:
            ArticleError: the article cannot be analysed.
        """
        ...


@dataclass(frozen=True)
class Pipeline:
    """Stages that fit together, in order, and the ``tools`` that they use.

    Raises:
        ConfigurationError: a stage reads a layer that no earlier one writes, or names one that does not exist.
    """

    stages: tuple[Stage, ...]
    tools: Tools | None = None

    def __post_init__(self) -> None:
        filled = {"article"}
        for stage in self.stages:
            for layer in (*stage.reads, stage.writes):
                if layer not in LAYERS:
                    raise ConfigurationError(f"stage {stage.name} names the unknown layer {layer!r} (known: {', '.join(LAYERS)})")
            missing = [layer for layer in stage.reads if layer not in filled]
            if missing:
                raise ConfigurationError(f"stage {stage.name} reads {', '.join(missing)}, which no earlier stage writes")
            filled.add(stage.writes)

    def run(self, article: Article) -> Analysis:
        """Analyse one article.

        Raises:
            ArticleError: a stage could not work on it.
        """
        return run(self.stages, Analysis(article, tools=self.tools))


def run(stages: Iterable[Stage], analysis: Analysis) -> Analysis:
    """Apply ``stages`` in order."""
    for stage in stages:
        analysis = stage(analysis)
    return analysis
