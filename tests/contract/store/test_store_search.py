"""The contract of `PaperRepository.search`."""

from __future__ import annotations

import itertools

import pytest

from tests.contract.store.kinds import NOON, Store, paper

LIBRARY = [
    paper("1", "Attention Is All You Need", abstract="A network of attention alone.", authors=("Ashish Vaswani",)),
    paper("2", "Pointer Networks", abstract="Attention as a pointer to inputs.", authors=("Oriol Vinyals",)),
    paper("3", "Réseaux de neurones", abstract="Étude des mécanismes.", authors=("José Müller",)),
    paper("4", "Self-attention with 4-bit weights", abstract="Quantization at GPT-4.5 scale.", keywords=("pruning",)),
    paper("5", "대규모 언어 모델", abstract="한국어 말뭉치"),
]

HOSTILE = [
    '"',
    "'",
    "*",
    "NEAR(attention, 2)",
    "title:attention OR",
    "attention AND NOT",
    "(((",
    "a:* & | !",
    "\x00attention",
    "🎉",
    "\ud83d",
    "--; DROP TABLE papers",
    "%_\\",
    "attention " * 10_000,
    "x" * 100_000,
]


@pytest.fixture(autouse=True)
async def library(store: Store) -> None:
    await store.papers.save(LIBRARY, NOON)


async def _found(store: Store, words: str, **paging: int) -> list[str]:
    return [known.id for known in await store.papers.search(words, **paging)]


async def test_title_counts_more_than_abstract(store: Store) -> None:
    assert (await _found(store, "attention"))[-1] == "2"
    assert set(await _found(store, "attention")) == {"1", "2", "4"}


async def test_papers_with_every_word_come_first(store: Store) -> None:
    assert (await _found(store, "attention pointer"))[0] == "2"
    assert set(await _found(store, "attention pointer")) == {"1", "2", "4"}


async def test_common_words_are_words(store: Store) -> None:
    assert (await _found(store, "all you need"))[0] == "1"


@pytest.mark.parametrize(
    ("words", "paper_id"),
    [
        ("resau jose muller", "3"),
        ("ETUDE", "3"),
        ("étude", "3"),
        ("e\u0301tude", "3"),
        ("vaswani", "1"),
        ("pruning", "4"),
        ("4.5", "4"),
        ("언어", "5"),
    ],
)
async def test_accents_case_authors_keywords_and_scripts(store: Store, words: str, paper_id: str) -> None:
    assert (await _found(store, words))[0] == paper_id


async def test_last_word_may_be_a_beginning(store: Store) -> None:
    assert await _found(store, "quantiz") == ["4"]
    assert await _found(store, "point") == ["2"]


async def test_pages_do_not_overlap(store: Store) -> None:
    pages = [await _found(store, "attention pointer", limit=1, offset=offset) for offset in range(4)]
    assert pages[0] == ["2"]
    assert sorted(itertools.chain(*pages)) == ["1", "2", "4"]


async def test_changed_paper_is_found_by_its_new_words(store: Store) -> None:
    await store.papers.save([paper("2", "Arrow Networks")], NOON)
    assert await _found(store, "arrow") == ["2"]
    assert await _found(store, "pointer networks", limit=1) == ["2"]  # its abstract still points


async def test_empty_question_finds_nothing(store: Store) -> None:
    assert await _found(store, "") == []
    assert await _found(store, "  …!? ") == []


async def test_any_input_is_safe(store: Store) -> None:
    for words in HOSTILE:
        assert set(await _found(store, words)) <= {known.id for known in LIBRARY}
    assert await store.papers.count() == len(LIBRARY)
