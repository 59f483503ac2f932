"""Full disks, folders that refuse files, no memory, clocks that jump, runs in one folder, and what killed runs leave behind."""

from __future__ import annotations

import io
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kg.batch.pool import analyse
from kg.cli.main import build_app
from kg.cli.progress import Progress
from kg.errors import ConfigurationError
from kg.files import STALE, SUFFIX, check_writable, sweep, write_atomically
from kg.model import Analysis, Article, Span
from kg.pipeline import Pipeline
from kg.read.inputs import Extent, read_inputs

KG = [sys.executable, "-m", "kg"]


def kg(*arguments: str | Path) -> Result:
    return CliRunner().invoke(build_app(), [str(a) for a in arguments])


def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    command = [*KG, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "news"
    path.mkdir()
    for number in range(1, 6):
        text = f"Police in London arrested Carla Reyes on {number} March 2021 on suspicion of fraud, the prosecutor said."
        (path / f"a{number}.txt").write_text(f"Court news {number}\n\n{text}\n", "utf-8")
    return path


def limited(kind: int, size: int) -> Callable[[], None]:
    def set_limit() -> None:
        resource.setrlimit(kind, (size, size))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    return set_limit


def hidden(path: Path) -> list[str]:
    return [entry.name for entry in path.rglob("*") if entry.name.endswith(SUFFIX)]


# -- the disk -----------------------------------------------------------------------------------------------------------


def test_disk_that_fills_up_leaves_the_old_graph_and_no_half(folder: Path, tmp_path: Path) -> None:
    """No file may grow over a few thousand bytes, as if the disk were full there."""
    out = tmp_path / "out" / "kg.ttl"
    assert kg("build", folder, "-o", out, "--parser", "rules").exit_code == 0
    whole = out.read_bytes()
    (folder / "a6.txt").write_text(
        "Court news 6\n\nPolice in Paris arrested Jan Falk on 6 March 2021, the prosecutor said.\n", "utf-8"
    )
    size = len(whole) // 2
    done = run("build", folder, "-o", out, "--parser", "rules", preexec_fn=limited(resource.RLIMIT_FSIZE, size))
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("kg: cannot write") and "too large" in done.stderr
    assert out.read_bytes() == whole and not hidden(tmp_path)
    (folder / "a6.txt").unlink()
    assert kg("build", folder, "-o", out, "--parser", "rules").exit_code == 0
    assert out.read_bytes() == whole


def test_full_work_folder_is_told_and_the_next_run_goes_on(folder: Path, tmp_path: Path) -> None:
    quiet, out, work = tmp_path / "quiet.ttl", tmp_path / "kg.ttl", tmp_path / "work"
    assert kg("build", folder, "-o", quiet, "--parser", "rules").exit_code == 0
    done = run(
        *("build", folder, "-o", out, "--parser", "rules", "--work", work), preexec_fn=limited(resource.RLIMIT_FSIZE, 1000)
    )
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "cannot write" in done.stderr
    assert not out.exists() and not hidden(tmp_path) and not list(work.rglob("*.json"))
    assert kg("build", folder, "-o", out, "--parser", "rules", "--work", work).exit_code == 0
    assert out.read_bytes() == quiet.read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_standard_output_that_is_full_is_no_crash(folder: Path, tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [*KG, "build", str(folder), "-o", str(tmp_path / "kg.ttl"), "--parser", "rules"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode in (2, 120) and "Traceback" not in done.stderr


def refusing(tmp_path: Path) -> Path:
    """A folder in which nobody, root included, can make a file."""
    if os.geteuid() == 0:
        return Path("/proc")
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    return folder


def test_output_that_cannot_be_written_is_told_before_the_work(folder: Path, tmp_path: Path) -> None:
    result = kg("build", folder / "absent", "-o", refusing(tmp_path) / "kg.ttl")
    assert result.exit_code == 2 and result.stderr.startswith("kg: cannot write") and len(result.stderr.splitlines()) == 1
    assert "absent" not in result.stderr


def test_output_that_is_a_folder_or_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path, tmp_path / "file" / "kg.ttl"):
        with pytest.raises(ConfigurationError, match="cannot write"):
            check_writable(path)
    check_writable(tmp_path / "new" / "folder" / "kg.ttl")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]


# -- memory -------------------------------------------------------------------------------------------------------------


class Hungry:
    """A stage that wants more memory than there is for some articles."""

    name, reads, writes = "hungry", ("article",), "mentions"

    def __call__(self, analysis: Analysis) -> Analysis:
        if "hungry" in analysis.article.text:
            bytearray(1 << 50)
        if "native" in analysis.article.text:
            raise RuntimeError("[ONNXRuntimeError] : 6 : std::bad_alloc")
        return analysis


@pytest.mark.parametrize("word", ["hungry", "native"])
def test_article_that_needs_too_much_memory_is_skipped(word: str) -> None:
    pipeline = Pipeline((Hungry(),))
    content, failure = analyse(pipeline, Article("a", word, (Span(0, 6),), "en"))
    assert content is None and failure is not None and "not enough memory" in failure.reason
    content, failure = analyse(pipeline, Article("b", "fine", (Span(0, 4),), "en"))
    assert content is not None and failure is None


@pytest.mark.parametrize("megabytes", [350, 650])
def test_too_little_memory_is_told_and_nothing_half_written(folder: Path, tmp_path: Path, megabytes: int) -> None:
    limit = limited(resource.RLIMIT_AS, megabytes * 1_000_000)
    done = run("build", folder, "-o", tmp_path / "kg.ttl", "--parser", "rules", preexec_fn=limit)
    if done.returncode == -signal.SIGABRT:  # libraries in Rust end the process where an allocation fails, which nobody can catch
        assert "memory allocation of" in done.stderr and not (tmp_path / "kg.ttl").exists()
    elif done.returncode != 0:  # where this is enough, it is enough
        assert done.returncode in (1, 2) and "Traceback" not in done.stderr, done.stderr[-2000:]
        assert all(line.startswith(("kg: ", "error: ")) for line in done.stderr.splitlines()) and done.stderr
        assert not (tmp_path / "kg.ttl").exists()


# -- the clock ----------------------------------------------------------------------------------------------------------


def test_clock_that_jumps_changes_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outs = [tmp_path / f"{n}.ttl" for n in range(3)]
    work = tmp_path / "work"
    assert kg("build", folder, "-o", outs[0], "--parser", "rules").exit_code == 0
    real, calls = time.time, iter(range(1, 1_000_000))
    monkeypatch.setattr(time, "time", lambda: real() + (-1) ** next(calls) * 1e9)
    assert kg("build", folder, "-o", outs[1], "--parser", "rules", "--work", work).exit_code == 0
    monkeypatch.undo()
    for number, path in enumerate(sorted(work.rglob("*.json"))):
        os.utime(path, ((1, 1), (4e9, 4e9))[number % 2])
    assert kg("build", folder, "-o", outs[2], "--parser", "rules", "--work", work).exit_code == 0
    assert outs[0].read_bytes() == outs[1].read_bytes() == outs[2].read_bytes()


# -- several runs, and what they leave ------------------------------------------------------------------------------------


def test_two_builds_of_one_file(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "kg.ttl"
    command = [*KG, "build", str(folder), "--parser", "rules", "--work", str(tmp_path / "work"), "-o", str(out)]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    whole = out.read_bytes()
    assert kg("build", folder, "-o", out, "--parser", "rules").exit_code == 0
    assert out.read_bytes() == whole and not hidden(tmp_path)


WRITER = """
import sys, time
from pathlib import Path
from kg.files import write_atomically
def slowly():
    yield b"half"
    print("writing", flush=True)
    time.sleep(60)
write_atomically(Path(sys.argv[1]), slowly())
"""


def test_killed_writer_leaves_no_half_and_is_swept(tmp_path: Path) -> None:
    target = tmp_path / "kg.ttl"
    target.write_bytes(b"whole")
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"writing\n"
    later = time.time() + STALE + 5
    assert sweep(tmp_path, later) == 0  # its writer lives
    process.kill()
    process.wait()
    process.stdout.close()
    assert target.read_bytes() == b"whole" and len(hidden(tmp_path)) == 1
    assert sweep(tmp_path) == 0  # it may be a moment old and not held yet
    assert sweep(tmp_path, later) == 1
    assert not hidden(tmp_path) and target.read_bytes() == b"whole"


def test_nothing_else_is_swept(tmp_path: Path) -> None:
    later = time.time() + 1e6
    kept = [".kg.ttl.part", ".hidden", "kg.ttl.abcdefgh" + SUFFIX, ".a.b" + SUFFIX, ".kg.ttl.ABCDEFGH" + SUFFIX]
    for name in kept:
        (tmp_path / name).touch()
    (tmp_path / f".x.abcdefgh{SUFFIX}").mkdir()
    (tmp_path / "aim").write_text("precious")
    (tmp_path / f".y.abcdefgh{SUFFIX}").symlink_to(tmp_path / "aim")
    assert sweep(tmp_path, later) == 0 and sweep(tmp_path / "absent", later) == 0
    (tmp_path / f".z.a_cdef12{SUFFIX}").touch()
    assert sweep(tmp_path, later) == 1
    assert len(list(tmp_path.iterdir())) == len(kept) + 3


def test_build_sweeps_its_folders(folder: Path, tmp_path: Path) -> None:
    out, work = tmp_path / "out" / "kg.ttl", tmp_path / "work"
    assert kg("build", folder, "-o", out, "--parser", "rules", "--work", work).exit_code == 0
    left = [out.parent / f".kg.ttl.abcdefgh{SUFFIX}", next(work.rglob("*.json")).parent / f".x.json.abcdefgh{SUFFIX}"]
    for path in left:
        path.write_bytes(b"half")
        os.utime(path, (1, 1))
    assert kg("build", folder, "-o", out, "--parser", "rules", "--work", work).exit_code == 0
    assert not hidden(tmp_path)


def test_pieces_and_whole_are_written_alike(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "one", b"some bytes")
    write_atomically(tmp_path / "a" / "two", (piece for piece in (b"some", b" ", b"bytes")))
    assert (tmp_path / "a" / "one").read_bytes() == (tmp_path / "a" / "two").read_bytes()

    def failing() -> object:
        yield b"x"
        raise ConfigurationError("no more")

    with pytest.raises(ConfigurationError, match="no more"):
        write_atomically(tmp_path / "a" / "two", failing())  # type: ignore[arg-type]
    assert (tmp_path / "a" / "two").read_bytes() == b"some bytes" and not hidden(tmp_path)


# -- progress -----------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, now = Terminal(), [0.0]
    monkeypatch.setattr(sys, "stderr", terminal)
    progress = Progress("articles", lambda done: done / 7200, clock=lambda: now[0])
    for _ in range(3600):
        now[0] += 0.5
        progress.step()
    last = terminal.getvalue().rpartition("\r\033[K")[2]
    assert last == "3,600 articles, 2.0 a second, 50%, 30 min left"
    progress.clear()
    assert terminal.getvalue().endswith("\r\033[K")


@pytest.mark.parametrize(("seconds", "words"), [(20, "20 s left"), (300, "5 min left"), (7500, "2 h 05 min left")])
def test_time_left_in_words(seconds: float, words: str) -> None:
    progress = Progress("articles", lambda done: 0.5, clock=lambda: 0.0)
    assert progress.line(seconds).endswith(words)


def test_progress_is_quiet_in_a_pipe(folder: Path, tmp_path: Path) -> None:
    done = run("build", folder, "-o", tmp_path / "kg.ttl", "--parser", "rules")
    assert done.returncode == 0 and done.stderr == "" and "\r" not in done.stdout


def test_extent_grows_to_the_whole(folder: Path) -> None:
    from kg.issues import IssueLog

    extent = Extent()
    shares = []
    for _ in read_inputs([str(folder), str(folder / "a1.txt")], IssueLog(), extent=extent):
        shares.append(extent.share())
    assert shares == sorted(shares) and extent.share() == 1.0 and 0.0 < shares[0] < 0.5
    extent = Extent()
    list(read_inputs(["-"], IssueLog(), stdin=io.BytesIO(b"Court news\n\nThe court spoke.\n"), extent=extent))
    assert extent.share() is None
