"""Output in encodings that lack some signs."""

from __future__ import annotations

import io
import json
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paperwire.cli.printing import prepare_output, print_json


def written(text: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What arrives of a text that is written to stdout."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        prepare_output()
        sys.stdout.write(text)
    return arrived(stream)


def arrived(stream: io.TextIOWrapper) -> str:
    """What was written to a stream over memory."""
    stream.flush()
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode(stream.encoding)


@pytest.mark.parametrize(
    ("encoding", "text", "arrives"),
    [
        ("ascii", "“Kettles” … naïve — 5 × 3 → ok", '"Kettles" ... naive - 5 x 3 -> ok'),
        ("latin-1", "naïve “α” 水", 'naïve "?" ?'),
        ("cp1252", "“naïve” → …", "“naïve” -> …"),
        ("utf-8", "“naïve” → 水", "“naïve” → 水"),
        ("utf-8", "lone \udc80 surrogate", "lone ? surrogate"),
    ],
)
def test_signs_that_an_encoding_lacks_are_replaced(
    encoding: str, text: str, arrives: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert written(text, encoding, monkeypatch) == arrives


@example("¥", "shift_jis")
@given(
    st.text(st.characters()), st.sampled_from(["ascii", "latin-1", "cp1252", "cp437", "koi8-r", "shift_jis", "utf-8"])
)
def test_json_arrives_whole_in_every_encoding(text: str, encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        prepare_output()
        print_json({"text": text})
    assert json.loads(arrived(stream)) == {"text": text}
