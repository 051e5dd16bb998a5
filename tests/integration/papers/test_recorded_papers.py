"""Every recorded answer of Hugging Face and arXiv, from 2024 on, parses; and the figures are the known ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SourceUnavailable
from bot.papers.arxiv import parse_feed
from bot.papers.calendar import is_weekend
from bot.papers.huggingface_parsing import parse_paper, parse_papers
from bot.papers.model import Paper
from bot.papers.text import short_authors
from bot.ports import Fetched

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def hub(shared_data: Path) -> Path:
    return shared_data / "huggingface"


@pytest.fixture
def atom(shared_data: Path) -> Path:
    return shared_data / "arxiv" / "api"


@pytest.fixture(scope="module")
def archive(hub: Path) -> list[tuple[dict[str, Any], Paper]]:
    """Every archived entry with its paper."""
    found = []
    for row in rows(hub / "archive.jsonl.gz"):
        paper = parse_paper(row["entry"], date.fromisoformat(row["date"]))
        assert paper is not None
        found.append((row["entry"]["paper"], paper))
    return found


def assert_is_sound(paper: Paper) -> None:
    assert paper.title == " ".join(paper.title.split())
    assert len(paper.abstract) > 100
    assert paper.abstract == " ".join(paper.abstract.split())
    assert paper.authors
    assert paper.published is not None
    assert paper.listed is not None
    assert paper.published <= paper.listed
    assert not is_weekend(paper.listed)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        yield from map(json.loads, lines)


def fetched(body: bytes) -> Fetched:
    return Fetched(url="https://export.arxiv.org/api/query", status=200, body=body, fetched_at=datetime.now(UTC))


@pytest.mark.parametrize(("folder", "days"), [("days", 29), ("schema_eras", 22)])
def test_every_recorded_day_parses_whole(hub: Path, folder: str, days: int) -> None:
    paths = sorted((hub / folder).glob("*.json"))
    assert len(paths) == days
    for path in paths:
        answer, day = json.loads(path.read_bytes()), date.fromisoformat(path.stem)
        papers = parse_papers(answer, day)
        assert len(papers) == len({entry["paper"]["id"] for entry in answer})
        for paper in papers:
            assert_is_sound(paper)
            assert paper.listed == day


def test_the_whole_archive_parses(archive: list[tuple[dict[str, Any], Paper]]) -> None:
    assert len(archive) == 8271
    for _, paper in archive:
        assert_is_sound(paper)
    assert max(len(paper.authors) for _, paper in archive) == 664
    assert max(len(short_authors(paper.authors)) for _, paper in archive) < 120


def test_no_title_of_the_archive_keeps_latex_or_loses_words(archive: list[tuple[dict[str, Any], Paper]]) -> None:
    for raw, paper in archive:
        assert not set(paper.title) & set("\\{}")
        lost = sum(map(str.isalnum, raw["title"])) - sum(map(str.isalnum, paper.title))
        assert lost <= 8 * raw["title"].count("text")  # the names of macros such as texttt


def test_every_odd_entry_parses(hub: Path) -> None:
    odd = list(rows(hub / "odd_entries.jsonl"))
    papers = [parse_paper(row["entry"], date.fromisoformat(row["date"])) for row in odd]
    assert len([paper for paper in papers if paper]) == len(odd) == 129


def test_links_that_are_kept_are_what_they_claim(archive: list[tuple[dict[str, Any], Paper]]) -> None:
    with_link = [paper for raw, paper in archive if raw.get("githubRepo")]
    kept = [paper.repository for paper in with_link if paper.repository]
    assert all(link.startswith("https://github.com/") and link.count("/") == 4 for link in kept)
    assert len(with_link) - len(kept) <= 5
    assert len(kept) > 3000


def test_an_untouched_answer_parses(hub: Path) -> None:
    papers = parse_papers(json.loads((hub / "raw_bytes_daily_papers_2026-06-12.json").read_bytes()))
    assert len(papers) == 30
    assert {paper.listed for paper in papers} == {date(2026, 6, 12)}


def test_a_search_answer_and_an_empty_day_parse(hub: Path) -> None:
    assert len(parse_papers(json.loads((hub / "papers_search_q_kazakh.json").read_bytes()))) == 9
    assert parse_papers(json.loads((hub / "empty_day.json").read_bytes())) == ()


def test_a_paper_page_holds_a_paper(hub: Path) -> None:
    paper = parse_paper(json.loads((hub / "pages" / "paper_page_2509.24002.data-props.json").read_bytes()))
    assert paper is not None
    assert (paper.id, paper.stars, paper.repository) == ("2509.24002", 182, "https://github.com/eval-sys/mcpmark")


def test_every_recorded_arxiv_answer_parses(atom: Path) -> None:
    counts = {}
    for path in sorted((atom / "recordings").glob("*.json")):
        papers = parse_feed(fetched(json.loads(path.read_bytes())["body"].encode()))
        counts[path.name.split("_s")[0]] = len(papers)
        assert all(paper.title and paper.authors and paper.version and paper.published for paper in papers)
    assert counts["id_0000.0000"] == counts["id_abc"] == counts["id_0808.05394"] == 0
    assert counts["id_0808.05394_1707.08567"] == counts["id_astro-ph_0601001"] == counts["id_2104.12255v1"] == 1


def test_a_captcha_is_no_feed(atom: Path) -> None:
    with pytest.raises(SourceUnavailable):
        parse_feed(fetched((atom / "xiv_captcha.html").read_bytes()))


def test_other_feeds_of_arxiv_parse(atom: Path) -> None:
    found = {path.stem: len(parse_feed(fetched(path.read_bytes()))) for path in atom.glob("*.xml")}
    assert found["xiv_arxiv_empty"] == 0
    assert found["xiv_arxiv_response"] > 0
    assert found["arxiv_api_transformer_2026-06-14"] > 0


def test_papers_are_listed_soon_after_they_appear(archive: list[tuple[dict[str, Any], Paper]]) -> None:
    delays = sorted(paper.listed - paper.published for _, paper in archive if paper.listed and paper.published)
    assert delays[len(delays) // 2] == timedelta(days=2)
