"""arXiv's API, for papers that Hugging Face does not know.  Answers are Atom feeds, described at
https://info.arxiv.org/help/api/user-manual.html; they are parsed by defusedxml, which knows no entities and no DTDs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from bot.errors import BadInput, SourceUnavailable
from bot.papers import limits
from bot.papers.limits import capped, capped_authors
from bot.papers.model import Paper
from bot.papers.references import PaperReference, is_paper_id, read_reference
from bot.papers.text import clean, clean_title
from bot.papers.withdrawal import says_withdrawn
from bot.ports import Fetched, Fetcher

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

PUBLIC = "https://arxiv.org"
PUBLIC_API = "https://export.arxiv.org"  # programs are asked to use this host
BATCH = 100  # ids of one request

_ATOM = {"atom": "http://www.w3.org/2005/Atom", "arxiv": "http://arxiv.org/schemas/atom"}
_FEED = "{http://www.w3.org/2005/Atom}feed"


class Arxiv:
    """Every method raises `SourceUnavailable` or `RateLimited` where there is no usable answer."""

    def __init__(self, fetcher: Fetcher, base_url: str = PUBLIC) -> None:
        self._fetcher = fetcher
        base = base_url.rstrip("/")
        self._query = (PUBLIC_API if base == PUBLIC else base) + "/api/query"

    async def papers(self, ids: Sequence[str]) -> tuple[Paper, ...]:
        """The papers with these ids, in this order; those that arXiv does not know are left out."""
        wanted = [paper_id for paper_id in dict.fromkeys(ids) if is_paper_id(paper_id)]
        found: dict[str, Paper] = {}
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            params = {"id_list": ",".join(batch), "max_results": str(len(batch))}
            found |= {paper.id: paper for paper in parse_feed(await self._fetcher.get(self._query, params=params))}
        return tuple(found[paper_id] for paper_id in wanted if paper_id in found)


def parse_feed(fetched: Fetched) -> tuple[Paper, ...]:
    """The papers of an Atom answer, in its order.  An entry that tells of an error is no paper.

    Raises:
        SourceUnavailable: this is no Atom feed: a captcha, an outage page, something broken.
    """
    try:
        feed: Element = fromstring(fetched.body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise _unreadable() from error
    if feed.tag != _FEED:
        raise _unreadable()
    return tuple(paper for entry in feed.iterfind("atom:entry", _ATOM) if (paper := _paper(entry)))


def _unreadable() -> SourceUnavailable:
    return SourceUnavailable("arXiv answers with something that cannot be read. Please try again in a few minutes.")


def _paper(entry: Element) -> Paper | None:
    reference, title = _reference(_text(entry, "id")), clean_title(_text(entry, "title"))
    if reference is None or not title:
        return None
    abstract = capped(clean(_text(entry, "summary")[: 2 * limits.ABSTRACT]), limits.ABSTRACT)
    comment = clean(_text(entry, "comment", "arxiv")[: limits.ABSTRACT])
    return Paper(
        id=reference.id,
        version=reference.version,
        title=title,
        abstract=abstract,
        authors=capped_authors(tuple(_authors(entry))),
        published=_date(_text(entry, "published")),
        withdrawn=says_withdrawn(abstract, comment),
    )


def _reference(address: str) -> PaperReference | None:
    """The paper of an entry's id, `http://arxiv.org/abs/1707.08567v1`; errors have `…/api/errors#…`."""
    try:
        found = read_reference(address)
    except BadInput:
        return None
    return found if isinstance(found, PaperReference) else None


def _authors(entry: Element) -> Iterator[str]:
    for author in islice(entry.iterfind("atom:author", _ATOM), limits.AUTHORS + 1):
        if name := clean(_text(author, "name")[: 2 * limits.NAME]):
            yield name


def _date(value: str) -> date | None:
    try:
        return datetime.fromisoformat(value.strip()).date()
    except ValueError:
        return None


def _text(element: Element, name: str, space: str = "atom") -> str:
    return element.findtext(f"{space}:{name}", "", _ATOM)
