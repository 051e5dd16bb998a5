"""Texts as mrkdwn: what is escaped, what is styled, where it is cut."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.slack.escape import escape, escape_markdown, plain, shorten
from adapters.slack.limits import size
from adapters.slack.mrkdwn import mrkdwn, plain_words, split
from bot.documents.model import Moment, Span, bold, channel, code, italic, link, person, text
from tests.servers.slack_markdown import read
from tests.strategies import nasty_texts, texts

relaxed = settings(deadline=None, max_examples=150)


def test_words_are_escaped_and_nothing_else() -> None:
    assert mrkdwn(text("a < b & \"c\" > 'd' *e*")) == "a &lt; b &amp; \"c\" &gt; 'd' *e*"


def test_styles_and_links_are_marked() -> None:
    words = text(bold("b"), " ", italic("i"), " ", code("c"), " ", link("l", "https://arxiv.org/abs/1"))
    assert mrkdwn(words) == "*b* _i_ `c` <https://arxiv.org/abs/1|l>"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("help", "`/papers help`"),
        ("ask #3 why?", "`/papers ask #3 why?`"),
        ("/papers help", "`/papers help`"),
        ("helpful", "`helpful`"),
        ("2607.00001", "`2607.00001`"),
    ],
)
def test_a_command_is_shown_as_it_is_typed(words: str, shown: str) -> None:
    assert mrkdwn(text(code(words))) == shown
    assert plain_words(text(code(words))) == shown.strip("`")


def test_a_word_that_is_no_command_stays() -> None:
    assert mrkdwn(text("help")) == "help"


def test_channels_and_people_are_shown_by_name() -> None:
    assert mrkdwn(text(channel("C012"), " by ", person("U012"))) == "<#C012> by <@U012>"


def test_what_is_no_id_refers_to_nobody() -> None:
    assert mrkdwn(text(person("!channel"), " ", channel("C1|x>"))) == "!channel C1|x&gt;"


def test_a_style_inside_a_word_is_set_apart() -> None:
    assert mrkdwn(text("un", bold("bel"), "ievable")) == "un\u200b*bel*\u200bievable"


def test_blanks_stay_outside_the_marks() -> None:
    assert mrkdwn(text("a", bold(" b "), "c")) == "a *b* c"


def test_a_links_label_cannot_end_it() -> None:
    assert mrkdwn(text(link("a|b>c\nd", "https://arxiv.org/x|y>z"))) == "<https://arxiv.org/x%7Cy%3Ez|a b&gt;c d>"


def test_only_https_becomes_a_link() -> None:
    assert mrkdwn(text(Span("l", link="javascript:alert(1)"))) == "l"


def test_an_instant_is_shown_in_the_readers_zone() -> None:
    shown = mrkdwn((Moment(datetime(2026, 7, 10, 12, tzinfo=UTC)),))
    assert shown == "<!date^1783684800^{date_short_pretty} {time}|2026-07-10 12:00 UTC>"


@relaxed
@given(nasty_texts())
def test_no_words_make_markup(words: str) -> None:
    shown = mrkdwn(text(words))
    assert not re.search(r"[<>`]|&(?!amp;|lt;|gt;)", shown)


@relaxed
@given(texts(), st.integers(1_500, 3_000))
def test_pieces_keep_the_limit(words: tuple[Span, ...], limit: int) -> None:
    assert all(size(mrkdwn(piece)) <= limit for piece in split(words, limit))


@relaxed
@given(st.text("abc &<é学😀", max_size=9_000))
def test_a_cut_loses_blanks_only_and_falls_between_words(words: str) -> None:
    pieces = ["".join(inline.text for inline in piece) for piece in split(text(words), 1_500)]  # type: ignore[union-attr]
    assert "".join("".join(pieces).split()) == "".join(words.split())
    if all(len(word) < 200 for word in words.split()):
        assert " ".join(pieces).split() == words.split()


def test_a_character_of_many_code_points_is_not_cut() -> None:
    family = "👩‍👩‍👧‍👦"
    pieces = ["".join(inline.text for inline in piece) for piece in split(text(family * 2_000), 1_500)]  # type: ignore[union-attr]
    assert all(set(piece.split(family)) == {""} for piece in pieces)


def test_a_link_that_is_cut_goes_on() -> None:
    pieces = split(text(link("word " * 1_000, "https://arxiv.org/abs/1")), 1_500)
    assert len(pieces) > 3
    assert all(mrkdwn(piece).startswith("<https://arxiv.org/abs/1|word") for piece in pieces)


@relaxed
@given(nasty_texts())
def test_streams_take_words_as_words(words: str) -> None:
    assert read(escape_markdown(words))[1] == []


@pytest.mark.parametrize(
    "words",
    [
        "It uses sub-layers (two of them). See Fig. 3!",
        "# one\n- two\n+ three\n4. four\n5) five\n> six\n| seven | eight |\n|---|---|\n---",
        "a*b*c _d_ `e` [f](https://evil.example) ~~g~~ \\ {h} www.evil.example <@U1> <!channel> &lt;",
    ],
)
def test_stream_text_reads_letter_by_letter(words: str) -> None:
    seen, live = read(escape_markdown(words))
    assert not live
    assert seen.replace("\u200b", "") == words


def test_ordinary_stream_text_needs_no_escape() -> None:
    words = "Training took 12.5 hours (on 8 small motors), i.e. half a day; sub-layers did not matter!"
    assert escape_markdown(words) == words


def test_what_a_person_wrote_is_read_back() -> None:
    sent = "see <https://arxiv.org/abs/1|this> in <#C12|general> by <@U12> &lt;b&gt; <!channel> <mailto:a@b.c|a@b.c>"
    assert plain(sent) == "see https://arxiv.org/abs/1 in C12 by U12 <b> @channel a@b.c"


@relaxed
@example("\u02cb")
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn")), max_size=300))
def test_escaped_words_read_the_same(words: str) -> None:
    """A backtick is written as a grave accent, which looks the same."""
    assert html.unescape(escape(words)).replace("\u02cb", "`") == words.replace("\u02cb", "`")


@relaxed
@given(nasty_texts(), st.integers(10, 300))
def test_shortened_words_fit_and_end_whole(words: str, limit: int) -> None:
    short = shorten(escape(words), limit)
    assert size(short) <= limit
    assert not re.search(r"&(?!amp;|lt;|gt;)", short)


def test_a_style_of_nothing_to_be_seen_adds_nothing() -> None:
    assert mrkdwn(text("a", italic("\x08" * 5))) == "a     "
