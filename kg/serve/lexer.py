"""Which keywords a SPARQL query uses, without parsing it.

A query that calls other endpoints (SERVICE) would let anyone who may ask this one send requests from this machine; it is refused
before it comes near the store.
"""

from __future__ import annotations

import re

# The terminals of SPARQL 1.1 (section 19.8) in which a keyword can be hidden, before words themselves. An IRI cannot hold a
# brace, so that nothing which this takes for an IRI can hide a whole SERVICE clause.
_TOKEN = re.compile(
    r"""
      (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<comment>\#[^\r\n]*)
    | (?P<long>\"\"\"(?:[^"\\]|\\.|\"{1,2}(?!\"))*\"\"\" | '''(?:[^'\\]|\\.|'{1,2}(?!'))*''')
    | (?P<string>"(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
    | (?P<escape>\\.)
    | (?P<variable>[?$]\w+)
    | (?P<name>\w[\w.-]*)?:(?:[\w:.%-]|\\.)*
    | (?P<word>[^\W\d]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)
_CODE_POINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def keywords(query: str) -> frozenset[str]:
    """The bare words of ``query`` in upper case: those outside IRIs, names with prefixes, strings, comments and variables.

    Escapes of code points are read first, as the grammar wants (section 19.2).
    """
    plain = _CODE_POINT.sub(_char, query)
    return frozenset(match["word"].upper() for match in _TOKEN.finditer(plain) if match["word"])


def _char(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number <= 0x10FFFF else " "
