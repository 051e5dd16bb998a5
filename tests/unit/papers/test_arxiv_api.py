"""arXiv's Atom answers give papers; errors and pages that are no feed do not."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceUnavailable
from bot.papers.arxiv import Arxiv
from bot.papers.model import Paper
from bot.testing.clock import FakeClock
from bot.testing.fetcher import FakeAnswer, FakeFetcher

BASE = "https://mirror.test"


def atom(*entries: str) -> FakeAnswer:
    spaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"'
    feed = f"<?xml version='1.0' encoding='UTF-8'?><feed {spaces}>{''.join(entries)}</feed>"
    return FakeAnswer(feed.encode(), content_type="application/atom+xml")


def entry(paper_id: str, title: str = "Title", comment: str = "", summary: str = "We\n  show.") -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/{paper_id}</id><title>{escape(title)}</title>"
        f"<published>2017-06-12T17:57:34Z</published><summary>{summary}</summary>"
        f"<author><name>First Author</name></author><author><name/></author>"
        f"<arxiv:comment>{comment}</arxiv:comment></entry>"
    )


def arxiv(answer: FakeAnswer) -> tuple[Arxiv, FakeFetcher]:
    fetcher = FakeFetcher({f"{BASE}/api/query": answer}, FakeClock())
    return Arxiv(fetcher, BASE), fetcher


async def test_an_entry_is_read() -> None:
    source, _ = arxiv(atom(entry("1706.01234v5", "On $n^2$\n  Things")))
    assert await source.papers(["1706.01234"]) == (
        Paper(
            id="1706.01234",
            version=5,
            title="On n² Things",
            abstract="We show.",
            authors=("First Author",),
            published=date(2017, 6, 12),
        ),
    )


async def test_papers_come_in_the_order_asked_for_and_unknown_ones_are_left_out() -> None:
    source, fetcher = arxiv(atom(entry("cs/9901001v1"), entry("2607.00002v1")))
    papers = await source.papers(["2607.00002", "cs/9901001", "2607.00002", "2607.00003", "nonsense"])
    assert [paper.id for paper in papers] == ["2607.00002", "cs/9901001"]
    assert fetcher.requests == [f"{BASE}/api/query?id_list=2607.00002%2Ccs%2F9901001%2C2607.00003&max_results=3"]


async def test_many_papers_are_asked_for_in_batches() -> None:
    source, fetcher = arxiv(atom())
    await source.papers([f"2607.{number:05}" for number in range(250)])
    assert len(fetcher.requests) == 3


async def test_no_ids_ask_nothing() -> None:
    source, fetcher = arxiv(atom())
    assert await source.papers(["nonsense"]) == ()
    assert fetcher.requests == []


async def test_the_public_api_has_a_host_of_its_own() -> None:
    fetcher = FakeFetcher({"https://export.arxiv.org/api/query": atom(entry("2607.00001v1"))}, FakeClock())
    assert len(await Arxiv(fetcher).papers(["2607.00001"])) == 1


@pytest.mark.parametrize(
    ("comment", "summary", "withdrawn"),
    [
        ("This paper has been withdrawn by the author", "We show.", True),
        ("12 pages", "This paper is withdrawn due to an error in section 2.", True),
        ("12 pages", "We study withdrawal from markets; money was withdrew.", False),
    ],
)
async def test_a_withdrawn_paper_says_so(comment: str, summary: str, withdrawn: bool) -> None:
    source, _ = arxiv(atom(entry("2607.00001v2", comment=comment, summary=summary)))
    assert [paper.withdrawn for paper in await source.papers(["2607.00001"])] == [withdrawn]


async def test_an_entry_about_an_error_is_no_paper() -> None:
    error = "<entry><id>https://arxiv.org/api/errors#incorrect_id</id><title>Error</title></entry>"
    source, _ = arxiv(atom(error))
    assert await source.papers(["2607.00001"]) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html><body>captcha</body></html>",
        b"<html><body/></html>",
        b'<!DOCTYPE f [<!ENTITY a "b">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>',
        b"<feed",
        b'<?xml version="1.0" encoding="no-such"?><feed/>',
    ],
)
async def test_what_is_no_feed_is_a_plain_error(body: bytes) -> None:
    source, _ = arxiv(FakeAnswer(body))
    with pytest.raises(SourceUnavailable, match="arXiv answers with something"):
        await source.papers(["2607.00001"])


@given(st.integers(0, 600))
async def test_a_feed_cut_anywhere_is_a_plain_error(length: int) -> None:
    whole = atom(entry("2607.00001v1"), entry("2607.00002v1")).body
    source, _ = arxiv(FakeAnswer(whole[:length]))
    with pytest.raises(SourceUnavailable):
        await source.papers(["2607.00001"])
