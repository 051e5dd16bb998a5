"""A paper and what is known of it as a card to be shown, and as plain JSON values.

The JSON form is what `--json` prints; its keys are stable, and a value that nobody knows is null, "" or [].
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.documents.model import Action, Card, Inline, Input, Text, link, text
from bot.papers.model import Paper, Rise
from bot.papers.text import short_authors
from bot.reading.model import Summary, SummarySource

LABELS = {
    SummarySource.MODEL: "",
    SummarySource.HUGGING_FACE: "Hugging Face's summary",
    SummarySource.ABSTRACT: "from the abstract",
    SummarySource.EDITOR: "written for the demo",
}
STARTERS = ("Which limitations do the authors name?", "What is new compared with earlier work?")
LABEL_WITHDRAWN = "withdrawn"  # by its authors or by arXiv


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A paper with what the reader should see beside it."""

    paper: Paper
    summary: Summary | None = None
    rise: Rise | None = None
    rank: int | None = None  # its number in the list shown


def list_card(seen: Sighting, *, offers: Iterable[str], now: datetime) -> Card:
    """The short card that stands in a list.

    Args:
        seen: the paper.
        offers: names of the commands there are; only those become buttons.
        now: for how long a rise took.
    """
    paper, summary = seen.paper, seen.summary
    return Card(
        paper_id=paper.id,
        title=paper.title,
        url=paper.url,
        line=summary.line if summary else "",
        label=_label(paper, summary),
        rank=seen.rank,
        facts=facts(paper, seen.rise, now),
        byline=byline(paper),
        thumbnail=paper.thumbnail,
        thumbnail_alt=f"Preview of “{paper.title}”" if paper.thumbnail else "",
        actions=card_actions(paper.id, frozenset(offers) - {"unsave"}),
    )


def full_card(seen: Sighting, *, offers: Iterable[str], now: datetime) -> Card:
    """The whole paper: with its abstract and the summary's four sentences."""
    paper, summary = seen.paper, seen.summary
    return Card(
        paper_id=paper.id,
        title=paper.title,
        url=paper.url,
        line=summary.line if summary else "",
        label=_label(paper, summary),
        rank=seen.rank,
        details=details(summary) if summary else (),
        facts=facts(paper, seen.rise, now),
        byline=byline(paper, authors=12),
        body=paper.abstract,
        thumbnail=paper.thumbnail,
        thumbnail_alt=f"Preview of “{paper.title}”" if paper.thumbnail else "",
        actions=(*starters(seen, offers), *card_actions(paper.id, frozenset(offers) - {"show", "unsave"})),
    )


def starters(seen: Sighting, offers: Iterable[str]) -> tuple[Action, ...]:
    """Two questions to begin with: what the summary suggests, and one that suits every paper."""
    if "ask" not in offers:
        return ()
    suggested = seen.summary.question if seen.summary else ""
    questions = [suggested, *(question for question in STARTERS if question != suggested)]
    return tuple(Action(question, f"ask {seen.paper.id} {question}") for question in questions if question)[:2]


def details(summary: Summary) -> tuple[tuple[str, str], ...]:
    """The summary's sentences under their names; those that were dropped are left out."""
    rows = (
        ("Problem", summary.problem),
        ("Method", summary.method),
        ("Result", summary.result),
        ("Why it matters", summary.why),
    )
    return tuple((name, sentence) for name, sentence in rows if sentence)


def facts(paper: Paper, rise: Rise | None, now: datetime) -> Text:
    """Upvotes and how they rose, comments, code and its stars, in one line."""
    parts: list[tuple[str | Inline, ...]] = []
    if paper.upvotes is not None:
        risen = how_it_rose(rise, now)
        parts.append((counted(paper.upvotes, "upvote") + (f" ({risen})" if risen else ""),))
    if paper.comments:
        parts.append((counted(paper.comments, "comment"),))
    if paper.repository:
        stars = f" ({counted(paper.stars, 'star')})" if paper.stars else ""
        parts.append((link("code", paper.repository), stars))
    between = [(" · ", *part) if number else part for number, part in enumerate(parts)]
    return text(*(piece for part in between for piece in part))


def byline(paper: Paper, authors: int = 3) -> str:
    """Authors (shortened) and organization."""
    return " · ".join(part for part in (short_authors(paper.authors, authors), paper.organization) if part)


def card_actions(paper_id: str, offers: frozenset[str]) -> tuple[Action, ...]:
    """What can be done with a paper, as far as there are commands for it."""
    question = Input("What would you like to know?")
    actions = {
        "show": Action("Details", f"show {paper_id}"),
        "ask": Action("Ask", f"ask {paper_id}", input=question),
        "similar": Action("Similar", f"similar {paper_id}"),
        "save": Action("Save", f"save {paper_id}", private=True),
        "unsave": Action("Remove", f"unsave {paper_id}", private=True),
    }
    return tuple(action for name, action in actions.items() if name in offers)


def paper_json(seen: Sighting) -> dict[str, object]:
    """The paper as plain JSON values; dates as YYYY-MM-DD."""
    paper = seen.paper
    return {
        "id": paper.id,
        "version": paper.version,
        "rank": seen.rank,
        "title": paper.title,
        "authors": list(paper.authors),
        "organization": paper.organization,
        "abstract": paper.abstract,
        "published": paper.published.isoformat() if paper.published else None,
        "listed": paper.listed.isoformat() if paper.listed else None,
        "upvotes": paper.upvotes,
        "upvotes_gained": seen.rise.gained if seen.rise else None,
        "comments": paper.comments,
        "repository": paper.repository,
        "stars": paper.stars,
        "project": paper.project,
        "keywords": list(paper.keywords),
        "artifacts": [{"kind": one.kind, "name": one.name, "url": one.url} for one in paper.artifacts],
        "withdrawn": paper.withdrawn,
        "url": paper.url,
        "arxiv_url": paper.arxiv_url,
        "summary": summary_json(seen.summary) if seen.summary else None,
    }


def summary_json(summary: Summary) -> dict[str, object]:
    """The summary as plain JSON values; `source` is one of `SummarySource`."""
    return {
        "line": summary.line,
        "problem": summary.problem,
        "method": summary.method,
        "result": summary.result,
        "why": summary.why,
        "question": summary.question,
        "source": summary.source.value,
        "model": summary.model,
    }


def how_it_rose(rise: Rise | None, now: datetime) -> str:
    """`+28 in 7 h`; "" where nothing was won."""
    if rise is None or rise.gained == 0:
        return ""
    hours = round((now - rise.since).total_seconds() / 3600)
    span = "within the hour" if hours < 1 else f"in {hours} h" if hours < 48 else f"in {round(hours / 24)} days"
    return f"+{rise.gained} {span}"


def _label(paper: Paper, summary: Summary | None) -> str:
    parts = (LABEL_WITHDRAWN if paper.withdrawn else "", LABELS[summary.source] if summary and summary.line else "")
    return ", ".join(part for part in parts if part)


def counted(number: int, noun: str) -> str:
    """`1 vote`, `1,234 votes`, `12.3k votes`."""
    shown = f"{number / 1000:.1f}k" if number >= 10_000 else f"{number:,}"
    return f"{shown} {noun}" + ("" if number == 1 else "s")
