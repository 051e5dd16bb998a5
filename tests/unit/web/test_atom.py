"""Any digest gives a feed that can be read, and nothing in it runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from adapters.web.atom import atom_feed, last_change, title_of
from bot.digests.model import Digest, Edition, Kind, Part, Slot, Target
from bot.digests.ports import Issue
from bot.documents.model import Document, Image
from tests.strategies import EVIL_HOST, documents, nasty_texts

rendering = settings(deadline=None, suppress_health_check=list(HealthCheck))
NOON = datetime(2026, 7, 10, 12, 0, 5, 123, tzinfo=UTC)
ADDRESS = "https://papers.example.org/digests/feed/abc"
SLOT = Slot(Target("feed:local", "feed"), Kind.DAILY, date(2026, 7, 9), Edition.FINAL)


def _issue(*parts: Document, title: str = "Papers", slot: Slot = SLOT) -> Issue:
    numbered = tuple(Part(number, document) for number, document in enumerate(parts))
    return Issue(Digest(slot=slot, title=title, parts=numbered), NOON, NOON)


def _feed(*issues: Issue, name: str = "feed") -> bytes:
    return atom_feed(issues, title="Papers", address=ADDRESS, name=name)


@settings(rendering, max_examples=25)
@given(st.lists(documents(max_blocks=5), min_size=1, max_size=3), nasty_texts(90))
def test_any_digest_can_be_read(parts: list[Document], title: str) -> None:
    feed = feedparser.parse(_feed(_issue(*parts, title=title)))
    assert (feed.bozo, len(feed.entries), feed.entries[0].updated) == (False, 1, "2026-07-10T12:00:05+00:00")


@settings(rendering, max_examples=25)
@given(st.lists(documents(max_blocks=5), min_size=1, max_size=3))
def test_no_text_becomes_markup(parts: list[Document]) -> None:
    feed = feedparser.parse(_feed(_issue(*parts)), sanitize_html=False)
    tree = LexborHTMLParser(feed.entries[0].content[0].value)
    assert not tree.css("script, iframe, object, form, style, base")
    addresses = [node.attributes.get("href") or "" for node in tree.css("a")]
    assert not [address for address in addresses if EVIL_HOST in address or not address.startswith("https://")]


def test_pictures_stand_within_the_text() -> None:
    chart = Document("Papers", (Image(alt="Agents 12", data=b"\x89PNG"),))
    feed = feedparser.parse(_feed(_issue(chart)), sanitize_html=False)
    [picture] = LexborHTMLParser(feed.entries[0].content[0].value).css("img")
    assert (picture.attributes["src"], picture.attributes["alt"]) == ("data:image/png;base64,iVBORw==", "Agents 12")


def test_weekly_feed_leads_to_the_week() -> None:
    weekly = _issue(Document("Papers"), slot=replace(SLOT, kind=Kind.WEEKLY, day=date(2026, 7, 6)))
    feed = feedparser.parse(_feed(weekly))
    assert feed.entries[0].link == "https://huggingface.co/papers/week/2026-W28"


def test_two_installations_have_entries_of_their_own() -> None:
    feeds = [feedparser.parse(_feed(_issue(Document("Papers")), name=end)) for end in "xy"]
    assert feeds[0].entries[0].id != feeds[1].entries[0].id


@pytest.mark.parametrize(
    ("channel", "kind", "title"),
    [
        ("feed", Kind.DAILY, "Paperwire: papers of the day"),
        ("feed:robots", Kind.WEEKLY, "Paperwire: papers of the week (robots)"),
        ("C0123456789", Kind.WEEKLY, "Paperwire: papers of the week"),
    ],
)
def test_feeds_are_told_apart_by_their_titles(channel: str, kind: Kind, title: str) -> None:
    assert title_of(Target("feed:local", channel), kind) == title


def test_entry_without_a_title_gets_one() -> None:
    feed = feedparser.parse(_feed(_issue(Document(), title="")))
    assert feed.entries[0].title == "Paperwire: papers of the day"


def test_feed_is_as_old_as_its_newest_change() -> None:
    assert last_change([_issue(Document("Papers"))]) == NOON.replace(microsecond=0)
    assert last_change([]) < NOON
