"""What a week's papers are about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.digests.topics import MOST, TOPICS, Count, count_topics, touches
from bot.papers.huggingface_parsing import parse_papers
from bot.papers.model import Paper


def _paper(title: str, abstract: str = "", keywords: tuple[str, ...] = ()) -> Paper:
    return Paper(id="2607.00001", title=title, abstract=abstract, keywords=keywords)


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("An Agentic Approach", "Agents"),
        ("Gaussian-splatted scenes by Gaussian Splatting", "3D and scenes"),
        ("Vision-Language-Action Models", "Robots"),
        ("Quantizing and quantization", "Efficiency"),
    ],
)
def test_phrases_are_found_whatever_their_endings(title: str, topic: str) -> None:
    assert touches(_paper(title), topic)


def test_phrase_does_not_reach_from_title_into_keywords() -> None:
    assert not touches(_paper("A new world", keywords=("models", "other things")), "World models")
    assert touches(_paper("A new thing", keywords=("world models",)), "World models")


def test_abstract_counts_only_for_want_of_keywords() -> None:
    assert touches(_paper("A thing", "It plays music."), "Speech and sound")
    assert not touches(_paper("A thing", "It plays music.", ("planning",)), "Speech and sound")


def test_most_touched_topics_come_first_beside_the_week_before() -> None:
    week = [_paper("Robots"), _paper("More robots"), _paper("Music")]
    assert count_topics(week, [_paper("Video"), _paper("Robots")]) == (
        Count("Robots", 2, 1),
        Count("Speech and sound", 1, 0),
    )


def test_weeks_of_which_one_has_no_keywords_are_not_compared() -> None:
    week = [_paper("Robots", keywords=("robots",))]
    assert count_topics(week, [_paper("Robots")]) == (Count("Robots", 1, None),)


def test_no_papers_touch_nothing() -> None:
    assert count_topics([], []) == ()


@pytest.mark.real_data
def test_nearly_every_real_paper_touches_a_topic(shared_data: Path) -> None:
    days = sorted((shared_data / "huggingface" / "days").glob("*.json"))
    papers = [paper for day in days[-10:] for paper in parse_papers(json.loads(day.read_text()))]
    told = [paper for paper in papers if any(touches(paper, topic) for topic in TOPICS)]
    assert len(told) > 0.9 * len(papers)
    assert len(count_topics(papers, papers)) == MOST
