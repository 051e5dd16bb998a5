"""Documents as messages and views within Slack's limits.  Pure.

A message holds whole groups of blocks as long as they fit; what does not fit goes on in the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.slack import limits
from adapters.slack.blocks import blocks, title_block
from adapters.slack.escape import escape, shorten
from adapters.slack.limits import Json
from adapters.slack.mrkdwn import mrkdwn, plain_words
from bot.documents.model import (
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
    text,
)
from bot.documents.words import with_code

EMPTY = "There is nothing to show here."
CONTINUED = "… continued"
CUT = "There is more than fits here."


@dataclass(frozen=True, slots=True)
class Message:
    """A message for Slack: `text` is what notifications and screen readers say, `blocks` what is seen."""

    text: str
    blocks: tuple[Json, ...] = ()

    @property
    def payload(self) -> Json:
        """The arguments of `chat.postMessage` and its like that are the same for every message."""
        shared: Json = {"text": self.text, "parse": "none", "link_names": False}
        return shared | {"blocks": list(self.blocks)} if self.blocks else shared

    @property
    def shows_files(self) -> bool:
        """Whether it shows pictures that were uploaded for it."""
        return any("slack_file" in block for block in self.blocks)


def render(document: Document, *, budget: int = limits.BLOCKS_TOTAL) -> list[Message]:
    """A document as one message or more, each at most `budget` heavy."""
    groups = _groups(document)
    packed = list(_pack(groups, limits.BLOCKS_PER_MESSAGE, budget))
    if len(packed) > 1:
        packed = list(_pack(_lightened(groups, limits.BLOCKS_PER_MESSAGE, budget), limits.BLOCKS_PER_MESSAGE, budget))
    first = shorten(_spoken(document), limits.TEXT)
    return [Message(CONTINUED if index else first, tuple(part)) for index, part in enumerate(packed)]


def render_view(document: Document, room: int = limits.BLOCKS_PER_VIEW) -> list[Json]:
    """A document as at most `room` blocks of a modal or the App Home; a longer one ends after a whole group."""
    groups = _groups(document)
    if sum(map(len, groups)) <= room:
        return [block for group in groups for block in group]
    part: list[Json] = []
    for group in groups:
        if len(part) + len(group) > room - 1:
            break
        part += group
    return [*part, *blocks(Footnote(text(CUT)))][:room]


def plain(document: Document) -> list[Message]:
    """A document as text alone, for a Slack that refuses its blocks."""
    return [Message(shorten(_spoken(document_without_pictures(document)), limits.TEXT))]


def sentence(words: str) -> Message:
    """A message of one sentence; what stands between backticks is code."""
    return Message(shorten(mrkdwn(with_code(words)), limits.TEXT))


def document_without_pictures(document: Document) -> Document:
    """The same without what Slack would have to download; pictures are told in words."""
    return replace(document, blocks=tuple(map(_without_picture, document.blocks)))


def _spoken(document: Document) -> str:
    """A document's words without form, in reading order, escaped."""
    return escape("\n".join(filter(None, (document.title, *map(_words, document.blocks))))).strip() or EMPTY


def papers(document: Document) -> tuple[str, ...]:
    """The ids of the papers that a document shows, in order."""
    return tuple(block.paper_id for block in document.blocks if isinstance(block, Card))


def _groups(document: Document) -> list[list[Json]]:
    groups = [title_block(document.title), *map(blocks, document.blocks)]
    return [group for group in groups if group] or [blocks(Footnote(text(EMPTY)))]


def _without_picture(block: Block) -> Block:
    match block:
        case Card():
            return replace(block, thumbnail=None)
        case Image():
            return replace(block, url=None, data=None)
        case _:
            return block


def _lightened(groups: list[list[Json]], most: int, budget: int) -> list[list[Json]]:
    """Groups with as many thumbnails left out, from the last on, as one message needs; all, where that is no help.

    A list that goes on in its thread is worse to read than one whose lower half has no pictures.
    """
    excess = sum(map(limits.weight, groups)) - budget
    lighter = list(groups)
    for index, group in reversed(list(enumerate(groups))):
        if excess <= 0:
            break
        lighter[index] = [{name: part for name, part in block.items() if name != "accessory"} for block in group]
        excess -= limits.weight(group) - limits.weight(lighter[index])
    return lighter if excess <= 0 and sum(map(len, groups)) <= most else groups


def _pack(groups: Iterable[Sequence[Json]], most: int, budget: int) -> Iterator[list[Json]]:
    part: list[Json] = []
    used = 0
    for group in _small_enough(groups, most, budget):
        weight = limits.weight(group)
        if part and (len(part) + len(group) > most or used + weight > budget):
            yield part
            part, used = [], 0
        part = [*part, *group]
        used += weight
    yield part


def _small_enough(groups: Iterable[Sequence[Json]], most: int, budget: int) -> Iterator[Sequence[Json]]:
    """Groups that fit a message as they are; the others block by block."""
    for group in groups:
        if len(group) <= most and limits.weight(group) <= budget:
            yield group
        else:
            yield from ([block] for block in group)


def _words(block: Block) -> str:
    match block:
        case Heading(words) | Code(words):
            return words
        case Paragraph(words) | Footnote(words):
            return plain_words(words)
        case Bullets(items):
            return "\n".join(f"• {plain_words(item)}" for item in items)
        case Quote(words, source):
            return f"“{words}” {plain_words(source)}"
        case Facts(rows):
            return "\n".join(f"{name}: {plain_words(value)}" for name, value in rows)
        case Card():
            number = f"{block.rank}. " if block.rank is not None else ""
            return "\n".join(filter(None, (number + block.title, block.line)))
        case Image():
            return block.alt
        case Actions():
            return ""
