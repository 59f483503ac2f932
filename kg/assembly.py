"""The default way of an article, put together from its stages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg import __version__
from kg.model import Tools
from kg.pipeline import Pipeline

if TYPE_CHECKING:
    from kg.link.cascade import LinkStage


class Wikidata(StrEnum):
    """Whether Wikidata is asked over the network, or only what it answered in earlier runs is used."""

    OFF = "off"
    ASK = "ask"
    OFFLINE = "offline"


@dataclass(frozen=True)
class Options:
    """What a user can choose: the parser backend (``auto`` by language pack), spaCy pipelines by language code, the table of the
    user's decisions about links, whether Wikidata is asked for what the knowledge base does not have, and folders of knowledge
    bases that go before the shipped one, the first on top.
    """

    parser: str = "auto"
    spacy_models: Mapping[str, str] = field(default_factory=dict)
    curation: Path | None = None
    wikidata: Wikidata = Wikidata.OFF
    kbs: tuple[str, ...] = ()


def link_stage(options: Options) -> LinkStage:
    """The stage that links, as the user wants it.

    Raises:
        ConfigurationError: the curation file is wrong, or nobody is named whom Wikidata can write to.
    """
    from kg.link.cascade import Further, LinkStage
    from kg.link.curation import Curation, read_curation
    from kg.link.inflection import with_inflections
    from kg.link.kbstack import open_stack

    further: Further | None = None
    if options.wikidata is not Wikidata.OFF:
        from kg.wikidata.client import Client
        from kg.wikidata.lookup import LiveLookup
        from kg.wikidata.settings import settings_of

        further = LiveLookup(Client(settings_of(offline=options.wikidata is Wikidata.OFFLINE)))
    curation = read_curation(options.curation) if options.curation is not None else Curation()
    kb = with_inflections(open_stack(map(Path, options.kbs)))
    return LinkStage(kb, curation=curation, further=further)


def default_pipeline(options: Options | None = None) -> Pipeline:
    """The stages parse, mention, link and extract.

    Raises:
        ConfigurationError: a backend or model that was asked for is not there.
    """
    from kg.extract.actions import ExtractStage
    from kg.link.inflection import with_inflections
    from kg.link.kbstack import open_stack
    from kg.mention.encoder import EncoderRecogniser
    from kg.mention.stage import MentionStage
    from kg.parse.stage import ParseStage

    options = options or Options()
    kb = with_inflections(open_stack(map(Path, options.kbs)))
    return Pipeline(
        (
            ParseStage(options.parser, options.spacy_models),
            MentionStage(kb, recogniser=EncoderRecogniser()),
            link_stage(options),
            ExtractStage(),
        ),
        tools_in_use(options),
    )


def models_in_use(options: Options | None = None) -> tuple[str, ...]:
    """Names with versions of the models and the knowledge bases that the default way uses, for the graph's provenance."""
    from kg.extract.reader import open_settings
    from kg.mention.encoder import SHIPPED, read_settings

    names, actions = read_settings(SHIPPED / "config.json").version, open_settings().version
    return (f"{_NAMES} {names}", f"{_ACTIONS} {actions}", *_linkers(options or Options()))


def tools_in_use(options: Options | None = None, found_with: Tools | None = None) -> Tools:
    """With what the default way works: ``kg`` with a hash of its code, and what ``models_in_use`` says.

    Of an analysis that was ``found_with`` other tools and is only linked again, what read it stays what it was.
    """
    if found_with is None:
        return Tools(f"{__version__}+{_code()}", models_in_use(options))
    kept = tuple(model for model in found_with.models if model.startswith((_NAMES, _ACTIONS)))
    return Tools(found_with.software, (*kept, *_linkers(options or Options())))


_NAMES, _ACTIONS = "names encoder", "action model"


def _linkers(options: Options) -> tuple[str, ...]:
    """What decides on links, with versions."""
    from kg.link.curation import linker_rows, read_curation
    from kg.link.kbstack import open_stack

    out = [f"knowledge base {open_stack(map(Path, options.kbs)).version}"]
    # A table without decisions about links leaves no trace in an analysis.
    if options.curation is not None and options.curation.is_file() and read_curation(options.curation).rules:
        out.append(f"decisions {hashlib.sha256(linker_rows(options.curation)).hexdigest()[:12]}")
    if options.wikidata is not Wikidata.OFF:
        out.append("Wikidata")
    return tuple(out)


_READERS = ("read", "lang", "parse", "mention", "link", "extract", "wikidata")
"""The packages whose code and tables decide what is found in an article."""


@cache
def _code() -> str:
    """A hash over the code and the tables that read articles, the same in a checkout and an installed package."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    for path in sorted(path for name in _READERS for path in (package / name).rglob("*") if path.suffix in (".py", ".toml")):
        digest.update(f"{path.relative_to(package).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:12]
