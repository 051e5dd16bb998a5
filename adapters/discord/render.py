"""Documents become Components V2 messages.

Components V2 reads better here than embeds: a paper's buttons and picture stand beside the paper (embeds keep all
buttons below all papers), text is not boxed into fields, and one message holds 4,000 characters of running text.

Rendering is pure.  A document becomes *groups* of components that belong together (a card and its buttons); groups are
packed into as few messages as hold them, and a group is broken only if it alone is more than a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import discord
from discord import ui

from adapters.discord import limits
from adapters.discord.buttons import button
from adapters.discord.escape import cleaned, escaped, in_fence, in_one_line, safe_cut, shortened
from adapters.discord.inline import markdown
from adapters.discord.limits import length
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
    Paragraph,
    Quote,
    Span,
    Text,
    Tone,
    bold,
    italic,
    link,
    text,
)
from bot.documents.plain import plain_document

CUT = "-# Cut here: the rest does not fit into chat."
_PIECE = limits.TEXT_BUDGET - length(CUT) - 60  # room for a line's marks besides
_ACCENTS = {Tone.NOTICE: discord.Colour.gold(), Tone.ERROR: discord.Colour.red()}

Item = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that goes with a message and is shown in it."""

    name: str
    data: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Part:
    """A top-level component with what it takes of a message's limits."""

    item: Item
    components: int = 1
    text: int = 0
    picture: Picture | None = None


Group = list[Part]


@dataclass(slots=True)
class Page:
    """One message, ready to be sent: no content, no embeds, only components and their files."""

    parts: list[Part] = field(default_factory=list)
    tone: Tone = Tone.NORMAL

    @property
    def pictures(self) -> list[Picture]:
        """The files to send along."""
        return [part.picture for part in self.parts if part.picture]

    def takes(self, group: Iterable[Part]) -> bool:
        """Whether a group fits in too, with room left for the mark of a cut."""
        components, characters, files = 1 + (self.tone in _ACCENTS), len(CUT), 0
        for part in (*self.parts, *group):
            components += part.components
            characters += part.text
            files += part.picture is not None
        return components <= limits.COMPONENTS and characters <= limits.TEXT_BUDGET and files <= limits.ATTACHMENTS

    def view(self) -> ui.LayoutView:
        """The components as discord.py sends them; notices and errors stand beside a coloured bar.

        It is stopped: what is pressed comes as an event of its own, so the library need not remember the message.
        """
        view = ui.LayoutView(timeout=None)
        items = [part.item for part in self.parts]
        if self.tone in _ACCENTS:
            view.add_item(ui.Container(*items, accent_colour=_ACCENTS[self.tone]))
        else:
            for item in items:
                view.add_item(item)
        view.stop()
        return view


def pages(document: Document, most: int = limits.MESSAGES) -> list[Page]:
    """The document in at most `most` messages, at least one; if it is longer, the last one says that it was cut."""
    made = [Page(tone=document.tone)]
    for group in _groups(document):
        for portion in [group] if Page(tone=document.tone).takes(group) else [[part] for part in group]:
            if not made[-1].takes(portion) and made[-1].parts:
                made.append(Page(tone=document.tone))
            made[-1].parts.extend(portion)
    if len(made) > most:
        made = made[:most]
        made[-1].parts.append(_display(CUT))
    if not made[0].parts:
        made[0].parts.append(_display("…"))
    return made


def components_of(page: Page) -> list[dict[str, Any]]:
    """The page's components as they are sent."""
    components: list[dict[str, Any]] = page.view().to_components()  # type: ignore[no-untyped-call]
    return components


def without_pictures(document: Document) -> Document:
    """The document with every picture left out: what Discord refuses is most often an address it cannot fetch."""
    kept = (block for block in document.blocks if not isinstance(block, Image))
    blocks = tuple(replace(block, thumbnail=None) if isinstance(block, Card) else block for block in kept)
    return replace(document, blocks=blocks)


def in_plain_words(document: Document) -> Document:
    """The document with nothing but its words."""
    words = plain_document(replace(document, title=""), buttons=False)
    return replace(document, blocks=(Paragraph(text(words)),))


def plain_page(words: str, tone: Tone = Tone.NORMAL) -> Page:
    """One message of plain words, such as an answer so far: as much of its beginning as fits."""
    pieces = markdown(text(words), _PIECE) or ["…"]
    more = " …" if len(pieces) > 1 else ""
    return Page([_display(pieces[0] + more)], tone)


def _groups(document: Document) -> Iterator[Group]:
    used: set[str] = set()
    if document.title:
        yield [_display(line) for line in _title(document.title)]
    for place, block in enumerate(document.blocks):
        yield list(_parts(block, used, place))


def _parts(block: Block, used: set[str], place: int) -> Iterator[Part]:
    match block:
        case Image():
            yield from _image(block, place)
        case Card():
            yield from _card(block, used)
        case Actions(actions=actions):
            yield from _rows(actions, used)
        case _:
            yield from map(_display, _texts(block))


# --- text --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _title(title: str) -> tuple[str, ...]:
    return _marked("## ", text(in_one_line(title)))


@lru_cache(maxsize=1024)  # the same blocks come again and again: help, and the papers of a day
def _texts(block: Heading | Paragraph | Bullets | Quote | Code | Facts | Footnote | Card) -> tuple[str, ...]:
    """The words of a block, each as long as one text component may be."""
    return tuple(content for content in _written_out(block) if content.strip())


