"""Between plain words and Slack's markup, both ways.

Slack reads three characters as markup of its own: `&`, `<` and `>`.  Escaped, no text can make a mention, a link or a
date.  Its other marks (`*`, `_`, `~`) have no escape and can do no more than change a style.  The backtick can do more,
it would swallow the links behind it, so its look-alike stands in for it.
"""

from __future__ import annotations

import html
import re

from adapters.slack.limits import size

GRAVE = "\u02cb"  # looks like a backtick, opens no code
ELLIPSIS = "…"
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")  # controls, reversals
_MARKUP = re.compile(r"<([^<>]*)>")
_ANYWHERE = re.compile(r"([\\`*_\[\]])")
_AT_LINE_START = re.compile(r"^([^\S\n]*\d*)([#+\-.)])", re.MULTILINE)
_SELF_LINKING = re.compile(r"(?<=:)(?=//)|(?<=~)|^(?=[^\S\n]*\|)|(?<=[\w-]\.)(?=[^\W\d_]{2})", re.MULTILINE)
_BREAK = "\u200b"  # unseen


def escape(text: str) -> str:
    """Plain words as mrkdwn that reads the same."""
    seen = _UNSEEN.sub(" ", text)
    return seen.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", GRAVE)


def escape_url(url: str) -> str:
    """An address as it may stand in `<address|label>`."""
    return escape(re.sub(r"[\s|<>`]", lambda found: f"%{ord(found[0]):02X}" if ord(found[0]) < 128 else "", url))


def escape_markdown(text: str) -> str:
    """Plain words as standard Markdown that reads the same, as Slack's streams take it.

    Slack documents a backslash before each of ``\\ ` * _ { } [ ] ( ) # + - . !``; it is put only where the character
    would have a meaning.  Slack's own `<...>` tokens work in Markdown too, so those three characters are escaped as
    elsewhere.  What has no escape (`~`, a table's `|`, an address that would become a link) is parted by a blank that
    nobody sees.  (https://docs.slack.dev/reference/block-kit/blocks/markdown-block)
    """
    parted = _SELF_LINKING.sub(_BREAK, _UNSEEN.sub(" ", text))
    marked = _AT_LINE_START.sub(r"\1\\\2", _ANYWHERE.sub(r"\\\1", parted))
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """What a person wrote, from the form in which Slack sends it: links as addresses, channels and people as ids."""
    return html.unescape(_MARKUP.sub(lambda found: _name(found[1]), text)).strip()


def _name(inside: str) -> str:
    target, _, label = inside.partition("|")
    if target.startswith(("#", "@")):
        return target[1:]
    if target.startswith("!"):
        return label or "@" + target[1:].partition("^")[0]
    return target.removeprefix("mailto:")


def shorten(text: str, limit: int) -> str:
    """Escaped text in at most `limit` UTF-16 units, cut between words where there are any, with an ellipsis."""
    if size(text) <= limit:
        return text
    kept = text[: limit - 1]
    while size(kept) > limit - 1:
        kept = kept[:-1]
    kept = re.sub(r"&\w*$", "", kept)  # half an escape
    head, blank, _ = kept.rpartition(" ")
    return (head if blank and len(head) > limit // 2 else kept).rstrip() + ELLIPSIS
