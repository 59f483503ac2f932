"""Analysing many articles from the command line: options, progress, one line per problem."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kg.cli.common import tell
from kg.errors import ArticleError, ConfigurationError
from kg.issues import IssueLog, Severity

if TYPE_CHECKING:
    from kg.assembly import Options
    from kg.model import Analysis


def parse_models(values: Sequence[str]) -> dict[str, str]:
    """``en=en_core_web_trf`` options as a table.

    Raises:
        ConfigurationError: a value is not of that form.
    """
    table = {}
    for value in values:
        code, equals, model = value.partition("=")
        if not (code and equals and model):
            raise ConfigurationError(f"--spacy-model takes LANGUAGE=PIPELINE (en=en_core_web_trf), not {value!r}")
        table[code] = model
    return table


def analyses(inputs: Sequence[str], options: Options, log: IssueLog, lang: str | None = None) -> Iterator[Analysis]:
    """Analyse the articles of ``inputs`` in order; what fails is logged and told, and the rest goes on.

    On a terminal standard error shows how many are done; in a pipe it stays quiet but for problems.

    Raises:
        ConfigurationError: an option or the installation is wrong.
    """
    from kg.assembly import default_pipeline
    from kg.read.inputs import read_inputs

    pipeline = default_pipeline(options)
    told = 0
    done = 0
    terminal = sys.stderr.isatty()
    for article in read_inputs(list(inputs), log, lang=lang):
        try:
            yield pipeline.run(article)
            done += 1
        except ArticleError as error:
            log.error(error.source, error.reason)
        except RecursionError:
            log.error(article.source or article.id, "it nests too deeply to be analysed")
        told = tell_new(log, told)
        if terminal:
            sys.stderr.write(f"\r{done} articles analysed")
            sys.stderr.flush()
    if terminal and done:
        sys.stderr.write("\r\033[K")
    tell_new(log, told)


def tell_new(log: IssueLog, told: int) -> int:
    """Print the issues after the first ``told``; how many are told now."""
    for issue in log.issues[told:]:
        tell(str(issue))
    return len(log.issues)


def failures(log: IssueLog) -> int:
    """How many records were skipped."""
    return sum(issue.severity is Severity.ERROR for issue in log.issues)
