"""Articles for measurements, of about 300 words unless told otherwise.

They are paragraphs of real news, put together at random, but always alike; the paragraphs come from the material beside the
checkout where that stands, else from the sample articles in ``articles``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.issues import IssueLog
from kg.lang.pack import languages
from kg.read.inputs import read_inputs

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
WORDS = 300
"""Words from which an article is long enough, unless told otherwise."""


def source() -> str:
    """Where the paragraphs come from, in a word."""
    return "shared" if (SHARED / "data").is_dir() else "samples"


def paragraphs(lang: str) -> list[str]:
    """Paragraphs of 12 to 150 words in the language ``lang``, sorted, each once."""
    if source() == "shared":
        news = SHARED / "data" / "dev" / "news" / f"{lang}.jsonl"
        texts = [json.loads(line)["text"] for line in news.read_text("utf-8").splitlines()] if news.is_file() else []
        texts += [
            json.loads(path.read_text("utf-8"))["text"] for path in sorted((SHARED / "gold" / "train" / lang).glob("*.json"))
        ]
    else:
        found = read_inputs([str(ROOT / "articles")], IssueLog())
        texts = [span.of(article.text) for article in found if article.lang == lang for span in article.body]
    lines = {line.strip() for text in texts for line in text.split("\n")}
    return sorted(line for line in lines if 12 <= len(line.split()) <= 150)


def articles(langs: tuple[str, ...], count: int, words: int = WORDS, seed: int = 1) -> Iterator[dict[str, Any]]:
    """``count`` records for ``kg build``, the languages in turn; a longer series begins with the shorter one."""
    pools = {lang: paragraphs(lang) for lang in langs}
    rng = random.Random(seed)
    for number in range(count):
        lang = langs[number % len(langs)]
        text: list[str] = []
        while sum(len(line.split()) for line in text) < words:
            text.append(rng.choice(pools[lang]))
        day = f"{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
        yield {"id": f"{lang}-{number:06}", "lang": lang, "published": f"2024-{day}", "text": "\n".join(text)}


def write(path: Path, langs: tuple[str, ...], count: int, words: int = WORDS) -> Path:
    """Write ``count`` articles to ``path`` as JSONL."""
    with path.open("w", encoding="utf-8") as stream:
        for record in articles(langs, count, words):
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def known_languages() -> tuple[str, ...]:
    """The languages that have both a pack and paragraphs."""
    return tuple(lang for lang in languages() if paragraphs(lang))
