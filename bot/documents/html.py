"""A document as HTML, for mail and feeds: places that run no commands and heed little CSS.

Styles stand on the elements, since mail clients drop style sheets.  No colour is set but a grey that can be read on
white and on black, so a reader's dark mode does as it likes.  Pictures of papers are left out: fetching them would tell
a server who reads, and when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, tzinfo
from html import escape

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

Source = Callable[[Image], str | None]  # the address at which a reader finds a picture, if there is one

GREY = "#767676"  # contrast of 4.5 with white and 4.6 with black; WCAG 2.2 asks for 4.5
FACE = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body style="margin:0;padding:16px;{face}">
<div style="max-width:640px;margin:0 auto">
{body}
</div>
</body>
</html>
"""


def html_page(title: str, body: str) -> str:
    """A whole page around HTML that is safe already."""
    return _PAGE.format(title=_line(title), face=FACE, body=body)


def html_document(document: Document, *, source: Source, zone: tzinfo = UTC) -> str:
    """The document as a fragment of HTML.

    Args:
        document: what to say; buttons that run commands are left out.
        source: where its pictures are; one without an address is told by its description.
        zone: whose wall clock moments are told by.
    """
    return "\n".join(_Writer(source, zone).document(document))


class _Writer:
    def __init__(self, source: Source, zone: tzinfo) -> None:
        self._source = source
        self._zone = zone

    def document(self, document: Document) -> Iterable[str]:
        if document.title.strip():
            yield f'<h1 dir="auto" style="font-size:22px;margin:0 0 16px">{_line(document.title)}</h1>'
        for block in document.blocks:
            yield from self._block(block)

    def _block(self, block: Block) -> Iterable[str]:
        match block:
            case Heading(text=value):
                yield f'<h2 dir="auto" style="font-size:18px;margin:24px 0 8px">{_line(value)}</h2>'
            case Paragraph(text=value):
                yield _paragraph(self._text(value))
            case Footnote(text=value):
                yield _small(self._text(value))
            case Code(text=value):
                yield f'<pre style="white-space:pre-wrap">{escape(harmless(value))}</pre>'
            case Bullets():
                yield self._bullets(block)
            case Quote():
                yield self._quote(block)
            case Facts(rows=rows):
                lines = (f"<strong>{_line(name)}:</strong> {self._text(value)}" for name, value in rows)
                yield _paragraph("<br>".join(lines))
            case Image():
                yield self._image(block)
            case Card():
                yield from self._card(block)
            case Actions(actions=actions):
                yield from _addresses(actions)

    def _card(self, card: Card) -> Iterable[str]:
        rank = "" if card.rank is None else f"{card.rank}. "
        yield (
            '<h2 dir="auto" style="font-size:17px;margin:24px 0 4px;padding-top:16px;border-top:1px solid #c8c8c8">'
            f"{rank}{_anchor(on_one_line(card.title), card.url)}</h2>"
        )
        label = f' <span style="color:{GREY}">[{_line(card.label)}]</span>' if card.label.strip() else ""
        if card.line.strip() or label:
            yield _paragraph(_line(card.line) + label)
        for name, value in card.details:
            yield _paragraph(f"<strong>{_line(name)}:</strong> {_lines(value)}")
        if card.body.strip():
            yield _paragraph(_lines(card.body))
        small = (self._text(card.facts), _line(card.byline), _line(card.why))
        if any(small):
            yield _small("<br>".join(filter(None, small)))

    def _bullets(self, bullets: Bullets) -> str:
        tag = "ol" if bullets.ordered else "ul"
        items = "\n".join(f'<li dir="auto">{self._text(item)}</li>' for item in bullets.items)
        return f'<{tag} style="margin:0 0 12px;padding-left:24px">\n{items}\n</{tag}>'

    def _quote(self, quote: Quote) -> str:
        source = f'<br><span style="color:{GREY}">{self._text(quote.source)}</span>' if quote.source else ""
        style = "margin:0 0 12px;padding-left:12px;border-left:3px solid #c8c8c8"
        return f'<blockquote dir="auto" style="{style}">{_lines(quote.text)}{source}</blockquote>'

    def _image(self, image: Image) -> str:
        title = f"<strong>{_line(image.title)}</strong><br>" if image.title.strip() else ""
        address = self._source(image)
        if address is None:
            return _paragraph(f"{title}[{_line(image.alt)}]")
        alt, style = _line(image.alt), "max-width:100%;height:auto;border:0"
        return _paragraph(f'{title}<img src="{escape(address)}" alt="{alt}" style="{style}">')

    def _text(self, value: Text) -> str:
        return "".join(self._inline(part) for part in value)

    def _inline(self, part: Inline) -> str:
        if isinstance(part, Moment):
            return escape(moment_words(part, self._zone))
        words = _lines(part.text)
        for tag, wanted in (("code", part.code), ("em", part.italic), ("strong", part.bold)):
            words = f"<{tag}>{words}</{tag}>" if wanted else words
        return words if part.link is None else _link(words, part.link)


def _paragraph(words: str) -> str:
    return f'<p dir="auto" style="margin:0 0 12px">{words}</p>'


def _small(words: str) -> str:
    return f'<p dir="auto" style="margin:0 0 12px;font-size:14px;color:{GREY}">{words}</p>'


def _addresses(actions: Iterable[Action]) -> Iterable[str]:
    links = [_anchor(on_one_line(action.label), action.url) for action in actions if action.url]
    if links:
        yield _paragraph(" · ".join(links))


def _anchor(label: str, address: str) -> str:
    return _link(escape(label), address)


def _link(words: str, address: str) -> str:
    """A link, where the address is one of the web's."""
    return f'<a href="{escape(address)}">{words}</a>' if address.startswith(("https://", "http://")) else words


def _lines(value: str) -> str:
    return escape(harmless(value)).replace("\n", "<br>")


def _line(value: str) -> str:
    return escape(on_one_line(value))
