"""Standard Markdown as Slack's streams and markdown blocks show it, as far as plain words need it.

Slack documents the marks and the escapes: https://docs.slack.dev/reference/block-kit/blocks/markdown-block
"""

from __future__ import annotations

import html
import re

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!])")
_STAND_INS = {char: chr(0xE000 + number) for number, char in enumerate("\\`*_{}[]()#+-.!")}
_TOKEN = re.compile(r"<[^<>]*>")
_LIVE = re.compile(r"[`*_]|\]\(|~~|://|^\s*(?:[#>|]|[+-](?:\s|$)|\d+[.)](?:\s|$)|-{3})|\w\.[^\W\d_]{2,}", re.MULTILINE)


def read(markdown: str) -> tuple[str, list[str]]:
    """What a reader sees, and what of it Slack would take for markup, a mention or a link."""
    kept = _ESCAPED.sub(lambda found: _STAND_INS[found[1]], markdown)
    live = [found[0] for found in (*_TOKEN.finditer(kept), *_LIVE.finditer(kept))]
    words = html.unescape(kept)
    for char, stand_in in _STAND_INS.items():
        words = words.replace(stand_in, char)
    return words, live
