"""A reply is read while it is written: whole claims, in order, each character once."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.growing import GrowingReply
from bot.reading.pointers import Claim
from bot.reading.replies import MAX_CLAIMS, Verdict, read_reply

CLAIMS = [
    {"text": text, "sentences": [31]} for text in ('He said "}".', "A back\\slash, caf\u00e9 {x}.", "On 8 motors.")
]
ANSWER = json.dumps({"verdict": "answered", "claims": CLAIMS})


def grown(text: str, size: int) -> list[tuple[Claim, ...]]:
    reply = GrowingReply()
    seen = [reply.claims]
    for start in range(0, len(text), size):
        if reply.grow(text[start : start + size]):
            seen.append(reply.claims)
    return seen


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_claims_come_whole_and_in_order_however_the_text_is_cut(size: int) -> None:
    seen = grown(ANSWER, size)
    assert seen[-1] == read_reply(json.loads(ANSWER)).claims
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(seen))


def test_each_claim_is_there_as_soon_as_it_is_complete() -> None:
    assert [len(claims) for claims in grown(ANSWER, 1)] == [0, 1, 2, 3]


def test_claims_before_the_verdict_count_whatever_it_is() -> None:
    for verdict in Verdict:
        late = {"claims": CLAIMS, "verdict": verdict.value}
        assert grown(json.dumps(late), 1)[-1] == read_reply(late).claims
        assert read_reply(late).verdict is Verdict.ANSWERED


def test_claims_after_another_verdict_do_not_count() -> None:
    assert grown(json.dumps({"verdict": "need_more", "claims": CLAIMS}), 1) == [()]


def test_no_more_claims_than_an_answer_has() -> None:
    many = json.dumps({"verdict": "answered", "claims": CLAIMS * MAX_CLAIMS})
    assert len(grown(many, 5)[-1]) == MAX_CLAIMS


@given(st.text(alphabet='{}[]",:\\ aver1', max_size=300), st.integers(1, 9))
def test_any_text_can_be_cut_anywhere(text: str, size: int) -> None:
    assert grown(text, size)[-1] == grown(text, 1_000)[-1]


@pytest.mark.parametrize("filler", ["x", "}", "{", '"', "\\", '{"a":', "{}"])
def test_a_long_reply_costs_no_more_than_its_length(filler: str) -> None:
    text = '{"verdict": "answered", "claims": [{"text": "' + filler * 20_000
    began = time.process_time()
    grown(text, 4)
    assert time.process_time() - began < 2.0
