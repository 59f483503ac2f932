"""The HTML file: style, script and data in one, under a policy that lets nothing else in."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg.report.bundle import bundle

WEB = Path(__file__).resolve().parents[1] / "web" / "static"

_PAGE = """<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<noscript>This file needs JavaScript. — Ce fichier a besoin de JavaScript. — يحتاج هذا الملف إلى جافا سكريبت.</noscript>
<script type="application/gzip" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def document(data: Mapping[str, Any], title: str) -> bytes:
    """The file that shows ``data`` (of ``kg.report.pages``); the same data give the same bytes."""
    land = json.loads((WEB / "land.json").read_text("utf-8"))
    text = json.dumps({**data, "land": land}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    packed = base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 9, mtime=0)).decode("ascii")
    icon = base64.b64encode((WEB / "icon.svg").read_bytes()).decode("ascii")
    style = (WEB / "page.css").read_text("utf-8").replace("/static/icon.svg", f"data:image/svg+xml;base64,{icon}")
    script = bundle(WEB, "main.js")
    for part, end in ((style, "</style"), (script, "</script"), (script, "<!--")):
        assert end not in part.lower(), f"{end} would end the element"  # noqa: S101
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        )
    )
    page = _PAGE.format(policy=policy, title=html.escape(title), style=style, data=packed, script=script)
    return page.encode("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
