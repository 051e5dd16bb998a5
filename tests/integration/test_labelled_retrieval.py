"""Retrieval keeps what it promises on recorded papers."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import pointers
from bot.reading.evaluation import evaluate_retrieval
from bot.reading.labelled import read_labelled
from bot.reading.semantic import StaticEmbedder

pytestmark = pytest.mark.real_data


@pytest.mark.skipif(not StaticEmbedder.available(), reason="needs the extra `semantic`")
async def test_fused_retrieval_beats_plain_bm25(shared_data: Path) -> None:
    papers = read_labelled(shared_data / "questions" / "eval_open.jsonl")
    report = await evaluate_retrieval(papers, StaticEmbedder())
    fused, plain = report["fused"], report["bm25"]
    assert fused["mrr"] >= 0.42
    assert fused["recall@5"] >= max(0.52, 1.2 * plain["recall@5"])
    assert fused["gold_share@1600_tokens"] >= 0.75


async def test_words_alone_beat_plain_bm25_too(shared_data: Path) -> None:
    report = await evaluate_retrieval(read_labelled(shared_data / "questions" / "eval_open.jsonl"), None)
    assert report["fused"]["recall@5"] >= 1.2 * report["bm25"]["recall@5"]
    assert report["fused"]["gold_share@1600_tokens"] >= 0.75


def test_no_altered_citation_is_accepted(shared_data: Path) -> None:
    figures = pointers.measure(shared_data / "questions" / "eval_open.jsonl")
    assert figures["altered_accepted"] == 0
    assert figures["true_accepted"] >= 995
    assert figures["shown_verbatim"] == figures["shown_quotations"]