def _written_out(block: Heading | Paragraph | Bullets | Quote | Code | Facts | Footnote | Card) -> Iterable[str]:
    match block:
        case Heading(text=value):
            return _marked("### ", text(in_one_line(value)))
        case Paragraph(text=value):
            return markdown(value, _PIECE)
        case Bullets(items=items, ordered=ordered):
            marks = (f"{number}. " if ordered else "- " for number in range(1, len(items) + 1))
            return _joined(line for mark, item in zip(marks, items, strict=True) for line in _marked(mark, item))
        case Quote(text=value, source=source):
            return _joined([*_marked("> ", text(in_one_line(value))), *_marked("-# ", source)])
        case Code(text=value):
            return _fences(value)
        case Facts(rows=rows):
            lines = (_marked("", (bold(in_one_line(name)), Span(" "), *value)) for name, value in rows)
            return _joined(line for row in lines for line in row)
        case Footnote(text=value):
            return _joined(_marked("-# ", value))
        case Card():
            return _joined(_card_lines(block))


def _display(content: str) -> Part:
    return Part(ui.TextDisplay(content), text=length(content))


def _displays(contents: Iterable[str]) -> Iterator[Part]:
    return (_display(content) for content in contents if content.strip())


def _lines(mark: str, value: Text) -> Group:
    return [_display(line) for line in _marked(mark, value)]


def _marked(mark: str, value: Text) -> tuple[str, ...]:
    """The text as one line, or lines if it is very long, the first led in by a mark such as `- `."""
    single = tuple(replace(part, text=_unbroken(part)) if isinstance(part, Span) else part for part in value)
    pieces = [piece.strip() for piece in markdown(single, _PIECE)]
    repeated = mark if mark in ("> ", "-# ") else ""
    return tuple((repeated if number else mark) + piece for number, piece in enumerate(pieces))


def _unbroken(span: Span) -> str:
    """The span's words in one line; white space at its ends stays, as it parts it from its neighbours."""
    words = cleaned(span.text.replace("\t", " "))
    inner = " ".join(words.split())
    return (" " if words[:1].isspace() else "") + inner + (" " if inner and words[-1:].isspace() else "")


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Lines in as few texts as hold them."""
    held: list[str] = []
    size = 0
    for line in lines:
        if held and size + length(line) + 1 > _PIECE:
            yield "\n".join(held)
            held, size = [], 0
        held.append(line)
        size += length(line) + 1
    if held:
        yield "\n".join(held)


def _fences(value: str) -> Iterator[str]:
    rest = in_fence(cleaned(value)).strip("\n")
    while rest.strip():
        at = len(rest) if length(rest) <= _PIECE else _line_end(rest, safe_cut(rest, _PIECE // 2))
        yield f"```\n{rest[:at]}\n```"
        rest = rest[at:].lstrip("\n")


def _line_end(value: str, at: int) -> int:
    for ending in ("\n", " "):
        found = value.rfind(ending, at // 2, at)
        if found > 0:
            return found
    return at


# --- cards, pictures, buttons --------------------------------------------------------------------------------------


def _card(card: Card, used: set[str]) -> Iterator[Part]:
    first, *rest = _texts(card)
    if card.thumbnail and length(card.thumbnail) <= limits.MEDIA_LINK:
        alt = shortened(in_one_line(card.thumbnail_alt) or "First page or figure of the paper", limits.ALT_TEXT)
        section: Item = ui.Section(ui.TextDisplay(first), accessory=ui.Thumbnail(card.thumbnail, description=alt))
        yield Part(section, components=3, text=length(first))
    else:
        yield _display(first)
    yield from _displays(rest)
    yield from _rows(card.actions, used)


def _card_lines(card: Card) -> Iterator[str]:
    number = f"{card.rank}\\. " if card.rank is not None else ""
    yield from _marked(f"### {number}", text(link(in_one_line(card.title) or card.paper_id, card.url)))
    yield from _marked("-# ", text(card.byline))
    yield from _marked(
        "", text(card.line, Span(" "), italic(f"({in_one_line(card.label)})") if card.label.strip() else "")
    )
    for name, value in card.details:
        yield from _marked("", text(bold(in_one_line(name)), " ", value))
    yield from markdown(text(card.body), _PIECE)
    yield from _marked("", text(italic(in_one_line(card.why))))
    yield from _marked("", card.facts)


def _image(image: Image, place: int) -> Iterator[Part]:
    yield from _lines("**", ()) if not image.title.strip() else _lines("", text(bold(in_one_line(image.title))))
    alt = shortened(in_one_line(image.alt), limits.ALT_TEXT) or "A picture"
    picture = Picture(f"picture-{place}.png", image.data, alt) if image.data else None
    address = f"attachment://{picture.name}" if picture else image.url
    if not address or length(address) > limits.MEDIA_LINK:
        yield from _displays([f"-# {escaped(alt)}"[: limits.TEXT_BUDGET // 2]])
        return
    gallery: Item = ui.MediaGallery(discord.MediaGalleryItem(address, description=alt))
    yield Part(gallery, components=1, picture=picture)


def _rows(actions: Iterable[Action], used: set[str]) -> Iterator[Part]:
    """Buttons, five a row; one that no button can carry is written out as the command to type."""
    made: list[Item] = []
    written: list[str] = []
    for action in actions:
        item = button(action, used)
        if item is not None:
            made.append(item)
        else:
            written += _written(action)
    for at in range(0, len(made), limits.BUTTONS_IN_ROW):
        row = made[at : at + limits.BUTTONS_IN_ROW]
        yield Part(ui.ActionRow(*row), components=1 + len(row))
    yield from _displays(_joined(written))


def _written(action: Action) -> tuple[str, ...]:
    label = in_one_line(action.label)
    if action.url:
        return _marked("-# ", text(link(label, action.url)))
    return _marked("-# ", text(f"{label}: ", Span(f"/papers {action.command}", code=True)))
