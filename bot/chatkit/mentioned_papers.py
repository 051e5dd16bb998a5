"""Papers that the messages of others name, for "Explain this paper"."""

from __future__ import annotations

from bot.papers.references import find_references

NO_PAPER = "I found no paper in that message: neither a link to arXiv or Hugging Face nor an arXiv id."
MOST_LOOKED_AT = 20_000  # characters of one message, its previews included


def first_paper_in(text: str) -> str:
    """The first paper that a text names by link or by id, as `2606.01234` or `2606.01234v2`; "" if it names none."""
    for reference in find_references(text[:MOST_LOOKED_AT]):
        return f"{reference.id}v{reference.version}" if reference.version else reference.id
    return ""
