"""A full text cut into passages of numbered sentences.

A long block becomes several passages; what belongs to the words before it (a formula, the list after a colon, the
"where …" after a formula) stays with them, and a table with its caption.  Sentences that read like instructions to a
model are kept out, and reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.papers.fulltext.model import Block, FullText, Section, TextSource
from bot.papers.fulltext.suspicious import is_instruction_like
from bot.reading.passages import Passage, distinct, numbered
from bot.reading.sentences import split_sentences

MAX_PASSAGE = 1_600  # characters, about 400 tokens: a quarter of what one question's evidence may hold
MAX_SENTENCE = 800  # characters; longer ones are no sentences (a PDF's table, a program), and are parted
_PAUSES = " 、，；"  # where a sentence can be parted, in scripts without blanks, too
_BY_LINE = frozenset({"table", "list", "code"})


@dataclass(frozen=True, slots=True)
class PaperText:
    """A paper's passages, and the sentences that were kept out of them because they read like instructions."""

    full_text: FullText
    passages: tuple[Passage, ...]
    flagged: tuple[str, ...] = ()

    @property
    def is_abstract(self) -> bool:
        """Whether there was no more to read than the abstract."""
        return self.full_text.source is TextSource.ABSTRACT

    @property
    def is_whole(self) -> bool:
        """Whether the full text was read, to its end."""
        return not self.is_abstract and not self.full_text.truncated

    @classmethod
    def of(cls, full_text: FullText) -> PaperText:
        """Cut a full text into passages."""
        flagged: list[str] = []
        passages = [
            honest for passage in _passages(full_text) if (honest := _without_instructions(passage, flagged)).sentences
        ]
        return cls(full_text, numbered(distinct(passages)), tuple(dict.fromkeys(flagged)))


def _without_instructions(passage: Passage, flagged: list[str]) -> Passage:
    suspicious = [sentence for sentence in passage.sentences if is_instruction_like(sentence)]
    flagged.extend(suspicious)
    return replace(passage, sentences=tuple(one for one in passage.sentences if one not in suspicious))


def _passages(full_text: FullText) -> Iterator[Passage]:
    above: list[Section] = []
    for section in full_text.sections:
        above = [*(other for other in above if other.level < section.level), section]
        path = tuple(other.heading for other in above if other.heading)
        for group in _groups(section.blocks):
            yield from _parted(full_text, section, path, group)


def _groups(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Blocks that belong together."""
    group: list[Block] = []
    for block in blocks:
        if group and not _belongs(block, group):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _belongs(block: Block, group: Sequence[Block]) -> bool:
    """Whether a block goes on with what those before it began; a table has one caption, above or below it."""
    before = group[-1]
    match before.kind, block.kind:
        case (("paragraph" | "equation"), "equation"):
            return True
        case "equation", "paragraph":
            return block.text[:1].islower()
        case "paragraph", ("list" | "quote" | "code"):
            return before.text.rstrip().endswith((":", "："))
        case ("caption", "table") | ("table", "caption"):
            return not block.figure and not before.figure and all(other.kind != block.kind for other in group)
        case _:
            return False


def _parted(full_text: FullText, section: Section, path: tuple[str, ...], group: Sequence[Block]) -> Iterator[Passage]:
    """A group of blocks as passages of bearable length."""
    place = next((block for block in group if block.anchor or block.page), None) or section
    figure = next((block.figure for block in group if block.figure), None)
    sentences: list[str] = []
    for sentence in (one for block in group for one in _sentences(block)):
        if sentences and sum(map(len, sentences)) + len(sentence) > MAX_PASSAGE:
            yield _passage(full_text, place, path, sentences, figure)
            sentences = []
        sentences.append(sentence)
    if sentences:
        yield _passage(full_text, place, path, sentences, figure)


def _passage(
    full_text: FullText, place: Block | Section, path: tuple[str, ...], sentences: Sequence[str], figure: str | None
) -> Passage:
    return Passage(
        path=path,
        sentences=tuple(sentences),
        paper_id=full_text.paper_id,
        link=full_text.link(place),
        page=place.page,
        figure=figure,
    )


def _sentences(block: Block) -> Iterator[str]:
    pieces = block.text.splitlines() if block.kind in _BY_LINE else split_sentences(block.text)
    for piece in pieces:
        yield from _bearable(" ".join(piece.split()))


def _bearable(sentence: str) -> Iterator[str]:
    """A sentence, in parts where it is too long to be one."""
    while len(sentence) > MAX_SENTENCE:
        cut = max(sentence.rfind(sign, 0, MAX_SENTENCE) for sign in _PAUSES) + 1 or MAX_SENTENCE
        yield sentence[:cut].rstrip()
        sentence = sentence[cut:].lstrip()
    if sentence:
        yield sentence
