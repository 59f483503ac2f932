"""The default way of an article, put together from its stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

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
    from kg.link.inflection import InflectedKnowledgeBase
    from kg.link.kbstack import open_stack

    further: Further | None = None
    if options.wikidata is not Wikidata.OFF:
        from kg.wikidata.client import Client
        from kg.wikidata.lookup import LiveLookup
        from kg.wikidata.settings import settings_of

        further = LiveLookup(Client(settings_of(offline=options.wikidata is Wikidata.OFFLINE)))
    curation = read_curation(options.curation) if options.curation is not None else Curation()
    kb = InflectedKnowledgeBase(open_stack(map(Path, options.kbs)))
    return LinkStage(kb, curation=curation, further=further)


def default_pipeline(options: Options | None = None) -> Pipeline:
    """The stages parse, mention, link and extract.

    Raises:
        ConfigurationError: a backend or model that was asked for is not there.
    """
    from kg.extract.actions import ExtractStage
    from kg.link.inflection import InflectedKnowledgeBase
    from kg.link.kbstack import open_stack
    from kg.mention.encoder import EncoderRecogniser
    from kg.mention.stage import MentionStage
    from kg.parse.stage import ParseStage

    options = options or Options()
    kb = InflectedKnowledgeBase(open_stack(map(Path, options.kbs)))
    return Pipeline(
        (
            ParseStage(options.parser, options.spacy_models),
            MentionStage(kb, recogniser=EncoderRecogniser()),
            link_stage(options),
            ExtractStage(),
        )
    )


def models_in_use(options: Options | None = None) -> tuple[str, ...]:
    """Names with versions of the model and the knowledge bases that the default way uses, for the graph's provenance."""
    from kg.link.kbstack import open_stack
    from kg.mention.encoder import SHIPPED, read_settings

    return (
        f"names encoder {read_settings(SHIPPED / 'config.json').version}",
        f"knowledge base {open_stack(map(Path, (options or Options()).kbs)).version}",
    )
