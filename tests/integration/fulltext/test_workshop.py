"""Parsing in a process of its own, with documents that nobody should have to read."""

from __future__ import annotations

import asyncio
import zlib

import pytest

from bot.errors import Unreadable
from bot.papers.fulltext.workshop import MAX_BYTES, Kind, Workshop
from bot.testing.pdf import make_pdf, page_of

LINES = [f"Sentence number {number} says what there is to say of it, and no more." for number in range(30)]
PAPER = make_pdf([page_of(["1 Introduction", *LINES])])
HTML = (
    '<article class="ltx_document"><section class="ltx_section" id="S1"><h2 class="ltx_title">1 Introduction</h2>'
    + "".join(f'<div class="ltx_para" id="S1.p{n}"><p class="ltx_p">{line}</p></div>' for n, line in enumerate(LINES))
    + "</section></article>"
)


def _bomb() -> bytes:
    """A PDF whose only page unpacks to 150 MB of operators."""
    content = zlib.compress(b"0 0 m " * 25_000_000, 9)
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content)
    plain = make_pdf([page_of(LINES)])
    start = plain.index(b"<< /Length")
    return plain[:start] + stream + plain[plain.index(b"endstream") + len("endstream") :]


GARBAGE: dict[str, tuple[Kind, bytes]] = {
    "nothing": ("pdf", b""),
    "noise": ("pdf", bytes(range(256)) * 100),
    "a head without a body": ("pdf", b"%PDF-1.7\n%%EOF"),
    "half a PDF": ("pdf", PAPER[: len(PAPER) // 3]),
    "a PDF of empty pages": ("pdf", make_pdf([[], [], []])),
    "a page about a paper": ("html", b"<html><body><h1>No HTML for this paper</h1></body></html>"),
    "a deep tree": ("html", b'<article class="ltx_document">' + b"<div>" * 10_000 + b"x"),
    "HTML as Markdown": ("markdown", b"<!doctype html><html><head></head><body></body></html>"),
    "zeros": ("markdown", bytes(1_000_000)),
    "something else": ("html", b'{"error": "not found"}'),
}


async def test_a_pdf_is_read(workshop: Workshop) -> None:
    parsed = await workshop.parse("pdf", PAPER, "")
    assert [section.heading for section in parsed.sections] == ["1 Introduction"]
    assert "Sentence number 7" in parsed.sections[0].text


async def test_html_is_read(workshop: Workshop) -> None:
    parsed = await workshop.parse("html", HTML.encode(), "https://arxiv.org/html/2607.00001/")
    assert [block.anchor for block in parsed.sections[0].blocks][:2] == ["S1.p0", "S1.p1"]


@pytest.mark.parametrize("name", GARBAGE)
async def test_garbage_is_refused_with_a_sentence(workshop: Workshop, name: str) -> None:
    kind, body = GARBAGE[name]
    with pytest.raises(Unreadable) as refused:
        await workshop.parse(kind, body, "")
    assert refused.value.sentence.endswith(".")


async def test_after_garbage_the_next_document_is_read(workshop: Workshop) -> None:
    with pytest.raises(Unreadable):
        await workshop.parse("pdf", b"garbage", "")
    assert (await workshop.parse("pdf", PAPER, "")).sections


async def test_forty_megabytes_are_not_even_looked_at(workshop: Workshop) -> None:
    with pytest.raises(Unreadable, match="larger than 30 MB"):
        await workshop.parse("pdf", b"%PDF-1.4" + bytes(MAX_BYTES), "")


async def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    workshop = Workshop(processes=1, seconds=0.02)  # less than a process needs to start
    try:
        with pytest.raises(Unreadable, match="too long"):
            await workshop.parse("pdf", PAPER, "")
    finally:
        await workshop.close()


async def test_a_document_that_takes_too_much_memory_ends_its_process_alone() -> None:
    workshop = Workshop(processes=1, memory=250_000_000)
    try:
        with pytest.raises(Unreadable):
            await workshop.parse("pdf", _bomb(), "")
        assert (await workshop.parse("pdf", PAPER, "")).sections
    finally:
        await workshop.close()


async def test_a_caller_who_leaves_does_not_spoil_the_next_answer(workshop: Workshop) -> None:
    await workshop.parse("html", HTML.encode(), "")
    leaving = asyncio.create_task(workshop.parse("html", HTML.encode() * 20, ""))
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert [section.heading for section in (await workshop.parse("pdf", PAPER, "")).sections] == ["1 Introduction"]


async def test_five_megabytes_of_html_are_read(workshop: Workshop) -> None:
    more = "<p class='ltx_p'>More of the same, again and again.</p>" * 100_000
    large = HTML.replace("</section>", f"{more}</section>")
    assert len(large) > 5_000_000
    parsed = await workshop.parse("html", large.encode(), "")
    assert parsed.truncated is not None
