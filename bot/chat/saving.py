"""A person's reading list."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.chat.engine import Asked
from bot.chat.finding import Finder
from bot.chat.gallery import Gallery
from bot.chat.paging import read_page
from bot.chat.request import Final, Reply
from bot.documents.model import Action, Actions, Document, Paragraph, Tone, link, text
from bot.documents.words import with_code
from bot.papers.library import Library
from bot.ports import Clock, SavedPapers
from bot.reading.cards import paper_json

SHOW_SAVED = Actions((Action("My reading list", "saved", private=True),))


class Saving:
    """Handlers of `save`, `unsave` and `saved`.  What they answer is for the person who asked, alone."""

    def __init__(self, saved: SavedPapers, finder: Finder, library: Library, gallery: Gallery, clock: Clock) -> None:
        self._saved = saved
        self._finder = finder
        self._library = library
        self._gallery = gallery
        self._clock = clock

    async def save(self, asked: Asked) -> AsyncIterator[Reply]:
        """Put a paper on the list."""
        request = asked.request
        paper = await self._finder.find(asked.invocation.get("paper"), request)
        new = await self._saved.save(request.place.workspace, request.user, paper.id, self._clock.now())
        where = " is on your reading list now." if new else " is on your reading list already."
        yield Final(
            Document(
                blocks=(Paragraph(text(link(paper.title, paper.url), where)), SHOW_SAVED),
                private=True,
                data={"saved": paper.id, "new": new},
            )
        )

    async def unsave(self, asked: Asked) -> AsyncIterator[Reply]:
        """Take a paper off the list; no source is asked."""
        request = asked.request
        reference = await self._finder.resolve(asked.invocation.get("paper"), request)
        there = await self._saved.remove(request.place.workspace, request.user, reference.id)
        sentence = f"{reference.id} is off your reading list." if there else f"{reference.id} was not on it."
        yield Final(
            Document(
                blocks=(Paragraph(text(sentence)), SHOW_SAVED),
                private=True,
                data={"removed": reference.id, "there": there},
            )
        )

    async def saved(self, asked: Asked) -> AsyncIterator[Reply]:
        """The list, newest first; numbered only where nobody else's `#3` would change by it."""
        request, page = asked.request, read_page(asked.invocation)
        ids = await self._saved.saved(request.place.workspace, request.user)
        if not ids:
            yield Final(_empty())
            return
        papers = await self._library.papers(ids)
        shown = await self._gallery.page(papers, page, request, numbered=request.direct, written=False)
        yield Final(
            Document(
                "Your reading list",
                (*shown.cards, *shown.footnotes, *page.more("saved", left=len(papers) - page.end)),
                private=True,
                data={
                    "total": len(papers),
                    "page": page.number,
                    "papers": [paper_json(seen) for seen in shown.sightings],
                },
            )
        )


def _empty() -> Document:
    sentence = "Your reading list is empty. `save` and a paper puts one on it, or a paper's Save button."
    return Document(
        blocks=(Paragraph(with_code(sentence)),),
        tone=Tone.NOTICE,
        private=True,
        data={"total": 0, "page": 1, "papers": []},
    )
