"""Keys under which spellings of one name meet."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.lang.fold import fold_word
from kg.link.kbfile import strip_marks

_ARTICLES = ("the ", "la ", "le ", "les ", "l'")
# Letters of Arabic that writers of foreign names exchange, and the long vowels that they put or leave out.
_ARABIC_CLASSES = str.maketrans(
    {
        "غ": "ج",
        "ق": "ك",
        "ط": "ت",
        "ص": "س",
        "ث": "س",
        "ذ": "ز",
        "ظ": "ز",
        "ض": "د",
        "ح": "ه",
        "ف": "ف",
        "ڤ": "ف",
        "پ": "ب",
        "چ": "ج",
    }
)
_ARABIC_VOWELS = re.compile("[اويهءىة]")
_BLANKS = re.compile(r"[\s\u200c-]+")


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str:
    """``name`` without case, accents, hyphens, dots of initials and leading article."""
    key = _BLANKS.sub(" ", strip_marks(fold_word(name))).strip().replace(".", "")
    for article in _ARTICLES:
        if key.startswith(article) and len(key) > len(article) + 2:
            key = key[len(article) :]
            break
    if key.startswith("ال") and len(key) > 4:
        return key[2:]
    if key.startswith("لل") and len(key) > 4:
        return key[2:]
    return key


def parts(name: str) -> tuple[str, ...]:
    """The words of ``name_key``."""
    return tuple(name_key(name).split())


@lru_cache(maxsize=50_000)
def skeleton(word: str) -> str:
    """The consonants of a folded Arabic word in classes of letters that spellings exchange; other scripts as they are."""
    if not any("\u0600" <= letter <= "\u06ff" for letter in word):
        return word
    word = word.removeprefix("ال") if len(word) > 4 else word
    return _ARABIC_VOWELS.sub("", word.translate(_ARABIC_CLASSES))


def initials(name: str, small: frozenset[str]) -> frozenset[str]:
    """The acronyms that a name of several words may have: of all words, and without the ``small`` ones."""
    words = [word for word in re.split(r"[\s'’-]+", name) if word and word[0].isalpha()]
    every = "".join(word[0] for word in words).upper()
    large = "".join(word[0] for word in words if fold_word(word) not in small).upper()
    capitals = "".join(word[0] for word in words if word[0].isupper())
    plain = {strip_marks(text) for text in (every, large, capitals) if len(text) >= 2}
    return frozenset(plain)
