"""Digests as an Atom feed (RFC 4287).  Pure functions."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from bot.digests.model import Digest, Kind, Target
from bot.digests.ports import Issue
from bot.digests.whole import as_one
from bot.documents.html import html_document
from bot.documents.model import Image
from bot.documents.words import on_one_line

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
NEVER = datetime(2026, 1, 1, tzinfo=UTC)  # when a feed without entries was changed
TITLES = {Kind.DAILY: "Paperwire: papers of the day", Kind.WEEKLY: "Paperwire: papers of the week"}
PAPERS = "https://huggingface.co/papers"
_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def atom_feed(issues: Sequence[Issue], *, title: str, address: str, name: str) -> bytes:
    """The feed of one subscription.

    Args:
        issues: its digests, newest first.
        title: what a reader shows for it.
        address: where it is read.
        name: what tells it from all others for good; its id and those of its entries are made from it.
    """
    register_namespace("", _ATOM)
    feed = Element(_name("feed"))
    _put(feed, "id", _id(name))
    _put(feed, "title", title)
    _put(feed, "updated", last_change(issues).isoformat())
    _put(SubElement(feed, _name("author")), "name", "Paperwire")
    _put(feed, "link", rel="self", type="application/atom+xml", href=address)
    _put(feed, "link", rel="alternate", type="text/html", href=PAPERS)
    for issue in issues:
        _entry(feed, issue, name)
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def title_of(target: Target, kind: Kind) -> str:
    """A feed's title, with its own name where it has one (`feed:robots`), so that readers can tell several apart."""
    own = target.channel.partition(":")[2]
    return f"{TITLES[kind]} ({own})" if own else TITLES[kind]


def last_change(issues: Sequence[Issue]) -> datetime:
    """When anything of them changed last, to the second."""
    return max((issue.updated for issue in issues), default=NEVER).replace(microsecond=0)


def _entry(feed: Element, issue: Issue, name: str) -> None:
    digest = issue.digest
    entry = SubElement(feed, _name("entry"))
    _put(entry, "id", _id(name, digest.slot.key))
    _put(entry, "title", on_one_line(digest.title) or TITLES[digest.slot.kind])
    _put(entry, "published", issue.published.replace(microsecond=0).isoformat())
    _put(entry, "updated", issue.updated.replace(microsecond=0).isoformat())
    _put(entry, "link", rel="alternate", type="text/html", href=_page_of(digest))
    _put(entry, "content", html_document(replace(as_one(digest), title=""), source=_inside), type="html")


def _page_of(digest: Digest) -> str:
    """Hugging Face's own page of that day or week."""
    day = digest.slot.day
    year, week, _ = day.isocalendar()
    return f"{PAPERS}/week/{year}-W{week:02}" if digest.slot.kind is Kind.WEEKLY else f"{PAPERS}/date/{day.isoformat()}"


def _inside(image: Image) -> str | None:
    """A picture within the text itself, as nothing else of the feed has an address."""
    return f"data:image/png;base64,{base64.b64encode(image.data).decode()}" if image.data else None


def _id(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, "#".join(parts)).urn


def _put(parent: Element, name: str, words: str = "", **attributes: str) -> None:
    SubElement(parent, _name(name), attributes).text = _NOT_XML.sub("\ufffd", words) or None


def _name(name: str) -> str:
    return f"{{{_ATOM}}}{name}"
