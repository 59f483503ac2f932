"""The embedded store: a directory on disk, or a file read into memory (pyoxigraph)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Store

from kg.errors import ConfigurationError, StoreError
from kg.rdf.vocab import DATA
from kg.store.results import Results

FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".rdf": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}
"""Syntaxes by the ending of a file."""


class EmbeddedStore:
    """A store that answers queries; the default graph is the union of all graphs in it."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self.name = name

    def __len__(self) -> int:
        return len(self._store)

    def query(self, text: str) -> Results:
        """The answer to a SPARQL 1.1 query.

        Raises:
            StoreError: it is not valid, or the store cannot be read.
        """
        try:
            return from_oxigraph(self._store.query(text, use_default_graph_as_union=True))
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"the query is not valid: {error}") from None
        except (OSError, RuntimeError) as error:
            raise StoreError(f"{self.name}: the query failed: {error}") from error


def open_source(path: Path) -> EmbeddedStore:
    """A store directory, opened for reading, or an RDF file, read into memory.

    Raises:
        ConfigurationError: there is neither.
        StoreError: the directory is damaged, or the file is not valid.
    """
    if path.is_dir():
        return open_store(path)
    if not path.exists():
        raise ConfigurationError(f"there is no {path}: make it with `make kg`, or name a Turtle file or a store directory")
    store = Store()
    _load(store, path, None)
    return EmbeddedStore(store, str(path))


def open_store(path: Path) -> EmbeddedStore:
    """The store in the directory ``path``, for reading; several processes may read at once.

    Raises:
        ConfigurationError: ``path`` holds no store.
        StoreError: it is damaged.
    """
    if not is_store(path):
        raise ConfigurationError(f"{path} is no store: make one with `kg load FILE.ttl --store {path}`")
    try:
        return EmbeddedStore(Store.read_only(str(path)), str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"the store {path} cannot be opened ({error}): load it again with `kg load`") from error


def is_store(path: Path) -> bool:
    """Whether the directory ``path`` looks like a store of pyoxigraph (RocksDB)."""
    return (path / "CURRENT").is_file() and (path / "IDENTITY").is_file()


def load_store(path: Path, files: Iterable[Path], graph: NamedNode | None = None) -> int:
    """Make ``path`` a store of the contents of ``files`` and give the number of its triples.

    The store is built beside and renamed into place: whoever reads sees the old content or the new, and a file that is not
    valid leaves the old. ``graph`` names the graph that takes the triples; else they go to the default graph.

    Raises:
        ConfigurationError: a file is not there or of an unknown kind, or ``path`` is no store or cannot be written.
        StoreError: a file is not valid; the message says where.
    """
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise ConfigurationError(f"{path} is no directory: choose another name for the store")
    if path.is_dir() and not is_store(path) and any(path.iterdir()):
        raise ConfigurationError(f"{path} holds other files: choose a new or empty directory for the store")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{path.name[:100]}.", dir=path.parent))
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror or error}") from error
    try:
        count = _build(work / "new", files, graph)
        _swap(work / "new", path, work / "old")
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return count


def _build(path: Path, files: Iterable[Path], graph: NamedNode | None) -> int:
    store = Store(str(path))
    for file in files:
        _load(store, file, graph)
    store.flush()
    store.optimize()
    count = len(store)
    # The directory may be moved only when nothing holds it open.
    del store
    return count


def _swap(new: Path, path: Path, old: Path) -> None:
    if not path.exists():
        new.rename(path)
        return
    path.rename(old)
    try:
        new.rename(path)
    except BaseException:
        with suppress(OSError):
            old.rename(path)
        raise


def _load(store: Store, file: Path, graph: NamedNode | None) -> None:
    syntax = FORMATS.get(file.suffix.lower())
    if syntax is None:
        raise ConfigurationError(f"{file}: unknown kind of file (known endings: {' '.join(FORMATS)})")
    if not file.is_file():
        raise ConfigurationError(f"there is no file {file}")
    if graph is not None and syntax.supports_datasets:
        raise ConfigurationError(f"{file} names graphs itself: load it without --graph")
    try:
        store.bulk_load(path=str(file), format=syntax, base_iri=DATA, to_graph=graph)
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"{file} is not valid: {error}") from None
    except OSError as error:
        raise StoreError(f"cannot load {file}: {error}") from error


def from_oxigraph(answer: object) -> Results:
    """The answer of pyoxigraph, read to its end."""
    match answer:
        case pyoxigraph.QuerySolutions():
            variables = tuple(variable.value for variable in answer.variables)
            rows = tuple(map(tuple, answer))
            return Results(variables=variables, rows=rows)
        case pyoxigraph.QueryBoolean():
            return Results(boolean=bool(answer))
        case pyoxigraph.QueryTriples():
            return Results(triples=tuple(answer))
    raise StoreError("the store gave an answer of an unknown form")
