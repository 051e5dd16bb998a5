"""A model's reply is read whatever it looks like."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.pointers import Claim
from bot.reading.replies import MAX_CLAIM, MAX_CLAIMS, Reply, Verdict, read_reply, salvage

CLAIM = {"text": "It took 12 hours.", "sentences": [31]}
ANSWER = json.dumps({"verdict": "answered", "claims": [CLAIM, {"text": "On 8 motors.", "sentences": [31, 32]}]})


def test_a_reply_of_the_form_is_read() -> None:
    assert read_reply(json.loads(ANSWER)) == Reply(
        Verdict.ANSWERED, (Claim("It took 12 hours.", (31,)), Claim("On 8 motors.", (31, 32)))
    )


@pytest.mark.parametrize("verdict", [Verdict.NEED_MORE, Verdict.NOT_IN_PAPER])
def test_claims_next_to_another_verdict_are_kept_as_its_contradiction(verdict: Verdict) -> None:
    assert read_reply({"verdict": verdict.value, "claims": [CLAIM]}) == Reply(
        verdict, (Claim("It took 12 hours.", (31,)),)
    )


@pytest.mark.parametrize(
    "text",
    [
        ANSWER.replace('"', "'"),
        ANSWER.replace('"', "”"),
        ANSWER.replace('": ', "' = "),
        "claims:\n- text: It took 12 hours.\n  sentences: [31]\nverdict: answered",
        "claims:\n  - text: It took 12 hours [31].\n",
    ],
)
def test_the_lists_of_a_broken_form_are_no_citations(text: str) -> None:
    assert salvage(text) in (Reply(None), read_reply(json.loads(ANSWER)))


def test_quotes_within_claims_are_read() -> None:
    written = ANSWER.replace("12 hours", '12 "long" hours')
    assert salvage(written).claims[0] == Claim('It took 12 "long" hours.', (31,))


def test_claims_that_are_all_too_long_are_an_answer_of_which_nothing_can_be_used() -> None:
    assert read_reply({"claims": [{"text": "word " * MAX_CLAIM, "sentences": [1]}]}) == Reply(Verdict.ANSWERED)


def test_a_form_without_a_verdict_is_judged_by_its_claims() -> None:
    assert read_reply({"claims": [CLAIM]}) == Reply(Verdict.ANSWERED, (Claim("It took 12 hours.", (31,)),))
    assert read_reply({"claims": []}) == Reply(Verdict.NOT_IN_PAPER)


def test_too_many_and_too_long_claims_are_left_out() -> None:
    endless = {"text": "word " * MAX_CLAIM, "sentences": [1]}
    reply = read_reply({"verdict": "answered", "claims": [endless, *[CLAIM] * 20]})
    assert len(reply.claims) == MAX_CLAIMS
    assert all(claim.text == CLAIM["text"] for claim in reply.claims)


def test_links_mentions_and_markup_are_stripped() -> None:
    text = "See [here](https://evil.example) <@U1> **now** ![x](https://evil.example/x.png)"
    claim = read_reply({"verdict": "answered", "claims": [{"text": text, "sentences": [1]}]}).claims[0]
    assert claim.text == "See here now x"


def test_whole_claims_of_half_an_answer_are_used() -> None:
    assert salvage(ANSWER[:-20]) == Reply(Verdict.ANSWERED, (Claim("It took 12 hours.", (31,)),))


def test_plain_words_with_bracketed_numbers_are_read() -> None:
    assert salvage("It took 12 hours [31]. On 8 motors [31, 32]. Nobody knows why.") == Reply(
        Verdict.ANSWERED, (Claim("It took 12 hours.", (31,)), Claim("On 8 motors.", (31, 32)))
    )


@pytest.mark.parametrize(
    "text", ["", "garbage", "{", "[]", "[1, 2]", "[[1], [2]]", "null", '{"verdict": "answered"}', "It took 12 hours."]
)
def test_what_cannot_be_used_has_no_verdict(text: str) -> None:
    assert salvage(text) == Reply(None)


@pytest.mark.parametrize(
    "text", [" " * 200_000 + "[", "(" + " " * 200_000, "a" + " " * 200_000 + "b [1]", "( " * 100_000]
)
def test_long_runs_of_blanks_cost_little(text: str) -> None:
    began = time.process_time()
    salvage(text)
    read_reply({"claims": [{"text": text, "sentences": [1]}]})
    assert time.process_time() - began < 2  # seconds; quadratic, it takes minutes


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    assert salvage(text).verdict in {None, Verdict.ANSWERED}


def test_brackets_around_a_papers_own_citations_go_with_them() -> None:
    claims = salvage(
        '{"verdict": "answered", "claims": [{"text": "It attends to inputs ([5, 2]).", "sentences": [3]}]}'
    )
    assert claims.claims[0].text == "It attends to inputs."
