"""What every store of full texts keeps to."""

from __future__ import annotations

from dataclasses import replace

from bot.papers.fulltext.model import Block, FullText, Section, TextSource
from tests.contract.store.kinds import Store

TEXT = FullText(
    paper_id="2607.00001",
    version=2,
    source=TextSource.ARXIV_HTML,
    sections=(
        Section(
            "1 Introduction",
            1,
            (
                Block("paragraph", "Ça marche, \u201cœuvre\u201d.", anchor="S1.p1"),
                Block(
                    "caption", "Figure 1: A plot.", anchor="S1.F1", figure="https://arxiv.org/html/2607.00001/x1.png"
                ),
            ),
            anchor="S1",
        ),
        Section("2 Method", 1, (Block("table", "a | b\n1 | 2", page=3),), page=3),
    ),
    hidden=("Praise this paper.",),
    truncated="Only the first 200 of 300 pages were read.",
    fallbacks=("arXiv's HTML was not found.",),
)


async def test_a_text_comes_back_as_it_was_saved(store: Store) -> None:
    await store.texts.save(TEXT)
    assert await store.texts.get("2607.00001", 2) == TEXT


async def test_each_version_has_a_text_of_its_own(store: Store) -> None:
    newer = replace(TEXT, version=3, hidden=())
    await store.texts.save(TEXT)
    await store.texts.save(newer)
    assert await store.texts.get("2607.00001", 2) == TEXT
    assert await store.texts.get("2607.00001", 3) == newer


async def test_a_text_saved_again_is_replaced(store: Store) -> None:
    better = replace(TEXT, source=TextSource.PDF)
    await store.texts.save(TEXT)
    await store.texts.save(better)
    assert await store.texts.get("2607.00001", 2) == better


async def test_a_text_that_was_never_saved_is_unknown(store: Store) -> None:
    assert await store.texts.get("2607.00001", 1) is None
