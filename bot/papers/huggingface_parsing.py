"""Hugging Face's answers as papers, whatever their age.

The form has changed often since 2024: fields came, moved and went.  So nothing but id and title is required, a field
of the wrong type counts as missing, and one broken entry never costs the others.

- The day of listing is `paper.submittedOnDailyAt` (since March 2025).  The top level's `publishedAt` had that meaning
  before, and is arXiv's date by another clock since; so it is not read.
- Links are taken over only where they are what they claim to be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import structlog

from bot.papers import limits
from bot.papers.limits import capped, capped_authors
from bot.papers.model import Artifact, Paper
from bot.papers.references import is_paper_id
from bot.papers.text import MAX_TITLE, clean, clean_title

log = structlog.get_logger(__name__)

_BIGGEST = 2**31 - 1  # of a count; anything above is nonsense, and no database column
_REPOSITORY = re.compile(r"https?://(?:www\.)?github\.com/([A-Za-z0-9-]{1,39})/([\w.-]{1,100})(?:[/?#].*)?", re.ASCII)
_HUB_NAME = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}", re.ASCII)
_ARTIFACTS = {"model": "linkedModels", "dataset": "linkedDatasets", "space": "linkedSpaces"}


def parse_papers(answer: object, listed: date | None = None) -> tuple[Paper, ...]:
    """The papers of a list or of search results, in their order, each once.

    Args:
        answer: the decoded JSON.
        listed: the list day that was asked for, for entries that do not tell theirs.
    """
    papers: dict[str, Paper] = {}
    entries = _list(answer)
    if len(entries) > limits.ENTRIES:
        log.warning("list_cut", action="parse_papers", entries=len(entries), kept=limits.ENTRIES)
    for entry in entries[: limits.ENTRIES]:
        if paper := parse_paper(entry, listed):
            papers.setdefault(paper.id, paper)
    return tuple(papers.values())


def parse_paper(answer: object, listed: date | None = None) -> Paper | None:
    """One entry of a list (a paper in its wrapper) or one paper; None if it lacks an arXiv id or a title."""
    entry = _mapping(answer)
    inner = _mapping(entry.get("paper")) or entry
    paper_id, title = _paper_id(inner.get("id")), clean_title(_title(inner) or _title(entry))
    if not paper_id or not title:
        return None
    return Paper(
        id=paper_id,
        title=title,
        abstract=_text(inner.get("summary"), limits.ABSTRACT) or _text(entry.get("summary"), limits.ABSTRACT),
        authors=_authors(inner),
        published=_date(inner.get("publishedAt")),
        listed=_date(inner.get("submittedOnDailyAt")) or listed,
        upvotes=_count(inner.get("upvotes")),
        comments=_count(entry.get("numComments")),
        repository=repository_link(inner.get("githubRepo")),
        stars=_count(inner.get("githubStars")),
        project=_project(inner.get("projectPage")),
        thumbnail=_thumbnail(entry.get("thumbnail")) or _thumbnail(entry.get("mediaUrl")),
        organization=_organization(inner) or _organization(entry),
        ai_summary=_text(inner.get("ai_summary"), limits.SUMMARY) or None,
        keywords=tuple(word for given in _list(inner.get("ai_keywords"))[: limits.KEYWORDS] if (word := _text(given))),
        artifacts=_artifacts(inner),
    )


def repository_link(value: object) -> str | None:
    """The address of a GitHub repository's front page, if the given one lies in a repository."""
    match = _REPOSITORY.fullmatch(value.strip()) if isinstance(value, str) else None
    name = match[2].removesuffix(".git") if match else ""
    return f"https://github.com/{match[1]}/{name}" if match and name.strip(".") else None


def _title(entry: Mapping[str, Any]) -> str:
    return _text(entry.get("title"), MAX_TITLE)


def _paper_id(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    if is_paper_id(value):
        return value
    bare = re.sub(r"v\d{1,3}$", "", value)
    return bare if is_paper_id(bare) else None


def _project(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= 500 and _host(value) else None


def _thumbnail(value: object) -> str | None:
    host = _host(value) if isinstance(value, str) and len(value) <= 500 else ""
    return str(value) if host == "huggingface.co" or host.endswith(".huggingface.co") else None


def _host(address: str) -> str:
    """The host of an https address that is fit to be shown; "" for anything else."""
    if not address.isprintable() or any(char in " <>|\"'`\\" for char in address):
        return ""
    try:
        parts = urlsplit(address)
        is_plain = parts.scheme == "https" and "@" not in parts.netloc and parts.port in {None, 443}
        return (parts.hostname or "") if is_plain and "." in parts.netloc else ""
    except ValueError:
        return ""


def _authors(paper: Mapping[str, Any]) -> tuple[str, ...]:
    """The names, which stand in objects or, in some answers, bare."""
    given = _list(paper.get("authors"))[: limits.AUTHORS + 1]
    names = (_text(author) or _text(_mapping(author).get("name")) for author in given)
    return capped_authors(tuple(filter(None, names)))


def _organization(entry: Mapping[str, Any]) -> str | None:
    given = _mapping(entry.get("organization")) or _mapping(entry.get("submitterOrganization"))
    return _text(given.get("fullname")) or _text(given.get("name")) or None


def _artifacts(paper: Mapping[str, Any]) -> tuple[Artifact, ...]:
    found = (
        Artifact(kind, name)
        for kind, field in _ARTIFACTS.items()
        for given in _list(paper.get(field))[: limits.ARTIFACTS]
        if isinstance(name := _mapping(given).get("id"), str) and _HUB_NAME.fullmatch(name)
    )
    return tuple(dict.fromkeys(found))


def _date(value: object) -> date | None:
    """The UTC date of an ISO 8601 instant."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
        return (instant if instant.tzinfo is None else instant.astimezone(UTC)).date() if instant else None
    except (ValueError, OverflowError):
        return None


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _BIGGEST
    return value if is_count and isinstance(value, int) else None


def _text(value: object, most: int = limits.NAME) -> str:
    """The text on one line; twice as much is read as is kept, for what cleaning takes away."""
    return capped(clean(value[: 2 * most]), most) if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
