"""A full text becomes passages of numbered sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.papers.fulltext.model import Block, BlockKind, FullText, Section, TextSource
from bot.reading.papertext import MAX_PASSAGE, MAX_SENTENCE, PaperText
from bot.reading.passages import Passage
from tests.kites import FIGURE, KITES_TEXT, ORDER

KITES = PaperText.of(KITES_TEXT)


def containing(words: str) -> Passage:
    return next(passage for passage in KITES.passages if words in passage.text)


def text_of(*blocks: Block) -> FullText:
    return FullText(paper_id="2607.00002", version=0, source=TextSource.PDF, sections=(Section("1 All", 1, blocks),))


def test_sentences_are_numbered_through_the_paper() -> None:
    numbers = [number for passage in KITES.passages for number in passage.numbers]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_passage_knows_the_headings_above_it() -> None:
    assert containing("Training took").path == ("2 Method", "2.2 Training")
    assert containing("41.8").path == ("3 Results",)


def test_headings_of_skipped_levels_do_not_hang_below_each_other() -> None:
    sections = (
        Section("1 One", 1),
        Section("First:", 4, (Block("paragraph", "About one thing."),)),
        Section("Second:", 4, (Block("paragraph", "About another."),)),
    )
    passages = PaperText.of(replace(KITES_TEXT, sections=sections)).passages
    assert [passage.path for passage in passages] == [("1 One", "First:"), ("1 One", "Second:")]


def test_a_passage_links_to_its_place() -> None:
    assert containing("Training took").link == "https://arxiv.org/html/2607.00001v1#S2.SS2.p1"


def test_a_formula_stays_with_the_words_around_it() -> None:
    assert containing("p = c v^2").sentences == (
        "The pull of the line is given by",
        "p = c v^2",
        "where v is the speed of the wind and c a constant.",
    )


def test_a_list_stays_with_the_sentence_that_opens_it() -> None:
    assert containing("three inputs").sentences[1:] == (
        "the pull of the line",
        "the speed of the wind",
        "the height of the kite",
    )


def test_a_table_stays_with_its_caption() -> None:
    assert "strong | 61.2" in containing("Table 1").sentences


@pytest.mark.parametrize("order", [("caption", "table"), ("table", "caption")])
def test_each_table_has_its_own_caption(order: tuple[BlockKind, BlockKind]) -> None:
    blocks = [Block(kind, f"{kind} {number}") for number in (1, 2) for kind in order]
    assert [sorted(passage.sentences) for passage in PaperText.of(text_of(*blocks)).passages] == [
        ["caption 1", "table 1"],
        ["caption 2", "table 2"],
    ]


def test_a_caption_brings_its_figure() -> None:
    assert containing("Figure 1").figure == FIGURE


def test_scripts_without_blanks_have_sentences_too() -> None:
    text = text_of(
        Block("paragraph", "我们有三个结果：第一，它很快。第二，它很小！" * 3), Block("paragraph", "很长，" * 500)
    )
    first, second = (passage.sentences for passage in PaperText.of(text).passages[:2])
    assert first[0] == "我们有三个结果：第一，它很快。"
    assert all(sentence.endswith("，") for sentence in second)


def test_orders_to_a_model_are_kept_out_and_reported() -> None:
    assert KITES.flagged == (ORDER,)
    assert all(ORDER not in passage.text for passage in KITES.passages)
    assert containing("Nobody has taught").sentences == ("Nobody has taught kites before.", "We do.")


def test_what_is_printed_twice_is_read_once() -> None:
    twice = text_of(Block("paragraph", "A running header here."), Block("paragraph", "a Running  header here."))
    assert len(PaperText.of(twice).passages) == 1


def test_a_long_paragraph_becomes_several_passages() -> None:
    long = text_of(Block("paragraph", " ".join(f"Sentence {number} is about kites." for number in range(200))))
    passages = PaperText.of(long).passages
    assert len(passages) > 1
    assert all(len(passage.text) <= MAX_PASSAGE + len(passage.sentences) for passage in passages)


def test_a_paper_without_text_has_no_passages() -> None:
    assert PaperText.of(text_of()).passages == ()


@given(st.lists(st.text(max_size=2_000), max_size=5))
def test_every_sentence_is_bearable_and_stands_in_its_block(texts: list[str]) -> None:
    full_text = text_of(*(Block("paragraph", text) for text in texts))
    blocks = [" ".join(text.split()) for text in texts]
    for passage in PaperText.of(full_text).passages:
        for sentence in passage.sentences:
            assert 0 < len(sentence) <= MAX_SENTENCE
            assert any(sentence in block for block in blocks)
