"""Questions become words, and column types give back what they were given."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bot.store import search
from bot.store.types import Instant, Lines, Words, storable

DIALECT = sqlite.dialect()
anything = st.text(st.characters(exclude_categories=[]), max_size=200)  # surrogates too


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    """An index of FTS5, to try questions on."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE paper_words USING fts5(title)")
    yield connection
    connection.close()


@given(anything)
def test_words_hold_no_operators(question: str) -> None:
    words = search.words_of(question)
    assert all(word.replace("_", " ").isalnum() for word in words)
    assert len(words) == len(set(words)) <= search.MAX_WORDS


@given(anything)
def test_fts5_understands_every_question(index: sqlite3.Connection, question: str) -> None:
    words = search.words_of(question)
    for every in (True, False):
        if words:
            query = search.in_fts5(words, every=every, limit=3).element.compile(dialect=DIALECT)
            index.execute(str(query), tuple(query.params[name] for name in query.positiontup or ()))


@given(st.lists(st.sampled_from(["the", "of", "pruning", "attention"]), min_size=1))
def test_some_word_is_always_left(words: list[str]) -> None:
    telling = search.telling(words)
    assert telling
    assert telling == words or not set(telling) & search.COMMON


@pytest.mark.parametrize("question", ["Élan", "e\u0301lan", "ELAN", "élan, élan!", "_elan_"])
def test_spellings_of_one_word(question: str) -> None:
    assert search.words_of(question) == ["elan"]


@given(anything)
def test_any_text_becomes_storable(text: str) -> None:
    assert "\x00" not in storable(text).encode("utf-8").decode("utf-8")
    assert storable(storable(text)) == storable(text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_ordinary_text_is_kept_as_it_is(text: str) -> None:
    assert Words().process_bind_param(text, DIALECT) == text


@given(st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1)))
def test_lines_come_back(lines: list[str]) -> None:
    kept = Lines().process_bind_param(lines, DIALECT)
    assert Lines().process_result_value(kept, DIALECT) == tuple(lines)


@given(st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_instants_come_back_in_utc(wall: datetime, minutes: int) -> None:
    instant = wall.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    kept = Instant().process_bind_param(instant, DIALECT)
    assert kept is not None
    back = Instant().process_result_value(kept.replace(tzinfo=None), DIALECT)
    assert back == instant
    assert back.tzinfo is UTC


def test_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Instant().process_bind_param(datetime(2026, 7, 10), DIALECT)  # noqa: DTZ001
