"""The ladder on answers of every kind."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from bot.errors import NotFound, RateLimited, SourceUnavailable, StoreError, Transient
from bot.papers.fulltext.ladder import MAKESHIFT_KEPT, Sources, TextLadder
from bot.papers.fulltext.model import FullText, TextSource
from bot.papers.fulltext.workshop import Workshop
from bot.papers.model import Paper
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher
from bot.testing.pdf import make_pdf, page_of
from bot.testing.texts import FakeTexts

PAPER = Paper(id="2607.00001", title="Trees", abstract="Trees grow.", version=2)
LINES = [f"Tree number {number} grew a little every day of the week, as trees do." for number in range(20)]
HTML = (
    '<div class="ltx_page_main"><article class="ltx_document"><section class="ltx_section" id="S1">'
    '<h2 class="ltx_title">1 Growth</h2>' + "".join(f"<p>{line}</p>" for line in LINES) + "</section></article></div>"
)
MARKDOWN = "# Trees\n\n## Abstract\n\nOn trees.\n\n## Growth\n\n" + "\n\n".join(LINES) + "\n\n## Fall\n\nLeaves fall."
HF_PAGE = "# Trees\n\nUpvote\n\n## Abstract\n\nOn trees.\n\n## Models citing this paper\n\n" + "\n\n".join(LINES)
PDF = make_pdf([page_of(["1 Growth", *LINES])])

ARXIV_HTML = "https://arxiv.org/html/2607.00001v2"
AR5IV = "https://ar5iv.labs.arxiv.org/html/2607.00001"
HF = "https://huggingface.co/papers/2607.00001.md"
ARXIV_PDF = "https://arxiv.org/pdf/2607.00001v2"
ALL = {
    ARXIV_HTML: FakeAnswer(HTML.encode()),
    AR5IV: FakeAnswer(HTML.encode()),
    HF: FakeAnswer(MARKDOWN.encode()),
    ARXIV_PDF: FakeAnswer(PDF),
}
RUNGS = (TextSource.ARXIV_HTML, TextSource.AR5IV, TextSource.HF_MARKDOWN, TextSource.PDF, TextSource.ABSTRACT)
BAD: dict[str, FakeAnswer | Transient | None] = {
    "missing": None,
    "down": SourceUnavailable("It does not answer."),
    "busy": RateLimited("It asks for patience."),
    "empty": FakeAnswer(b""),
    "garbage": FakeAnswer(b"\x00\xff" * 500),
    "a notice": FakeAnswer(b"<html><body>Temporarily unavailable</body></html>"),
}


class NoRoom(FakeTexts):
    """Keeps nothing."""

    async def save(self, text: FullText) -> None:
        """There is no room."""
        raise StoreError("The disk is full.")


class Shelf:
    """A ladder with what stands around it."""

    def __init__(
        self, answers: Mapping[str, FakeAnswer | Transient], workshop: Workshop, texts: FakeTexts | None = None
    ) -> None:
        self.clock = FakeClock()
        self.fetcher = FakeFetcher(answers, self.clock)
        self.texts = texts or FakeTexts()
        self.ladder = TextLadder(self.fetcher, self.texts, self.clock, workshop)


@pytest.mark.parametrize("failing", range(5))
async def test_each_rung_is_taken_when_those_above_are_missing(workshop: Workshop, failing: int) -> None:
    answers = dict(list(ALL.items())[failing:])
    text = await Shelf(answers, workshop).ladder.read(PAPER)
    assert (text.source, len(text.fallbacks)) == (RUNGS[failing], failing)


@pytest.mark.parametrize("fault", BAD)
async def test_however_a_rung_fails_the_next_is_taken(workshop: Workshop, fault: str) -> None:
    bad = BAD[fault]
    answers = {ARXIV_HTML: bad, AR5IV: bad, HF: bad}
    shelf = Shelf({url: answer for url, answer in answers.items() if answer} | {ARXIV_PDF: ALL[ARXIV_PDF]}, workshop)
    text = await shelf.ladder.read(PAPER)
    assert text.source is TextSource.PDF
    assert all(reason.startswith(source.label) for reason, source in zip(text.fallbacks, RUNGS, strict=False))
    assert len(text.fallbacks) == 3


async def test_the_page_of_hugging_face_is_not_taken_for_the_paper(workshop: Workshop) -> None:
    text = await Shelf({HF: FakeAnswer(HF_PAGE.encode())}, workshop).ladder.read(PAPER)
    assert text.source is TextSource.ABSTRACT
    assert "only its page" in text.fallbacks[2]


async def test_fifty_questions_at_once_fetch_and_parse_once(workshop: Workshop) -> None:
    shelf = Shelf(ALL, workshop)
    texts = await asyncio.gather(*(shelf.ladder.read(PAPER) for _ in range(50)))
    assert shelf.fetcher.requests == [ARXIV_HTML]
    assert len(set(map(id, texts))) == 1


async def test_one_who_stops_waiting_does_not_stop_the_others(workshop: Workshop) -> None:
    shelf = Shelf(ALL, workshop)
    leaving = asyncio.create_task(shelf.ladder.read(PAPER))
    staying = asyncio.create_task(shelf.ladder.read(PAPER))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).source is TextSource.ARXIV_HTML


async def test_a_text_is_kept(workshop: Workshop) -> None:
    shelf = Shelf(ALL, workshop)
    first = await shelf.ladder.read(PAPER)
    assert await shelf.ladder.read(PAPER) == first == await shelf.texts.get(PAPER.id, 2)
    assert len(shelf.fetcher.requests) == 1


async def test_a_text_that_cannot_be_kept_is_read_all_the_same(workshop: Workshop) -> None:
    shelf = Shelf(ALL, workshop, NoRoom())
    first, second = await shelf.ladder.read(PAPER), await shelf.ladder.read(PAPER)
    assert first is second
    assert first.source is TextSource.ARXIV_HTML


async def test_an_abstract_is_not_kept_for_long(workshop: Workshop) -> None:
    shelf = Shelf({}, workshop)
    await shelf.ladder.read(PAPER)
    asked = len(shelf.fetcher.requests)
    await shelf.ladder.read(PAPER)
    assert len(shelf.fetcher.requests) == asked
    shelf.clock.advance(MAKESHIFT_KEPT.total_seconds() + 1)
    shelf.fetcher.answers = ALL
    assert (await shelf.ladder.read(PAPER)).source is TextSource.ARXIV_HTML


async def test_what_was_read_while_a_better_source_was_down_is_not_kept_for_long(workshop: Workshop) -> None:
    shelf = Shelf(ALL | {ARXIV_HTML: SourceUnavailable("It does not answer.")}, workshop)
    makeshift = await shelf.ladder.read(PAPER)
    shelf.fetcher.answers = ALL
    assert await shelf.ladder.read(PAPER) is makeshift
    assert await shelf.texts.get(PAPER.id, 2) is None
    shelf.clock.advance(MAKESHIFT_KEPT.total_seconds() + 1)
    assert (await shelf.ladder.read(PAPER)).source is TextSource.ARXIV_HTML


async def test_what_was_read_as_no_better_source_has_it_is_kept(workshop: Workshop) -> None:
    shelf = Shelf({ARXIV_PDF: ALL[ARXIV_PDF]}, workshop)
    assert await shelf.ladder.read(PAPER) == await shelf.texts.get(PAPER.id, 2)


async def test_without_even_an_abstract_there_is_a_plain_sentence(workshop: Workshop) -> None:
    with pytest.raises(NotFound, match="no text"):
        await Shelf({}, workshop).ladder.read(Paper(id="2607.00001", title="Trees"))


@pytest.mark.parametrize("paper_id", ["../../etc/passwd", "2607.00001?x=1", "", "2607.00001/../x", "a b"])
async def test_an_id_that_is_none_reaches_no_source(workshop: Workshop, paper_id: str) -> None:
    shelf = Shelf(ALL, workshop)
    text = await shelf.ladder.read(Paper(id=paper_id, title="Trees", abstract="Trees grow."))
    assert (text.source, shelf.fetcher.requests) == (TextSource.ABSTRACT, [])


async def test_a_withdrawn_paper_has_its_abstract(workshop: Workshop) -> None:
    withdrawn = Paper(id="2607.00001", title="Trees", abstract="Withdrawn by the authors.", withdrawn=True)
    shelf = Shelf(ALL, workshop)
    assert (await shelf.ladder.read(withdrawn)).source is TextSource.ABSTRACT
    assert shelf.fetcher.requests == []


def test_a_mirror_of_arxiv_has_no_ar5iv_beside_it() -> None:
    assert Sources.of("http://127.0.0.1:8899/", "https://huggingface.co").ar5iv is None
    assert Sources.of("https://arxiv.org", "https://huggingface.co").ar5iv == "https://ar5iv.labs.arxiv.org"
