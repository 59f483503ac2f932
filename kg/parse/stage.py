"""The stage that parses, and the registry of its backends.

``auto`` takes for each language what its pack names (``[parser] backend``); any other name is one backend for all of them. A
spaCy pipeline of the user's choice is named per language: ``models={"en": "en_core_web_trf"}``, or by the environment variable
``KG_SPACY_EN``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

from kg.errors import ConfigurationError
from kg.lang.pack import LanguagePack, languages, load_pack
from kg.model import Analysis
from kg.parse.assemble import Parser, settings

AUTO = "auto"
"""The name that leaves the choice to the language packs."""


def _spacy(pack: LanguagePack, model: str | None) -> Parser:
    from kg.parse.spacy_ import load_spacy

    return load_spacy(pack, model)


def _stanza(pack: LanguagePack, model: str | None) -> Parser:
    from kg.parse.stanza_ import load_stanza

    return load_stanza(pack)


def _rules(pack: LanguagePack, model: str | None) -> Parser:
    from kg.parse.rules import RuleParser

    return RuleParser(pack)


BACKENDS: Mapping[str, Callable[[LanguagePack, str | None], Parser]] = MappingProxyType(
    {"spacy": _spacy, "stanza": _stanza, "rules": _rules}
)
"""Every backend by name: a function from a language pack and the name of a model (or None) to a parser."""


@dataclass(frozen=True)
class ParseStage:
    """Fills ``document``. Parsers are loaded when the first article of their language comes, once per process.

    ``backend`` is a key of ``BACKENDS`` or ``auto``; ``models`` are spaCy pipelines by language code.

    Raises:
        ConfigurationError: there is no such backend, or ``models`` names a language that has no pack.
    """

    backend: str = AUTO
    models: Mapping[str, str] = field(default_factory=dict)
    name: str = field(default="parse", init=False)
    reads: tuple[str, ...] = field(default=("article",), init=False)
    writes: str = field(default="document", init=False)

    def __post_init__(self) -> None:
        if self.backend != AUTO and self.backend not in BACKENDS:
            raise ConfigurationError(f"there is no parser {self.backend!r} (known: {', '.join((AUTO, *BACKENDS))})")
        for code in self.models:
            if code not in languages():
                raise ConfigurationError(
                    f"--spacy-model {code}=…: no language pack for {code!r} (there are: {', '.join(languages())})"
                )

    def __call__(self, analysis: Analysis) -> Analysis:
        """Parse the article.

        Raises:
            ConfigurationError: the parser of its language is not installed.
            ArticleError: the text cannot be parsed.
        """
        parser = load_parser(analysis.article.lang, self.backend, self.models.get(analysis.article.lang))
        return replace(analysis, document=parser(analysis.article))


def backend_of(pack: LanguagePack, backend: str = AUTO) -> str:
    """The name of the backend that ``backend`` means for ``pack``'s language.

    Raises:
        ConfigurationError: the pack names none that exists.
    """
    name: str = settings(pack).get("backend", "") if backend == AUTO else backend
    if name not in BACKENDS:
        raise ConfigurationError(
            f"kg/lang/{pack.code}/pack.toml: [parser] backend: no parser {name!r} (known: {', '.join(BACKENDS)})"
        )
    return name


def chosen_model(code: str, model: str | None = None) -> str | None:
    """The spaCy pipeline that the user chose for the language ``code``: ``model``, else ``KG_SPACY_<CODE>``, else None."""
    return model or os.environ.get(f"KG_SPACY_{code.upper()}") or None


def load_parser(code: str, backend: str = AUTO, model: str | None = None) -> Parser:
    """The parser for the language ``code``; loaded once per process. A chosen spaCy pipeline makes ``auto`` mean spaCy.

    Raises:
        ConfigurationError: there is no such language or backend, or it is not installed.
    """
    chosen = chosen_model(code, model)
    name = "spacy" if backend == AUTO and chosen else backend_of(load_pack(code), backend)
    return _parser(code, name, chosen if name == "spacy" else None)


@cache
def _parser(code: str, backend: str, model: str | None) -> Parser:
    return BACKENDS[backend](load_pack(code), model)
