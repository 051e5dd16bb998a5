"""The abstract's own best sentence."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.extractive import best_sentence, first_sentence
from bot.reading.plain import word_count
from bot.reading.shortening import WHOLE

TITLE = "Rook: Pruning Attention Heads for Fast Inference"
ABSTRACT = (
    "Large models are slow. However, many of their parts are idle. We propose Rook, which prunes attention heads "
    "during inference without training. On 12 datasets it is 3 times faster. Code is available at example.org."
)
WORDS = st.lists(st.sampled_from(["alpha", "beta,", "gamma;", "(delta)", "epsilon:", "zeta.", "注意力"]), max_size=90)


def test_the_sentence_that_says_what_was_done_is_the_best() -> None:
    expected = "We propose Rook, which prunes attention heads during inference without training."
    assert best_sentence(TITLE, ABSTRACT) == expected


def test_without_an_abstract_there_is_the_title() -> None:
    assert best_sentence(TITLE, " ") == TITLE


def test_a_long_summary_gives_its_first_sentence() -> None:
    assert first_sentence(ABSTRACT) == "Large models are slow."


def test_a_sentence_is_shown_whole_or_not_at_all() -> None:
    endless = "We propose " + "very " * 60 + "long sentences."
    assert best_sentence(TITLE, f"{endless} It works.") == "It works."
    assert best_sentence(TITLE, endless) == TITLE
    assert first_sentence(endless) == ""


@given(WORDS.map(" ".join), WORDS.map(" ".join))
def test_what_is_shown_is_never_too_long_nor_cut(title: str, abstract: str) -> None:
    line = best_sentence(title, abstract)
    assert line == title or word_count(line) <= WHOLE
    assert "…" not in line


@pytest.mark.real_data
def test_it_beats_title_and_first_sentence_on_human_summaries(shared_data: Path) -> None:
    scores: Counter[str] = Counter()
    for row in (shared_data / "summaries" / "scitldr_dev.jsonl").read_text(encoding="utf-8").splitlines()[::4]:
        paper = json.loads(row)
        sentences, title = paper["source"], paper["title"]
        ours = best_sentence(title, " ".join(sentences))
        for name, line in {"ours": ours, "title": title, "lead": sentences[0]}.items():
            scores[name] += max(round(1_000 * _overlap(line, target)) for target in paper["target"])
    assert scores["ours"] > 1.03 * scores["title"]
    assert scores["ours"] > 1.2 * scores["lead"]


def _overlap(line: str, target: str) -> float:
    """F1 of shared words by their first six letters, much like ROUGE-1 with stemming."""
    mine, theirs = (Counter(word[:6] for word in re.findall(r"\w+", text.lower())) for text in (line, target))
    return 2 * (mine & theirs).total() / max(1, mine.total() + theirs.total())
