"""A document as rich renderables, for a terminal with colours.

Every text from outside goes through `harmless` and into `rich.text.Text`, never through rich's own markup: so neither
an escape sequence nor `[link=…]` in a title does anything.  Links are OSC 8 hyperlinks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text as RichText

from bot.documents.bars import bar_lines, legend
from bot.documents.model import (
    Action,
    Actions,
    Bars,
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
    Tone,
    text,
)
from bot.documents.words import harmless, moment_words, on_one_line

TITLES = {Tone.NORMAL: "bold cyan", Tone.NOTICE: "bold yellow", Tone.ERROR: "bold red"}
MARKS = {Tone.NORMAL: "", Tone.NOTICE: "", Tone.ERROR: "✗ "}
DIM = "bright_black"
LONGEST_NAME = 28  # columns
TWO_COLUMNS = 50  # columns; in a narrower window a value beside its name is a strip


def render(document: Document) -> RenderableType:
    """The whole document; the console that prints it decides the width."""
    parts: list[RenderableType] = []
    if title := MARKS[document.tone] + on_one_line(document.title):
        parts += [RichText(title, style=TITLES[document.tone]), ""]
    for block in document.blocks:
        rendered = render_block(block)
        if rendered is not None:
            parts += [rendered, ""]
    if hint := _hint(document):
        parts += [hint, ""]
    return Group(*parts[:-1])


def render_block(block: Block) -> RenderableType | None:
    """One block; None where there is nothing to see."""
    match block:
        case Heading(text=value):
            return RichText(on_one_line(value), style="bold")
        case Paragraph(text=value):
            return styled(value)
        case Footnote(text=value):
            return styled(value, DIM)
        case Code(text=value):
            return Padding(RichText(harmless(value), style="green"), (0, 0, 0, 4))
        case Bullets():
            return _bullets(block)
        case Quote():
            return _quote(block)
        case Facts():
            return _facts(block)
        case Image():
            return _image(block)
        case Card():
            return _card(block)
        case Actions():
            return _actions(block)


def styled(value: Text, style: str = "") -> RichText:
    """Running text, in the reader's own time zone."""
    result = RichText(style=style)
    for part in value:
        result.append_text(_inline(part))
    return result


def _inline(part: Inline) -> RichText:
    if isinstance(part, Moment):
        return RichText(moment_words(part, zone=None))
    style = Style(
        bold=part.bold or None,
        italic=part.italic or None,
        color="green" if part.code else None,
        underline=True if part.link else None,
        link=part.link,
    )
    return RichText(harmless(part.text), style=style)


def _card(card: Card) -> RenderableType:
    rank = RichText("" if card.rank is None else str(card.rank), style="bold yellow", justify="right")
    return _grid([(rank, Group(*_card_lines(card)))], narrow=4 if card.rank is not None else 0)


def _card_lines(card: Card) -> Iterable[RenderableType]:
    yield RichText(on_one_line(card.title), style=Style(bold=True, link=card.url))
    if card.line or card.label:
        label = f"  [{on_one_line(card.label)}]" if card.label else ""
        yield RichText(on_one_line(card.line)).append(label, style=DIM)
    if card.details:
        yield _facts(Facts(tuple((name, text(sentence)) for name, sentence in card.details)))
    if card.facts:
        yield styled(card.facts, "magenta")
    if card.byline:
        yield RichText(on_one_line(card.byline), style=DIM)
    if card.why:
        yield RichText(harmless(card.why), style="yellow")
    if card.body:
        yield RichText("\n" + harmless(card.body))


def _facts(facts: Facts) -> RenderableType:
    rows = [(RichText(on_one_line(name), style="cyan"), styled(value)) for name, value in facts.rows]
    return _Facts(rows)


@dataclass(frozen=True, slots=True)
class _Facts:
    """Two columns where there is room and the names are short enough for one, else each name over its value."""

    rows: list[tuple[RichText, RichText]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if options.max_width >= TWO_COLUMNS and all(name.cell_len <= LONGEST_NAME for name, _ in self.rows):
            yield _grid(self.rows)
            return
        for name, value in self.rows:
            yield name
            yield Padding(value, (0, 0, 0, 2))


def _bullets(bullets: Bullets) -> RenderableType:
    marks = (f"{number}." if bullets.ordered else "•" for number in range(1, len(bullets.items) + 1))
    return _grid((RichText(mark), styled(item)) for mark, item in zip(marks, bullets.items, strict=True))


def _quote(quote: Quote) -> RenderableType:
    words = RichText(harmless(quote.text), style="italic")
    source = [styled(quote.source, DIM)] if quote.source else []
    return Padding(Group(words, *source), (0, 0, 0, 4))


def _image(image: Image) -> RenderableType:
    if image.bars is not None:
        title = [RichText(on_one_line(image.title), style="bold")] if image.title else []
        return Group(*title, RichText(legend(image.bars), style=DIM), _Chart(image.bars))
    alt = RichText(f"[{on_one_line(image.alt)}]", style=Style(link=image.url, color=DIM))
    return RichText(" ").join([RichText(on_one_line(image.title)), alt]) if image.title else alt


@dataclass(frozen=True, slots=True)
class _Chart:
    """A bar chart, as wide as there is room."""

    bars: Bars

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in bar_lines(self.bars, options.max_width):
            yield RichText(line, style="cyan", no_wrap=True, overflow="ellipsis")


def _actions(row: Actions) -> RichText | None:
    """Links side by side, then what can be typed, a line each."""
    links = [
        RichText(on_one_line(one.label), style=Style(underline=True, link=one.url)) for one in row.actions if one.url
    ]
    lines = [RichText(" · ").join(links)] if links else []
    lines += [_command(action) for action in row.actions if not action.url]
    return RichText("\n").join(lines) if lines else None


def _command(action: Action) -> RichText:
    label = RichText(f"{on_one_line(action.label)}: ", style=DIM)
    rest = " …" if action.input else ""
    return label.append(RichText(on_one_line(action.command) + rest, style="green"))


def _hint(document: Document) -> RichText | None:
    """What to type about a card, once for all of them, as there is nothing to press here."""
    cards = [block for block in document.blocks if isinstance(block, Card) and block.actions]
    if not cards:
        return None
    card = cards[0]
    commands = dict.fromkeys(action.command.partition(" ")[0] for action in card.actions if action.command)
    name = card.paper_id if card.rank is None else f"#{card.rank}"
    shown = (RichText(on_one_line(f"{command} {name}"), style="green") for command in commands)
    return RichText("Next: ", style=DIM).append_text(RichText(", ", style=DIM).join(shown))


def _grid(rows: Iterable[tuple[RenderableType, RenderableType]], narrow: int | None = None) -> RenderableType:
    """Two columns; the first as wide as it needs to be (or `narrow`), the second takes what is left."""
    rows = list(rows)
    if narrow == 0:
        return Group(*chain.from_iterable(row[1:] for row in rows))
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=narrow, overflow="fold")
    grid.add_column(ratio=1, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid
