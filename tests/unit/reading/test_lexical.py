"""BM25 ranks by shared, rare words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.lexical import Bm25, terms, trigrams, words

DOCUMENTS = ["the kite is red", "the kite flies", "a boat sails and sails"]


def scores(query: str, documents: list[str] = DOCUMENTS) -> list[float]:
    return Bm25([terms(document) for document in documents]).scores(terms(query))


def test_words_are_lower_cased_and_free_of_punctuation() -> None:
    assert words("The Kite's line, (8 m)!") == ["the", "kite", "s", "line", "8", "m"]


def test_terms_have_no_stop_words_and_no_endings() -> None:
    assert terms("Which kites were flying?") == ["kite", "fli"]


def test_a_name_with_underscores_is_its_parts() -> None:
    assert terms("vocab_size") == terms("vocab size")


def test_a_greek_letter_is_its_name() -> None:
    assert terms("β_1=0.9, Δ, ϵ") == terms("beta 1 0 9 delta epsilon")


def test_words_alike_in_writing_share_runs_of_letters() -> None:
    assert trigrams("vocab") == [" vo", "voc", "oca", "cab", "ab "]
    assert set(trigrams("vocab")) & set(trigrams("the vocabulary")) == {" vo", "voc", "oca", "cab"}
    assert trigrams("of a") == []


def test_the_document_with_more_of_the_words_is_first() -> None:
    ranked = scores("Which kites fly?")
    assert ranked[1] > ranked[0] > 0 == ranked[2]


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    index = Bm25([terms(document) for document in DOCUMENTS])
    assert index.idf("unheard") > index.idf("boat") > index.idf("kite") > 0


def test_the_formula_is_okapis() -> None:
    index = Bm25([["kite"], ["kite", "red"], ["boat"]], k1=1.2, b=0.75)
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    resistance = 1.2 * (0.25 + 0.75 * 1 / (4 / 3))
    assert index.scores(["kite"])[0] == pytest.approx(idf * 2.2 / (1 + resistance))


def test_nothing_shared_scores_nothing() -> None:
    assert scores("submarine") == [0, 0, 0]


def test_no_documents_are_no_trouble() -> None:
    assert scores("kite", []) == []


@given(st.lists(st.text(max_size=60), max_size=8), st.text(max_size=60))
def test_scores_are_never_negative_and_one_each(documents: list[str], query: str) -> None:
    found = scores(query, documents)
    assert len(found) == len(documents)
    assert all(value >= 0 for value in found)
