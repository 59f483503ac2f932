"""The page's modules as one script, so that a file from disk, from which browsers load no modules, can carry it.

Reads only the forms in which the page's own modules import and export; anything else is an error, so that it is noticed.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from kg.errors import ConfigurationError

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.MULTILINE)
_LAZY = re.compile(r'\bimport\("([^"]+)"\)')
_FUNCTION = re.compile(r"^export (async function|function) (\w+)", re.MULTILINE)
_CONSTANT = re.compile(r"^export const (\w+) =", re.MULTILINE)
_CLASS = re.compile(r"^export class (\w+)", re.MULTILINE)
_DEFAULT_FUNCTION = re.compile(r"^export default (async function|function) (\w+)", re.MULTILINE)
_DEFAULT_VALUE = re.compile(r"^export default ", re.MULTILINE)
_LEFT = re.compile(r"^\s*(import|export)\b.*$|\bimport\(", re.MULTILINE)


def bundle(folder: Path, start: str) -> str:
    """A script that runs the module ``start`` of ``folder`` with all that it imports, at once or later.

    Raises:
        ConfigurationError: a module is missing, or written in a form that is not understood.
    """
    modules: dict[str, str] = {}
    todo = [start]
    while todo:
        name = todo.pop()
        if name in modules:
            continue
        try:
            source = (folder / name).read_text("utf-8")
        except OSError as error:
            raise ConfigurationError(f"the page's module {name} is missing: install kg again ({error})") from error
        here = name.rpartition("/")[0]
        text = _translated(name, source, here)
        modules[name] = text
        todo += sorted(_path(here, found) for found in (*_LAZY.findall(source), *(m[1] for m in _IMPORT.findall(source))))
    parts = [f"{json.dumps(name)}: (exports) => {{\n{modules[name]}\n}}" for name in sorted(modules)]
    joined = ",\n".join(parts)
    return (
        f'"use strict";\n(() => {{\nconst modules = {{\n{joined}\n}};\nconst made = {{}};\n'
        "const need = (name) => {\n  if (!(name in made)) {\n    made[name] = {};\n    modules[name](made[name]);\n  }\n"
        f"  return made[name];\n}};\nneed({json.dumps(start)});\n}})();\n"
    )


def _translated(name: str, source: str, here: str) -> str:
    def taken(match: re.Match[str]) -> str:
        names = ", ".join(part.strip().replace(" as ", ": ") for part in match[1].split(",") if part.strip())
        return f"const {{ {names} }} = need({json.dumps(_path(here, match[2]))});"

    def later(match: re.Match[str]) -> str:
        return f"Promise.resolve().then(() => need({json.dumps(_path(here, match[1]))}))"

    text = _IMPORT.sub(taken, source)
    text = _LAZY.sub(later, text)
    text = _DEFAULT_FUNCTION.sub(r"exports.default = \2;\n\1 \2", text)
    text = _FUNCTION.sub(r"exports.\2 = \2;\n\1 \2", text)
    text = _CONSTANT.sub(r"const \1 = exports.\1 =", text)
    classes = _CLASS.findall(text)
    text = _CLASS.sub(r"class \1", text)
    text = _DEFAULT_VALUE.sub("exports.default = ", text)
    text += "".join(f"\nexports.{found} = {found};" for found in classes)
    left = _LEFT.search(text)
    if left:
        raise ConfigurationError(f"the page's module {name} has a form that cannot be bundled: {left[0].strip()[:80]}")
    return text


def _path(here: str, found: str) -> str:
    parts = here.split("/") if here else []
    for part in found.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
