"""Makefile, lock files, packaging and papers: what a newcomer meets first."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from kg import __version__
from kg.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
TARGETS = re.findall(r"^([a-z][a-z-]*):[^=].*## (.+)$", MAKEFILE, re.MULTILINE)
NEEDS = re.findall(r"^([a-z-]+):[^\n]*\n\t\$\(call need,([^,]+),", MAKEFILE, re.MULTILINE)

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A folder that make takes for a finished environment, so that no test installs anything."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    for stamp in (".core", ".dev", ".stanza", ".train", ".kb", ".cluster"):
        (folder / stamp).touch()
    return folder


def make(environment: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VENV")}
    command = ["make", "--no-print-directory", f"VENV={environment}", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=clean, check=False)


# -- make ---------------------------------------------------------------------------------------------------------------


@needs_make
def test_make_alone_lists_every_target(environment: Path) -> None:
    done = make(environment)
    assert done.returncode == 0
    listed = re.findall(r"^  ([a-z][a-z-]*) ", done.stdout, re.MULTILINE)
    assert set(listed) - {"variables"} == {name for name, _ in TARGETS}


def test_every_target_is_phony_and_says_what_it_does() -> None:
    phony = MAKEFILE.split(".PHONY:")[1].split("\n\n")[0].replace("\\\n", " ").split()
    assert sorted(phony) == sorted({name for name, _ in TARGETS})


def test_the_targets_of_daily_use_are_there() -> None:
    wanted = "setup kg test lint check extract validate load query serve gold bench docs clean lock setup-stanza setup-train"
    assert set(wanted.split()) <= {name for name, _ in TARGETS}


@needs_make
@pytest.mark.parametrize(("target", "needed"), NEEDS, ids=[target for target, _ in NEEDS])
def test_what_is_not_there_yet_is_named(environment: Path, target: str, needed: str) -> None:
    done = make(environment, "-n", target)
    assert done.returncode == 0, done.stderr
    if (ROOT / needed).exists():
        assert needed in done.stdout
    else:
        done = make(environment, target)
        assert done.returncode != 0
        assert f"{needed} is not there yet" in done.stderr


@needs_make
def test_the_graph_is_built_once_and_again_after_a_change(environment: Path, tmp_path: Path) -> None:
    articles, output = tmp_path / "some articles", tmp_path / "out"
    articles.mkdir()
    (articles / "a b.txt").write_text("One.")
    kg = environment / "bin" / "kg"
    kg.write_text('#!/bin/sh\necho "$@" >> "$(dirname "$0")/calls"\nwhile [ "$1" != -o ]; do shift; done\necho graph > "$2"\n')
    kg.chmod(0o755)
    variables = [f"ARTICLES='{articles}'", f"OUTPUT={output}"]

    def calls() -> int:
        return len((environment / "bin" / "calls").read_text().splitlines())

    assert make(environment, "kg", *variables).returncode == 0
    assert make(environment, "kg", *variables).returncode == 0
    assert calls() == 1
    later = (output / "kg.ttl").stat().st_mtime + 10
    os.utime(articles / "a b.txt", (later, later))
    assert make(environment, "kg", *variables).returncode == 0
    assert calls() == 2


@needs_make
def test_a_graph_with_failed_articles_is_kept_but_tried_again(environment: Path, tmp_path: Path) -> None:
    articles, output = tmp_path / "articles", tmp_path / "out"
    articles.mkdir()
    (articles / "a.txt").write_text("One.")
    kg = environment / "bin" / "kg"
    kg.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/calls"\necho graph > "{output}/kg.ttl"\nexit 1\n')
    kg.chmod(0o755)
    for count in (1, 2):
        assert make(environment, "kg", f"ARTICLES={articles}", f"OUTPUT={output}").returncode != 0
        assert (output / "kg.ttl").read_text() == "graph\n"
        assert len((tmp_path / "calls").read_text().splitlines()) == count


@needs_make
def test_another_python_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "python2.7"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = make(tmp_path / "absent", "setup", f"PYTHON={old}")
    assert done.returncode != 0
    assert "is not Python 3.11, 3.12 or 3.13" in done.stderr


# -- lock files ---------------------------------------------------------------------------------------------------------


def pinned(lock: Path) -> dict[str, set[str]]:
    """Name of each package in a lock → its versions (several where they hang on the Python version)."""
    out: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", lock.read_text("utf-8"), re.MULTILINE):
        out.setdefault(canonicalize_name(name), set()).add(version)
    return out


@pytest.mark.parametrize("lock", LOCKS, ids=[lock.stem for lock in LOCKS])
def test_locks_hold_versions_and_hashes_and_no_addresses(lock: Path) -> None:
    text = lock.read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==[^ ]+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]
    assert "://" not in text
    assert "torch" not in pinned(lock)


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock.stem != "core"], ids=lambda lock: lock.stem)
def test_extras_agree_with_the_core_lock(lock: Path) -> None:
    core = pinned(ROOT / "locks" / "core.txt")
    assert {name: versions for name, versions in pinned(lock).items() if name in core and versions != core[name]} == {}


@pytest.mark.parametrize("extra", ["", *PROJECT["optional-dependencies"]])
def test_every_dependency_is_locked_within_its_bounds(extra: str) -> None:
    lock = ROOT / "locks" / f"{extra or 'core'}.txt"
    if not lock.exists():
        pytest.skip(f"no lock for the extra {extra} yet")
    versions = pinned(lock)
    asked = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    for requirement in map(Requirement, asked):
        if requirement.name == "torch":
            continue
        found = versions[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in found), requirement


def test_core_dependencies_are_bounded_above() -> None:
    for requirement in map(Requirement, PROJECT["dependencies"]):
        operators = {specifier.operator for specifier in requirement.specifier}
        assert operators & {"<", "==", "~="} or requirement.name == "packaging", f"{requirement} has no upper bound"


# -- papers and packaging -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"kg {command}" in README


def test_targets_that_the_readme_names_exist() -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", README, re.MULTILINE))
    assert named
    assert named <= {name for name, _ in TARGETS}


def test_files_that_the_readme_links_exist() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_version_and_licence_agree_everywhere() -> None:
    assert PROJECT["version"] == __version__
    assert re.search(rf"^## {re.escape(__version__)}\b", (ROOT / "CHANGES.md").read_text("utf-8"), re.MULTILINE)
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence


def test_the_check_script_is_sound() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    used = set(re.findall(r"^ *step .*\bmake ([a-z][a-z-]*)", script.read_text("utf-8"), re.MULTILINE))
    assert {"kg", "validate", "lint", "test", "gold"} <= used <= {name for name, _ in TARGETS}


def test_help_answers_at_once_and_loads_nothing_heavy() -> None:
    heavy = {"spacy", "torch", "stanza", "rdflib", "pyoxigraph", "onnxruntime", "numpy", "trafilatura", "pyshacl", "marisa_trie"}
    code = "import sys; from kg.cli.main import build_app; build_app(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy & set(done.stdout.split()) == set()
