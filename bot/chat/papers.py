"""One paper: shown in full, and its neighbours."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.chat.engine import Asked
from bot.chat.finding import Finder
from bot.chat.gallery import Gallery, Shown
from bot.chat.paging import Page
from bot.chat.request import Final, Progress, Reply
from bot.discovery.similar import Similar
from bot.documents.model import Action, Actions, Block, Document, Facts, Paragraph, Text, Tone, link, text
from bot.papers.model import Paper
from bot.reading.cards import paper_json


class Papers:
    """Handlers of `show` and `similar`."""

    def __init__(self, finder: Finder, gallery: Gallery, similar: Similar) -> None:
        self._finder = finder
        self._gallery = gallery
        self._similar = similar

    async def show(self, asked: Asked) -> AsyncIterator[Reply]:
        """One paper with its abstract, links and artifacts."""
        yield Progress("Fetching the paper …")
        paper = await self._finder.find(asked.invocation.get("paper"), asked.request)
        yield Final(paper_document(paper, await self._gallery.whole(paper, asked.request)))

    async def similar(self, asked: Asked) -> AsyncIterator[Reply]:
        """Known papers on the same subject."""
        yield Progress("Looking for papers on the same subject …")
        paper = await self._finder.find(asked.invocation.get("paper"), asked.request)
        papers = await self._similar.to(paper, limit=10)
        if not papers:
            yield Final(_nothing_similar(paper))
            return
        shown = await self._gallery.page(papers, Page(), asked.request, written=False)
        yield Final(_similar_document(paper, shown))


def paper_document(paper: Paper, shown: Shown) -> Document:
    """A paper in full: its card, what belongs to it, and links to read on."""
    blocks: tuple[Block, ...] = (*shown.cards, *_belongings(paper), *shown.footnotes, Actions(_links(paper)))
    return Document(blocks=blocks, data=paper_json(shown.sightings[0]))


def _belongings(paper: Paper) -> tuple[Facts, ...]:
    rows: list[tuple[str, Text]] = []
    if paper.published:
        rows.append(("On arXiv since", text(paper.published.isoformat())))
    if paper.project:
        rows.append(("Project", text(link(paper.project, paper.project))))
    for kind in ("model", "dataset", "space"):
        found = [link(one.name, one.url) for one in paper.artifacts if one.kind == kind]
        if found:
            commas = (piece for one in found[:5] for piece in (", ", one))
            rest = f" and {len(found) - 5} more" if len(found) > 5 else ""
            rows.append((f"{kind.capitalize()}s", text(*list(commas)[1:], rest)))
    if paper.keywords:
        rows.append(("Keywords", text(", ".join(paper.keywords[:8]))))
    return (Facts(tuple(rows)),) if rows else ()


def _links(paper: Paper) -> tuple[Action, ...]:
    links = [
        Action("Hugging Face", url=paper.url),
        Action("arXiv", url=paper.arxiv_url),
        Action("PDF", url=paper.arxiv_url.replace("/abs/", "/pdf/")),
    ]
    if paper.repository:
        links.append(Action("Code", url=paper.repository))
    return tuple(links)


def _similar_document(paper: Paper, shown: Shown) -> Document:
    return Document(
        "Similar papers",
        (Paragraph(text("On the subject of ", link(paper.title, paper.url), ":")), *shown.cards, *shown.footnotes),
        data={"to": paper.id, "papers": [paper_json(seen) for seen in shown.sightings], "note": shown.note},
    )


def _nothing_similar(paper: Paper) -> Document:
    sentence = "No known paper is on the same subject yet. More papers become known with every list that is read."
    return Document(blocks=(Paragraph(text(sentence)),), tone=Tone.NOTICE, data={"to": paper.id, "papers": []})
