"""A document: what the bot says, in neutral form.  Each adapter renders it; nobody else knows a platform's limits.

Text is a tuple of spans, never a string with markup in it.  A span's text is data: whatever stands in it, an adapter
escapes it.  So there is nothing to inject: bold is a flag, a link is a field that only code fills.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style.  `link` is an https address built by code.

    What `refers` to a channel or a person is that one's id; where the platform can, it is shown by name.  It calls
    nobody.
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str | None = None
    refers: Literal["", "channel", "person"] = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, shown in the reader's own zone where the platform can."""

    at: datetime  # aware
    style: Literal["date", "time", "datetime", "relative"] = "datetime"


Inline = Span | Moment
Text = tuple[Inline, ...]


def text(*parts: str | Inline) -> Text:
    """A text from plain strings and spans: `text("by ", bold("9"), " people")`."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts if part != "")


def bold(value: str) -> Span:
    """A bold span."""
    return Span(value, bold=True)


def italic(value: str) -> Span:
    """A span in italics."""
    return Span(value, italic=True)


def code(value: str) -> Span:
    """A span in a fixed-width face: commands, ids."""
    return Span(value, code=True)


def channel(channel_id: str) -> Span:
    """A channel of the platform, by its id, which must come from the platform."""
    return Span(channel_id, refers="channel")


def person(user_id: str) -> Span:
    """Somebody on the platform, by their id, which must come from the platform."""
    return Span(user_id, refers="person")


def link(label: str, url: str) -> Span:
    """A link.  `url` must come from code, never from a model or a paper's text."""
    return Span(label, link=url)


@dataclass(frozen=True, slots=True)
class Input:
    """A question that an action asks before it can run; a modal where the platform has them."""

    label: str
    placeholder: str = ""
    max_length: int = 2000
    multiline: bool = True


@dataclass(frozen=True, slots=True)
class Action:
    """A button.  Pressing it is the same as typing `/papers {command}`, so there is one grammar for everything.

    With `input`, what the person writes is appended to the command.  With `fills`, the command's form is shown first.
    With `url` it only opens an address.
    """

    label: str
    command: str = ""
    style: Literal["default", "primary", "danger"] = "default"
    input: Input | None = None
    url: str | None = None
    private: bool = False  # the answer is for the person who pressed
    fills: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title inside a document."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Text


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of texts, numbered if `ordered`."""

    items: tuple[Text, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a paper, verbatim, with where they stand."""

    text: str
    source: Text = ()


@dataclass(frozen=True, slots=True)
class Code:
    """Preformatted text."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, a line each."""

    rows: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """The figures of a bar chart: for each label a count in each series."""

    series: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by public address or by its bytes (PNG).  `alt` describes it to those who do not see it.

    A chart has its figures beside it, for places where only text can be shown.
    """

    alt: str
    url: str | None = None
    data: bytes | None = None
    title: str = ""
    bars: Bars | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One paper.  `rank` is its number in the list shown, what `#3` refers to."""

    paper_id: str
    title: str
    url: str
    line: str = ""  # the summary in one line
    label: str = ""  # who wrote the line, if not the model: "Hugging Face's summary"
    rank: int | None = None
    details: tuple[tuple[str, str], ...] = ()  # ("Problem", "…"), ("Method", "…"), …
    facts: Text = ()  # upvotes, comments, code, stars, in one line
    byline: str = ""  # authors (shortened), organization, date
    why: str = ""  # why it is shown here: rise, topic match
    body: str = ""  # the abstract, where the whole paper is shown
    thumbnail: str | None = None
    thumbnail_alt: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Actions:
    """A row of buttons that belong to the whole document: paging, switching."""

    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Footnote:
    """Small print: read from, age, tokens, cost."""

    text: Text


Block = Heading | Paragraph | Bullets | Quote | Code | Facts | Image | Card | Actions | Footnote


class Tone(StrEnum):
    """How a document is meant."""

    NORMAL = "normal"
    NOTICE = "notice"  # nothing wrong, but not what was hoped for: an empty day
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Document:
    """One thing said.  `private` asks the adapter to show it to the person who asked, alone."""

    title: str = ""
    blocks: tuple[Block, ...] = ()
    tone: Tone = Tone.NORMAL
    private: bool = False
    data: object = field(default=None, compare=False)  # the same content for `--json`; plain JSON values

    def with_blocks(self, *blocks: Block) -> Document:
        """The same document with more blocks at its end."""
        return replace(self, blocks=(*self.blocks, *blocks))
