"""How much of a field is taken from a source.

Sources' texts are of any length, and everything that is shown, searched or put to a model costs time in step with it.
The sizes are well above what is real: arXiv takes abstracts of up to 1,920 characters
(https://info.arxiv.org/help/prep.html), and the largest collaborations have some 3,000 authors.
"""

from __future__ import annotations

from collections.abc import Sequence

ABSTRACT = 10_000  # characters
SUMMARY = 2_000  # characters of Hugging Face's own summary
NAME = 200  # characters of an author's, an organization's or a keyword's name
AUTHORS = 5_000
KEYWORDS = 50
ARTIFACTS = 200
ENTRIES = 2_000  # papers of one answer

CUT = "…"  # ends a text of which something is missing
MORE_AUTHORS = "et al."  # ends a list of authors of which some are missing


def capped(text: str, most: int) -> str:
    """Return the text, or its first `most` characters with the mark of a cut as the last one."""
    return text if len(text) <= most else text[: most - len(CUT)].rstrip() + CUT


def capped_authors(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names, each capped; the mark of a cut stands last where there are too many."""
    kept = tuple(capped(name, NAME) for name in names[:AUTHORS])
    return kept if len(names) <= AUTHORS else (*kept[:-1], MORE_AUTHORS)
