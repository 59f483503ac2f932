"""The default way of an article, put together from its stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.pipeline import Pipeline


@dataclass(frozen=True)
class Options:
    """What a user can choose: the parser backend (``auto`` by language pack) and spaCy pipelines by language code."""

    parser: str = "auto"
    spacy_models: Mapping[str, str] = field(default_factory=dict)


def default_pipeline(options: Options | None = None) -> Pipeline:
    """The stages parse, mention, link and extract.

    Raises:
        ConfigurationError: a backend or model that was asked for is not there.
    """
    from kg.extract.actions import ExtractStage
    from kg.link.cascade import LinkStage
    from kg.mention.encoder import EncoderRecogniser
    from kg.mention.stage import MentionStage
    from kg.parse.stage import ParseStage

    options = options or Options()
    return Pipeline(
        (
            ParseStage(options.parser, options.spacy_models),
            MentionStage(recogniser=EncoderRecogniser()),
            LinkStage(),
            ExtractStage(),
        )
    )


def models_in_use() -> tuple[str, ...]:
    """Names with versions of the shipped model and knowledge base that the default way uses, for the graph's provenance."""
    from kg.link.kb import open_shipped
    from kg.mention.encoder import SHIPPED, read_settings

    return (f"names encoder {read_settings(SHIPPED / 'config.json').version}", f"knowledge base {open_shipped().version}")
