"""Every form of Hugging Face's answers gives papers; a field that is missing or wrong is only missing."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.papers import limits
from bot.papers.huggingface_parsing import parse_paper, parse_papers, repository_link
from bot.papers.model import Artifact, Paper

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
WHOLE: dict[str, Any] = {
    "paper": {
        "id": "2607.01234",
        "title": "Sorting  in\n  $O(n^2)$ Time",
        "summary": "We sort.\nSlowly.",
        "authors": [{"_id": "1", "name": "First  Author", "hidden": False}, {"name": "Second Author"}],
        "publishedAt": "2026-07-08T23:30:00.000Z",
        "submittedOnDailyAt": "2026-07-10T00:00:00.000Z",
        "upvotes": 12,
        "githubRepo": "https://github.com/owner/name/tree/main",
        "githubStars": 7,
        "projectPage": "https://sorting.example.org/",
        "ai_summary": "A slow sort.",
        "ai_keywords": ["sorting", "time"],
        "organization": {"name": "lab", "fullname": "The Lab"},
        "linkedModels": [{"id": "owner/model"}, {"id": "no slash"}],
        "linkedDatasets": [{"id": "owner/data"}],
        "linkedSpaces": [{"id": "owner/space"}],
    },
    "publishedAt": "2026-07-08T19:30:00.000Z",
    "title": "Sorting in $O(n^2)$ Time",
    "thumbnail": "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.01234.png",
    "numComments": 3,
}
PARSED = Paper(
    id="2607.01234",
    title="Sorting in O(n²) Time",
    abstract="We sort. Slowly.",
    authors=("First Author", "Second Author"),
    published=date(2026, 7, 8),
    listed=date(2026, 7, 10),
    upvotes=12,
    comments=3,
    repository="https://github.com/owner/name",
    stars=7,
    project="https://sorting.example.org/",
    thumbnail="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2607.01234.png",
    organization="The Lab",
    ai_summary="A slow sort.",
    keywords=("sorting", "time"),
    artifacts=(
        Artifact("model", "owner/model"),
        Artifact("dataset", "owner/data"),
        Artifact("space", "owner/space"),
    ),
)


def changed(**fields: object) -> dict[str, Any]:
    """The whole entry with other fields in its `paper`."""
    return {**WHOLE, "paper": {**WHOLE["paper"], **fields}}


def test_every_field_is_read() -> None:
    assert parse_paper(WHOLE) == PARSED


def test_authors_may_be_bare_names() -> None:
    paper = parse_paper(changed(authors=["First  Author", {"name": "Second Author"}, 3, ""]))
    assert paper is not None
    assert paper.authors == ("First Author", "Second Author")


def test_fields_of_any_length_are_capped_with_a_mark() -> None:
    long = "word " * 20_000
    paper = parse_paper(
        changed(
            summary=long,
            ai_summary=long,
            ai_keywords=[long] * 1_000,
            authors=[{"name": long}] * 20_000,
            organization={"fullname": long},
            linkedModels=[{"id": f"owner/model{number}"} for number in range(5_000)],
        )
    )
    assert paper is not None
    assert len(paper.abstract) <= limits.ABSTRACT
    assert paper.ai_summary is not None
    assert len(paper.ai_summary) <= limits.SUMMARY
    assert paper.organization is not None
    capped = (paper.abstract, paper.ai_summary, paper.organization, paper.keywords[0], paper.authors[0])
    assert all(text.endswith(limits.CUT) for text in capped)
    assert len(paper.authors) == limits.AUTHORS
    assert paper.authors[-1] == limits.MORE_AUTHORS
    assert len(paper.keywords) == limits.KEYWORDS
    assert len(paper.artifacts) <= limits.ARTIFACTS + 2


def test_an_endless_list_is_cut_and_costs_little() -> None:
    entries = [changed(id=f"26{month:02}.{number:05}") for month in range(1, 13) for number in range(2_000)]
    started = time.process_time()
    assert len(parse_papers(entries)) == limits.ENTRIES
    assert time.process_time() - started < 5


def test_a_paper_without_wrapper_is_read_too() -> None:
    paper = parse_paper(WHOLE["paper"])
    assert paper is not None
    assert (paper.id, paper.upvotes, paper.artifacts) == ("2607.01234", 12, PARSED.artifacts)


def test_id_and_title_are_enough() -> None:
    entry = {"paper": {"id": "2405.00001", "title": "Title"}}
    assert parse_paper(entry, date(2024, 5, 27)) == Paper(id="2405.00001", title="Title", listed=date(2024, 5, 27))


@given(st.sampled_from(sorted(WHOLE["paper"])), JSON)
def test_a_wrong_field_costs_no_other(field: str, value: object) -> None:
    paper = parse_paper(changed(**{field: value}))
    if field not in {"id", "title"}:
        assert paper is not None
        assert (paper.id, paper.title, paper.comments) == (PARSED.id, PARSED.title, PARSED.comments)


@given(st.lists(JSON, max_size=5), st.integers(0, 5))
def test_broken_entries_cost_no_other(entries: list[object], place: int) -> None:
    assert PARSED in parse_papers([*entries[:place], WHOLE, *entries[place:]])


@given(JSON)
def test_any_json_gives_papers_or_none(answer: object) -> None:
    assert all(isinstance(paper, Paper) for paper in parse_papers(answer))


def test_a_paper_is_listed_once() -> None:
    assert len(parse_papers([WHOLE, changed(upvotes=1), changed(id="2607.09999")])) == 2


@pytest.mark.parametrize("paper_id", [None, "", "x", "2607.01234/../..", "2613.01234", 2607.01234])
def test_an_entry_without_an_arxiv_id_is_no_paper(paper_id: object) -> None:
    assert parse_paper(changed(id=paper_id)) is None


def test_a_version_in_the_id_is_dropped() -> None:
    paper = parse_paper(changed(id="2607.01234v2"))
    assert paper is not None
    assert paper.id == "2607.01234"


@pytest.mark.parametrize(
    ("given_link", "kept"),
    [
        ("https://github.com/owner/name", "https://github.com/owner/name"),
        ("https://github.com/owner/name/", "https://github.com/owner/name"),
        ("http://github.com/owner/name.git", "https://github.com/owner/name"),
        ("https://github.com/owner/name?tab=readme", "https://github.com/owner/name"),
        ("https://github.com/owner/\nname", None),
        ("https://github.com/owner", None),
        ("https://github.com/owner/..", None),
        ("https://github.com.example.org/owner/name", None),
        ("https://github.com@example.org/owner/name", None),
        ("javascript:https://github.com/owner/name", None),
        (5, None),
    ],
)
def test_only_repositories_are_linked(given_link: object, kept: str | None) -> None:
    assert repository_link(given_link) == kept


@pytest.mark.parametrize(
    "address",
    [
        "http://plain.example.org",
        "https://user@example.org/",
        "https://example.org/a b",
        "https://example.org/<!channel>",
        "https://example.org/|x",
        "https://example.org:99999/",
        "https://[::1",
        "https://localhost",
        "ftp://example.org",
        "https://example.org/" + "x" * 500,
    ],
)
def test_a_dubious_project_page_is_left_out(address: str) -> None:
    paper = parse_paper(changed(projectPage=address))
    assert paper is not None
    assert paper.project is None


def test_a_thumbnail_comes_from_hugging_face_or_not_at_all() -> None:
    elsewhere = {**WHOLE, "thumbnail": "https://huggingface.co.example.org/x.png"}
    old_name = {**WHOLE, "thumbnail": None, "mediaUrl": "https://cdn-uploads.huggingface.co/x.png"}
    assert [paper.thumbnail for paper in parse_papers([elsewhere])] == [None]
    assert [paper.thumbnail for paper in parse_papers([old_name])] == ["https://cdn-uploads.huggingface.co/x.png"]


@pytest.mark.parametrize("count", [-1, True, 1.5, "12", 2**31])
def test_a_count_is_a_whole_number_or_missing(count: object) -> None:
    paper = parse_paper(changed(upvotes=count))
    assert paper is not None
    assert paper.upvotes is None


def test_the_listing_day_is_read_in_utc() -> None:
    paper = parse_paper(changed(submittedOnDailyAt="2026-07-10T23:30:00-04:00"))
    assert paper is not None
    assert paper.listed == date(2026, 7, 11)
