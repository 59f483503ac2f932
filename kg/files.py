"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import re
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kg.errors import ConfigurationError

fcntl: Any
try:
    fcntl = importlib.import_module("fcntl")
except ImportError:  # Windows: nothing is locked there, and nothing is swept
    fcntl = None

SUFFIX = ".kg-part"
"""How the hidden file ends that is being written and has no name of its own yet."""

STALE = 60.0
"""Seconds after which a hidden file that nobody holds may be swept."""

_HIDDEN = re.compile(rf"\..+\.[a-z0-9_]{{8}}{re.escape(SUFFIX)}")


def write_atomically(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write ``content``, whole or in pieces, beside ``path`` and rename it into place; folders above are made.

    The mode is that of a new file. A run that is killed leaves a hidden file, which ``sweep`` finds.

    Raises:
        ConfigurationError: the file cannot be written (no right, no room, a folder of that name).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=SUFFIX, dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                _hold(stream.fileno())
                stream.writelines((content,) if isinstance(content, bytes) else content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror or error}") from error


def check_writable(path: Path) -> None:
    """See, before hours of work, that a file can be put at ``path``.

    Raises:
        ConfigurationError: it cannot: a folder stands there, or the folder above refuses files.
    """
    folder = path.parent
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "a folder stands there")
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        with tempfile.NamedTemporaryFile(prefix=".", suffix=SUFFIX, dir=folder):
            pass
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror or error}") from error


def sweep(folder: Path, now: float | None = None) -> int:
    """Remove what killed runs left half written in ``folder``; how many files that were.

    A file goes only if its name is of the kind that ``write_atomically`` gives, nobody holds it, and it was not touched for
    ``STALE`` seconds (``now`` is the time in seconds since 1970). What cannot be looked at or removed stays.
    """
    if fcntl is None:
        return 0
    count = 0
    moment = time.time() if now is None else now
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _HIDDEN.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    count += _removed(Path(entry.path), moment)
    return count


def _removed(path: Path, now: float) -> bool:
    with path.open("r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError: its writer lives
        if abs(now - os.fstat(stream.fileno()).st_mtime) < STALE:
            return False
        path.unlink()
    return True


def _hold(handle: int) -> None:
    """Lock the file, so that nobody takes it for one that a dead run left; file systems without locks do without."""
    if fcntl is not None:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
