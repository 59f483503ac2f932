"""The analyses that a graph was built from, kept in a folder with a JSON file each, and which of them an input means."""

from __future__ import annotations

import json
import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from courlan import normalize_url

from kg.analysis_json import from_dict
from kg.errors import ConfigurationError
from kg.model import Analysis, Article, Tools
from kg.rdf.iri import checked_url
from kg.read.ids import safe_id, short_hash


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished analysis and the file that holds it."""

    path: Path
    analysis: Analysis


class Collection:
    """The analyses below a folder; one article has one address and one id."""

    def __init__(self, kept: Iterable[Kept]) -> None:
        self.kept = tuple(kept)
        self._by_id: dict[str, list[Kept]] = defaultdict(list)
        self._by_address: dict[str, list[Kept]] = defaultdict(list)
        for one in self.kept:
            article = one.analysis.article
            self._by_id[same_name(article.id)].append(one)
            where = address(article.url)
            if where is not None:
                self._by_address[where].append(one)

    def versions_of(self, article: Article) -> tuple[Kept, ...]:
        """What is kept of the same article: under its address, or under its id where not both have an address."""
        where = address(article.url)
        found = list(self._by_address.get(where, ())) if where is not None else []
        for one in self._by_id.get(same_name(article.id), ()):
            other = address(one.analysis.article.url)
            if all(one is not known for known in found) and (where is None or other is None):
                found.append(one)
        return tuple(found)

    def named(self, article: Article) -> Article:
        """``article`` under an id that no other article has: as reading both at once would have called it."""
        own = self.versions_of(article)
        if all(any(one is known for known in own) for one in self._by_id.get(same_name(article.id), ())):
            return article
        return replace(article, id=f"{safe_id(article.id)}-{short_hash(article.text)}")

    def holds(self, article: Article, tools: Tools) -> bool:
        """Whether the article, read with the same tools, is there already as it is."""
        plain = replace(article, source="")
        return any(
            one.analysis.tools == tools and replace(one.analysis.article, source="") == plain for one in self.versions_of(article)
        )

    def without(self, gone: Iterable[Kept]) -> Collection:
        """The collection without some of its analyses."""
        left_out = {id(one) for one in gone}
        return Collection(one for one in self.kept if id(one) not in left_out)

    def meant_by(self, name: str) -> tuple[Kept, ...]:
        """The articles that an address, an id or the name of an input file means; none if there are none.

        Raises:
            ConfigurationError: a file of that name was read in several folders.
        """
        where = address(name)
        found = self._by_address.get(where, []) if where is not None else self._by_id.get(same_name(name), [])
        if found:
            return tuple(found)
        files: dict[str, list[Kept]] = defaultdict(list)
        for one in self.kept:
            for file in _files_of(one.analysis.article):
                if _is_end_of(PurePath(name).parts, PurePath(file).parts):
                    files[file].append(one)
        if len(files) > 1:
            raise ConfigurationError(f"{name} may mean {' or '.join(sorted(files)[:5])}: give more of its path")
        return tuple(one for found in files.values() for one in found)


def read_collection(folder: Path) -> Collection:
    """The analyses (``*.json``) below ``folder``; none where it does not exist.

    Raises:
        ConfigurationError: a file is no analysis; without it the graph would silently lose an article.
    """
    kept = []
    for path in sorted(folder.rglob("*.json")) if folder.is_dir() else ():
        try:
            kept.append(Kept(path, from_dict(json.loads(path.read_bytes()))))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ConfigurationError(
                f"{path} is no analysis ({type(error).__name__}: {error}): move it away, or write it again with `kg extract`"
            ) from error
    return Collection(kept)


def address(url: str | None) -> str | None:
    """What the addresses of one article have in common: without scheme, fragment, final slash and marks of campaigns.

    None where ``url`` is no safe http(s) address.
    """
    checked = checked_url(url)
    if checked is None:
        return None
    try:
        plain = str(normalize_url(checked))
    except ValueError:
        plain = checked
    return plain.partition("#")[0].partition("://")[2].rstrip("/")


def same_name(name: str) -> str:
    """A form in which ids are equal that a file system may take for equal."""
    return unicodedata.normalize("NFC", name).casefold()


def path_of(folder: Path, article: Article) -> Path:
    """The file of an article's analysis."""
    return folder / f"{safe_id(article.id)}.json"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other updates of ``folder`` out; the lock ends with the process.

    Raises:
        ConfigurationError: another process holds it, or the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise ConfigurationError(f"cannot write in {folder}: {error.strerror or error}") from error
    try:
        try:
            import fcntl
        except ImportError:  # no such locks on this system
            yield
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigurationError(f"another update of {folder} is running: wait until it has ended") from error
        yield
    finally:
        os.close(handle)


def _files_of(article: Article) -> tuple[str, ...]:
    """The file that an article was read from, and those that it was packed in (``news.zip:a.txt``, ``records.jsonl:3``)."""
    source = article.source
    cuts = [index for index, char in enumerate(source) if char in ":["]
    return tuple(dict.fromkeys((source, *(source[:cut] for cut in cuts)))) if source else ()


def _is_end_of(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether the shorter of two paths is the end of the other."""
    shorter = min(len(part), len(whole))
    return bool(shorter) and part[-shorter:] == whole[-shorter:]
