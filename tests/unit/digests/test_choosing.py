"""Channels get the papers they care about, best first, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.digests.choosing import Chosen, choose
from bot.papers.model import Paper, Rise

AGENTS = Paper(id="2607.00001", title="Agents that plan", abstract="We study planning.", upvotes=5)
IMAGES = Paper(id="2607.00002", title="Sharper images", abstract="A diffusion model with an agent.", upvotes=50)
TABLES = Paper(id="2607.00003", title="A benchmark of tables", keywords=("tabular data",), upvotes=20)
PAPERS = (AGENTS, IMAGES, TABLES)


def pick(
    papers: Sequence[Paper] = PAPERS,
    topics: Sequence[str] = (),
    muted: Sequence[str] = (),
    top: int = 10,
    rises: Mapping[str, Rise] | None = None,
) -> Chosen:
    return choose(papers, topics=topics, muted=muted, top=top, rises=rises or {})


def ids(chosen: Chosen) -> list[str]:
    return [choice.paper.id for choice in chosen.choices]


def test_without_topics_the_most_upvoted_come_first() -> None:
    assert ids(pick()) == [IMAGES.id, TABLES.id, AGENTS.id]


def test_topics_filter_and_a_title_counts_more_than_an_abstract() -> None:
    chosen = pick(topics=["agent"])
    assert ids(chosen) == [AGENTS.id, IMAGES.id]
    assert chosen.off_topic == 1
    assert chosen.choices[0].why == "about agent"


def test_a_topic_of_several_words_needs_them_all() -> None:
    assert ids(pick(topics=["tabular data"])) == [TABLES.id]
    assert ids(pick(topics=["tabular diffusion"])) == []


def test_muted_topics_are_left_out_and_counted() -> None:
    chosen = pick(muted=["benchmarks"])
    assert TABLES.id not in ids(chosen)
    assert chosen.muted == 1


def test_what_an_abstract_mentions_by_the_way_mutes_nothing() -> None:
    assert IMAGES.id in ids(pick(muted=["agents"]))
    assert ids(pick(topics=["diffusion"])) == [IMAGES.id]


def test_rise_stands_beside_its_paper() -> None:
    rise = Rise(before=10, now=50, since=datetime(2026, 7, 9, tzinfo=UTC))
    assert pick(rises={IMAGES.id: rise}).choices[0].rise == rise


def test_words_that_are_no_words_match_nothing() -> None:
    assert ids(pick(topics=["***"])) == []


papers = st.lists(st.builds(Paper, id=st.text(min_size=1), title=st.text(), upvotes=st.integers(0, 99)), max_size=8)


@given(papers, st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3), st.integers(1, 5))
def test_every_paper_is_shown_or_counted(some: list[Paper], topics: list[str], muted: list[str], top: int) -> None:
    chosen = pick(some, topics, muted, top)
    assert len(chosen.choices) + chosen.off_topic + chosen.muted + chosen.below == len(some)
