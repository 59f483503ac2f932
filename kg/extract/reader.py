"""The model that reads a trigger in its surroundings: whether it tells an action, how sure that is, and who fills its roles.

It stands on the states of the names encoder, which is read once for each sentence with triggers; ``kg/data/actions`` holds the
layers above (int8 ONNX). ``training/actions`` makes it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

from kg.errors import ConfigurationError
from kg.extract.reading import MODALITIES, ROLES, Reading
from kg.extract.stretch import Stretch, stretch_around
from kg.mention.decode import Scores, log_softmax
from kg.mention.encoder import NamesEncoder, open_graph, shipped_encoder
from kg.model import ActionType, Span

SHIPPED = Path(__file__).parents[1] / "data" / "actions"


@dataclass(frozen=True, slots=True)
class Place:
    """A trigger of a type in the sentence with the number ``sentence``."""

    sentence: int
    span: Span
    type: ActionType


class Reader(Protocol):
    """Reads triggers in their surroundings."""

    def read(self, text: str, sentences: Sequence[Span], headline: int | None, triggers: Sequence[Place]) -> list[Reading]:
        """The reading of each of ``triggers``; ``headline`` is the number of the headline among ``sentences``."""
        ...


@dataclass(frozen=True)
class ActionReader:
    """The layers in the folder ``path`` above the names encoder; opened when first needed.

    Raises:
        ConfigurationError: when first needed, if a file is missing or broken.
    """

    path: Path = SHIPPED
    encoder: NamesEncoder | None = field(default=None, compare=False)

    def read(self, text: str, sentences: Sequence[Span], headline: int | None, triggers: Sequence[Place]) -> list[Reading]:
        """The reading of each of ``triggers``."""
        if not triggers:
            return []
        encoder = self.encoder or shipped_encoder()
        settings = open_settings(self.path)
        states: dict[tuple[int, ...], Scores] = {}
        out = []
        for trigger in triggers:
            read = stretch_around(text, sentences, trigger.sentence, trigger.span, headline, encoder.reader)
            if read.ids not in states:
                states[read.ids] = encoder.states(read.ids)
            out.append(self._reading(read, states[read.ids], 1 + settings.types.index(trigger.type)))
        return out

    def _reading(self, read: Stretch, states: Scores, kind: int) -> Reading:
        marks = np.zeros((1, len(read.ids)), np.int64)
        marks[0, list(read.marked)] = kind
        inputs = {"states": states, "marks": marks, "kinds": np.array([kind]), "head": np.array(read.marked[:1])}
        roles, trigger = open_graph(self.path / "model.onnx").run(["roles", "trigger"], inputs)
        modality = log_softmax(trigger[0, 1:])
        return Reading(read.places, roles[0][list(read.first)], float(trigger[0, 0]), tuple(map(float, modality)))


@dataclass(frozen=True)
class Settings:
    """What ``config.json`` says: the types in the order of the marks, from 1 on."""

    types: tuple[ActionType, ...]
    version: str


@cache
def open_settings(path: Path = SHIPPED) -> Settings:
    """The settings in the folder ``path``, read once.

    Raises:
        ConfigurationError: they are missing, broken, or of another order of roles and modalities.
    """
    try:
        data = json.loads((path / "config.json").read_text("utf-8"))
        if data["roles"] != list(ROLES) or data["modalities"] != [m.value for m in MODALITIES]:
            raise ValueError("other roles or modalities")
        return Settings(tuple(ActionType(name) for name in data["types"]), str(data["version"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{path}: the settings of the action model are missing or broken ({error}); install anew"
        ) from error
