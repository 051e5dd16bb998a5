"""Blocks of a document as Block Kit.  Every block of ours gives a group of Slack's that should stay together.

Nothing is dropped for being long: text goes on in the next block.  Pictures are the exception, they need an address or
have to be `Uploaded`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch

from adapters.slack import limits
from adapters.slack.buttons import plain_text, row
from adapters.slack.escape import escape
from adapters.slack.limits import Json
from adapters.slack.mrkdwn import mrkdwn, split
from bot.documents.model import (
    Actions,
    Bullets,
    Card,
    Code,
    Facts,
    Footnote,
    Heading,
    Image,
    Inline,
    Paragraph,
    Quote,
    Span,
    Text,
    bold,
    italic,
    text,
)

PIECE = limits.SECTION - 100  # room for the marks of a quotation or a fence
NEWLINE = Span("\n")


@dataclass(frozen=True, slots=True)
class Uploaded(Image):
    """A picture that Slack has, by the id of its file."""

    file: str = ""


@singledispatch
def blocks(block: object) -> list[Json]:
    """A block of a document as blocks of Slack's."""
    raise TypeError(f"there is no form for {type(block).__name__}")


def title_block(title: str) -> list[Json]:
    """A document's title; one that is too long for a header becomes bold text."""
    shown = escape(title).strip()
    if not shown:
        return []
    if limits.size(shown) <= limits.HEADER:
        return [{"type": "header", "text": plain_text(title, limits.HEADER)}]
    return sections(text(bold(title)))


def section(words: str) -> Json:
    """A section of ready mrkdwn; `verbatim` keeps Slack from making links of bare names and addresses."""
    return {"type": "section", "text": _mrkdwn(words)}


def sections(words: Text) -> list[Json]:
    """A text as one section or more."""
    return [section(piece) for piece in _pieces(words)]


@blocks.register
def _(block: Heading) -> list[Json]:
    return sections(text(bold(block.text)))


@blocks.register
def _(block: Paragraph) -> list[Json]:
    return sections(block.text)


@blocks.register
def _(block: Bullets) -> list[Json]:
    lines: list[Inline] = []
    for number, item in enumerate(block.items, 1):
        lead = f"{number}. " if block.ordered else "• "
        lines += [*([NEWLINE] if lines else []), Span(lead), *item]
    return sections(tuple(lines))


@blocks.register
def _(block: Quote) -> list[Json]:
    quoted = [_quotation(piece) for piece in _pieces(text(" ".join(block.text.split())))]
    source = _pieces(block.source)
    below = _quotation(source[0]) if source else ""
    if quoted and below and limits.size(quoted[-1]) + limits.size(below) < PIECE:
        quoted[-1] += f"\n{below}"
        del source[0]
    return [section(words) for words in (*quoted, *source)]


@blocks.register
def _(block: Code) -> list[Json]:
    return [section(f"```\n{piece}\n```") for piece in _pieces(text(block.text))]


@blocks.register
def _(block: Facts) -> list[Json]:
    lines: list[Inline] = []
    for name, value in block.rows:
        lines += [*([NEWLINE] if lines else []), bold(name), Span(": "), *value]
    return sections(tuple(lines))


@blocks.register
def _(block: Image) -> list[Json]:
    if not _shown(block.url):
        return _small(text(italic(f"Picture: {block.alt}")))
    return _image(block, {"image_url": block.url})


@blocks.register
def _(block: Uploaded) -> list[Json]:
    return _image(block, {"slack_file": {"id": block.file}})


@blocks.register
def _(block: Card) -> list[Json]:
    face = sections(_face(block)) or sections(text(block.paper_id))
    if _shown(block.thumbnail):
        face[0]["accessory"] = {
            "type": "image",
            "image_url": block.thumbnail,
            "alt_text": _alt(block.thumbnail_alt or f"First page of {block.title}", limits.THUMBNAIL_ALT),
        }
    return [*face, *sections(_inside(block)), *row(block.actions)]


@blocks.register
def _(block: Actions) -> list[Json]:
    return row(block.actions)


@blocks.register
def _(block: Footnote) -> list[Json]:
    return _small(block.text)


def _image(image: Image, source: Json) -> list[Json]:
    title = {"title": plain_text(image.title, limits.IMAGE_TITLE)} if image.title else {}
    return [{"type": "image", **source, "alt_text": _alt(image.alt), **title}]


def _face(card: Card) -> Text:
    """What is seen of a paper at first sight."""
    number = f"{card.rank}. " if card.rank is not None else ""
    lines: list[Text] = [text(bold(number), Span(card.title, bold=True, link=card.url))]
    if card.line or card.label:  # a withdrawn paper may have a label and no line
        label = (Span(" " if card.line else ""), italic(f"({card.label})")) if card.label else ()
        lines.append(text(card.line, *label))
    lines += [line for line in (text(card.byline), card.facts, text(italic(card.why)) if card.why else ()) if line]
    return _joined(lines)


def _inside(card: Card) -> Text:
    """What a card shows of a paper when it is opened."""
    lines = [text(bold(name), f": {value}") for name, value in card.details]
    return _joined([*lines, *([text(card.body)] if card.body else [])])


def _joined(lines: Iterable[Text]) -> Text:
    joined: list[Inline] = []
    for line in lines:
        joined += [*([NEWLINE] if joined else []), *line]
    return tuple(joined)


def _small(words: Text) -> list[Json]:
    elements = [_mrkdwn(piece) for piece in _pieces(words)]
    return [{"type": "context", "elements": part} for part in limits.parts(elements, limits.CONTEXT_ELEMENTS)]


def _pieces(words: Text) -> list[str]:
    """A text as mrkdwn, cut to fit; without pieces of which nothing would be seen."""
    return [shown for piece in split(words, PIECE) if (shown := mrkdwn(piece)).strip()]


def _quotation(words: str) -> str:
    """mrkdwn as a quotation: a bare `>` leads each line."""
    return "\n".join(f">{line}" for line in words.splitlines())


def _mrkdwn(words: str) -> Json:
    return {"type": "mrkdwn", "text": words, "verbatim": True}


def _shown(url: str | None) -> bool:
    return url is not None and url.startswith("https://") and limits.size(url) <= limits.IMAGE_URL


def _alt(words: str, limit: int = limits.IMAGE_ALT) -> str:
    return plain_text(words, limit)["text"]  # type: ignore[return-value]
