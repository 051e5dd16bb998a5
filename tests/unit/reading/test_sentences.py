"""Where sentences of scientific English end."""

from __future__ import annotations

import gzip
import json
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.sentences import split_sentences

FRAGMENTS = st.lists(
    st.sampled_from(
        ["We", "show", "e.g.", "et al.", "3.5", "[12].", "Fig. 3", "done.", "Why?", "(i)", "\n", "  ", "x."]
    )
    | st.text(max_size=5),
    max_size=30,
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We gain 3.5 points. This is much.", 2),
        ("As in Fig. 3 and Eq. 4, it holds. So be it.", 2),
        ("Vaswani et al. (2017) did it. We do it again.", 2),
        ("Models, e.g. BERT, i.e. encoders, help. Others do not.", 2),
        ("It beats GPT-4.5 vs. Claude 3.5 by 2.1%. Good.", 2),
        ("By J. Smith and A. B. Jones. It is short.", 2),
        ("This was known [3]. We prove it [4, 5]. Done.", 3),
        ("They said so.[7] We agree.", 2),
        ("We call it “the end.” It is not.", 2),
        ("Does it work? Yes! It does.", 3),
        ("We test datasets, models, etc. in one go. It works.", 2),
        ("We test datasets, models, etc. We find much.", 2),
        ("Serving is slow. vLLM helps.", 2),
        ("Code is at https://example.org/a.b. It is free.", 2),
        ("No full stop at the end", 1),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, count: int) -> None:
    assert len(split_sentences(text)) == count


@given(FRAGMENTS)
def test_the_sentences_joined_are_the_text(text: str) -> None:
    assert " ".join(split_sentences(text)) == " ".join(text.split())


@given(FRAGMENTS)
def test_each_sentence_is_an_exact_part(text: str) -> None:
    collapsed = " ".join(text.split())
    assert all(sentence and sentence in collapsed for sentence in split_sentences(text))


@pytest.mark.real_data
def test_recorded_abstracts_have_sentences_of_usual_number_and_length(shared_data: Path) -> None:
    with gzip.open(shared_data / "huggingface" / "archive.jsonl.gz", "rt", encoding="utf-8") as rows:
        abstracts = [json.loads(row)["entry"]["paper"]["summary"] for row in islice(rows, 0, 8_000, 40)]
    counts = sorted(len(split_sentences(abstract)) for abstract in abstracts)
    lengths = [len(sentence.split()) for abstract in abstracts for sentence in split_sentences(abstract)]
    assert 5 <= counts[len(counts) // 2] <= 10
    assert 18 <= sum(lengths) / len(lengths) <= 30
    assert sum(length < 4 for length in lengths) <= len(lengths) / 50
