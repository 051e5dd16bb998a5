"""The passages that answer come first."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import ModelUnavailable
from bot.reading.packing import estimated_tokens, pack
from bot.reading.papertext import PaperText
from bot.reading.passages import Passage, numbered
from bot.reading.retrieval import Hit, PassageIndex, fuse, retells, specificity, standardized
from bot.reading.semantic import StaticEmbedder
from tests.kites import KITES_TEXT

if TYPE_CHECKING:
    from bot.reading.semantic import Vectors

PASSAGES = PaperText.of(KITES_TEXT).passages
needs_numpy = pytest.mark.skipif(importlib.util.find_spec("wordllama") is None, reason="needs the extra `semantic`")


def passage(text: str, *path: str) -> Passage:
    return Passage(path=path, sentences=(text,))


def hits(*texts: str) -> list[Hit]:
    return [Hit(each, 0, 0, None) for each in numbered(passage(text, "1 All") for text in texts)]


class BrokenEmbedder:
    """Implements `Embedder` by failing."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        raise ModelUnavailable("no answer")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How long did training take?", "Training took 12 hours"),
        ("Which inputs does the controller use?", "three inputs"),
        ("How many minutes did the kite stay up?", "41.8 minutes"),
    ],
)
async def test_the_passage_that_answers_is_first(question: str, answer: str) -> None:
    index = await PassageIndex.build(PASSAGES)
    assert answer in (await index.search(question))[0].passage.text


async def test_without_meaning_words_alike_in_writing_are_found() -> None:
    index = await PassageIndex.build(PASSAGES)
    assert "three inputs" in (await index.search("What is the controlling made of?"))[0].passage.text


@needs_numpy
async def test_meaning_finds_what_shares_no_word() -> None:
    index = await PassageIndex.build(PASSAGES, StaticEmbedder())
    found = (await index.search("What is the learning speed hyperparameter?"))[:2]
    assert any("learning rate of 0.1" in hit.passage.text for hit in found)
    assert all(hit.similarity is not None for hit in found)


@needs_numpy
def test_vectors_have_length_one_or_none_at_all() -> None:
    rows = StaticEmbedder().vectors(["a kite", ""])
    assert float(rows[0] @ rows[0]) == pytest.approx(1, abs=1e-4)
    assert not rows[1].any()


async def test_a_broken_embedder_leaves_words() -> None:
    index = await PassageIndex.build(PASSAGES, BrokenEmbedder())
    found = await index.search("How long did training take?")
    assert "12 hours" in found[0].passage.text
    assert found[0].similarity is None


async def test_an_empty_paper_has_no_hits() -> None:
    assert await (await PassageIndex.build(())).search("anything") == []


@given(question=st.text(max_size=200))
async def test_any_question_ranks_every_passage_once(question: str) -> None:
    index = await PassageIndex.build(PASSAGES)
    found = await index.search(question)
    assert sorted(hit.passage.first for hit in found) == [each.first for each in PASSAGES]


def test_fusing_prefers_what_both_put_high() -> None:
    fused = fuse([[3, 2, 1], [1, 3, 2]])
    assert max(range(3), key=fused.__getitem__) == 1


@pytest.mark.parametrize("heading", ["Abstract", "5 Conclusions", "2 Related Work", "Acknowledgments", "Future work"])
def test_sections_that_retell_are_known(heading: str) -> None:
    assert retells(passage("words", heading))


@pytest.mark.parametrize("heading", ["1 Introduction", "4 Results", "Abstraction layers", ""])
def test_sections_that_tell_are_not_taken_for_retelling(heading: str) -> None:
    assert not retells(passage("words", heading))


def test_digits_make_a_passage_specific() -> None:
    assert specificity("no digits") < specificity("in 7 cases") < specificity("in 1999") == 1


@example([-1e6, -999999.9999999999])
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_standardized_values_have_mean_zero(values: list[float]) -> None:
    assert sum(standardized(values)) == pytest.approx(0, abs=1e-6)


def test_packing_keeps_the_budget_and_the_papers_order() -> None:
    ranked = hits(*(f"Sentence {number} of some length about kites." for number in range(40)))
    chosen = pack(list(reversed(ranked)), 100)
    assert [each.first for each in chosen] == sorted(each.first for each in chosen)
    assert 0 < sum(estimated_tokens(each.text) for each in chosen) <= 100


def test_packing_skips_what_does_not_fit_and_goes_on() -> None:
    assert [each.text for each in pack(hits("kite " * 200, "Short and good."), 50)] == ["Short and good."]


def test_packing_takes_near_duplicates_once() -> None:
    same = "The kite flew for twelve hours over the long grey beach near town"
    assert len(pack(hits(same, f"{same}.", "Something else altogether."), 500)) == 2


@given(st.lists(st.text(min_size=1, max_size=300), max_size=20), st.integers(0, 300))
def test_packed_text_never_exceeds_the_budget(texts: list[str], budget: int) -> None:
    assert sum(estimated_tokens(each.text) for each in pack(hits(*texts), budget)) <= budget
