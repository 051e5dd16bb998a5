"""Search over all known papers."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.chat.engine import Asked
from bot.chat.gallery import Gallery, Shown
from bot.chat.grammar import shorten
from bot.chat.paging import Page, read_page
from bot.chat.request import Final, Progress, Reply
from bot.documents.model import Document, Footnote, Paragraph, Tone, text
from bot.papers.library import Library
from bot.reading.cards import paper_json

MAX_RESULTS = 50


class Searching:
    """Handler of `search`."""

    def __init__(self, library: Library, gallery: Gallery) -> None:
        self._library = library
        self._gallery = gallery

    async def search(self, asked: Asked) -> AsyncIterator[Reply]:
        """The best papers for some words, ten a page."""
        words = asked.invocation.get("words")
        page = read_page(asked.invocation)
        yield Progress("Searching …")
        found = await self._library.search(words, limit=MAX_RESULTS)
        notes = () if found.source_answered else (Footnote(text(SOURCE_SILENT)),)
        if not found.papers:
            yield Final(_nothing(words, notes))
            return
        shown = await self._gallery.page(found.papers, page, asked.request, written=False)
        yield Final(_results(words, page, shown, len(found.papers), notes))


SOURCE_SILENT = "Hugging Face does not answer, so this is from the papers known here alone."


def _results(words: str, page: Page, shown: Shown, total: int, notes: tuple[Footnote, ...]) -> Document:
    return Document(
        f"Search: {shorten(words)}",
        (*shown.cards, *notes, *shown.footnotes, *page.more(f"search {shorten(words, 200)}", left=total - page.end)),
        data={
            "words": words,
            "total": total,
            "page": page.number,
            "note": shown.note,
            "papers": [paper_json(seen) for seen in shown.sightings],
        },
    )


def _nothing(words: str, notes: tuple[Footnote, ...]) -> Document:
    sentence = f"No paper was found for “{shorten(words)}”. Fewer or other words may help."
    data = {"words": words, "total": 0, "page": 1, "note": None, "papers": []}
    return Document(blocks=(Paragraph(text(sentence)), *notes), tone=Tone.NOTICE, data=data)
