"""A document as plain text: for pipes, for the `text` that notifications and screen readers use, for tests.

Nothing is cut and nothing is markup; addresses stand written out.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from datetime import UTC, tzinfo

from bot.documents.bars import bar_lines, legend
from bot.documents.model import (
    Action,
    Actions,
    Block,
    Bullets,
    Card,
    Code,
    Document,
    Facts,
    Footnote,
    Heading,
    Image,
    Inline,
    Moment,
    Paragraph,
    Quote,
    Text,
)
from bot.documents.words import harmless, moment_words, on_one_line

PROMPT = "/papers "


def plain_document(document: Document, *, zone: tzinfo | None = UTC, buttons: bool = True) -> str:
    """The whole document, without a line end after its last line.

    Args:
        document: what to say.
        zone: whose wall clock moments are told by; None means this machine's.
        buttons: whether to write out the commands that the document's own buttons stand for.
    """
    parts = [on_one_line(document.title)]
    for block in document.blocks:
        if buttons or not isinstance(block, Actions):
            parts.append(_block(block, zone))
    return "\n\n".join(part for part in parts if part.strip())


def plain_text(value: Text, *, zone: tzinfo | None = UTC) -> str:
    """Running text; a link is written as `label (address)`, code stands between backticks."""
    return "".join(_inline(part, zone) for part in value)


def _inline(part: Inline, zone: tzinfo | None) -> str:
    if isinstance(part, Moment):
        return moment_words(part, zone)
    words = f"`{harmless(part.text)}`" if part.code else harmless(part.text)
    return words if part.link is None or part.link in words else f"{words} ({part.link})"


def _block(block: Block, zone: tzinfo | None) -> str:
    match block:
        case Heading(text=value):
            return on_one_line(value)
        case Paragraph(text=value) | Footnote(text=value):
            return plain_text(value, zone=zone)
        case Code(text=value):
            return harmless(value)
        case Bullets():
            return _bullets(block, zone)
        case Quote():
            return _quote(block, zone)
        case Facts(rows=rows):
            return "\n".join(f"{on_one_line(name)}: {plain_text(value, zone=zone)}" for name, value in rows)
        case Image(bars=bars) if bars is not None:
            return "\n".join(filter(None, (on_one_line(block.title), legend(bars), *bar_lines(bars))))
        case Image():
            return _join(" ", (on_one_line(block.title), f"[{on_one_line(block.alt)}]", block.url or ""))
        case Card():
            return _card(block, zone)
        case Actions(actions=actions):
            return "\n".join(_action(action) for action in actions)


def _bullets(bullets: Bullets, zone: tzinfo | None) -> str:
    marks = (f"{number}." if bullets.ordered else "-" for number in range(1, len(bullets.items) + 1))
    return "\n".join(_hang(mark, plain_text(item, zone=zone)) for mark, item in zip(marks, bullets.items, strict=True))


def _quote(quote: Quote, zone: tzinfo | None) -> str:
    words = textwrap.indent(harmless(quote.text), "> ", lambda _: True)
    return _join("\n", (words, plain_text(quote.source, zone=zone)))


def _card(card: Card, zone: tzinfo | None) -> str:
    line = _join("  ", (on_one_line(card.line), f"[{on_one_line(card.label)}]" if card.label else ""))
    details = (f"{on_one_line(name)}: {harmless(value)}" for name, value in card.details)
    rest = (card.url, line, *details, plain_text(card.facts, zone=zone), on_one_line(card.byline), harmless(card.why))
    body = "\n" + harmless(card.body) if card.body else ""
    title = on_one_line(card.title)
    return _hang("" if card.rank is None else f"{card.rank}.", _join("\n", (title, *rest, body)))


def _action(action: Action) -> str:
    target = action.url or PROMPT + on_one_line(action.command)
    return f"{on_one_line(action.label)}: {target}"


def _hang(mark: str, value: str) -> str:
    """The value with its first line led in by `mark`, and the others indented to stand under it."""
    if not mark:
        return value
    return f"{mark} " + textwrap.indent(value, " " * (len(mark) + 1)).lstrip(" ")


def _join(separator: str, parts: Iterable[str]) -> str:
    return separator.join(part for part in parts if part.strip())
