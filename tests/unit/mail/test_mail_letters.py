"""Letters: what any digest becomes as a mail."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from adapters.mail.letters import Envelope, code_letter, digest_letter
from adapters.mail.limits import HTML_BYTES
from bot.digests.model import Digest, Edition, Kind, Part, Slot, Target
from bot.documents.model import Card, Document, Image, Paragraph, text
from bot.documents.words import on_one_line
from tests.contract.adapters.contract import Seen, lost_words
from tests.strategies import EVIL_HOST, documents, huge_documents, nasty_texts, one_line

rendering = settings(deadline=None, suppress_health_check=list(HealthCheck))
SENT = datetime(2026, 7, 10, 7, 0, 5, tzinfo=UTC)
SENDER = Address("Paperwire", addr_spec="papers@example.org")
ENVELOPE = Envelope(SENDER, "reader@example.net", SENT, "abc234")
END = "https://papers.example.org/digests/unsubscribe/" + "Ab-_1" * 30
SLOT = Slot(Target("email:local", "reader@example.net"), Kind.DAILY, date(2026, 7, 9), Edition.FINAL)
PICTURE = Image(alt="Agents 12, vision 9", data=b"\x89PNG picture")
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
}


def _digest(*documents: Document, title: str = "Papers of Thursday 9 July 2026", slot: Slot = SLOT) -> Digest:
    parts = tuple(Part(number, document) for number, document in enumerate(documents))
    return Digest(slot=slot, title=title, parts=parts)


def _read(letter: EmailMessage) -> EmailMessage:
    """The letter as somebody gets it."""
    got = email.message_from_bytes(letter.as_bytes(), policy=SMTP)
    assert isinstance(got, EmailMessage)
    return got


def _body(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def _mail(*documents: Document, title: str = "Papers of Thursday 9 July 2026", slot: Slot = SLOT) -> EmailMessage:
    return _read(digest_letter(_digest(*documents, title=title, slot=slot), ENVELOPE, END))


HELLO = Document("Papers", (Paragraph(text("2 new papers.")),))


def test_headers_say_whose_list_it_is_and_how_it_ends() -> None:
    letter = _mail(HELLO)
    assert (letter["From"], letter["To"]) == ("Paperwire <papers@example.org>", "reader@example.net")
    assert letter["List-Id"] == "Papers of the day <daily.paperwire.example.org>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == SENT


def test_long_address_of_unsubscribing_is_written_whole() -> None:
    written = digest_letter(_digest(HELLO), ENVELOPE, END).as_bytes()
    assert f"\r\nList-Unsubscribe: <{END}>\r\n".encode() in written


def test_same_digest_has_the_same_message_id() -> None:
    later = replace(ENVELOPE, sent_at=SENT.replace(hour=9))
    letters = [digest_letter(_digest(HELLO), envelope, END) for envelope in (ENVELOPE, later)]
    assert [letter["Message-ID"] for letter in letters] == ["<abc234@example.org>"] * 2


def test_weekly_digest_is_another_list() -> None:
    letter = _mail(HELLO, slot=replace(SLOT, kind=Kind.WEEKLY))
    assert letter["List-Id"] == "Papers of the week <weekly.paperwire.example.org>"


def test_apology_without_a_title_has_a_subject() -> None:
    assert _mail(HELLO, title="")["Subject"] == "Papers of the day"


def test_both_parts_hold_every_paper_and_the_way_out() -> None:
    card = Card(
        paper_id="2607.00001", title="On <kites>", url="https://huggingface.co/papers/2607.00001", line="Kites."
    )
    letter = _mail(HELLO, Document(blocks=(card,)))
    plain, html = _body(letter, "plain"), _body(letter, "html")
    for words in ("2 new papers.", "Kites.", card.url, END):
        assert words in plain
        assert words in html
    assert "On <kites>" in plain
    assert "On &lt;kites&gt;" in html


def test_pictures_travel_inside_the_mail() -> None:
    letter = _mail(Document("Papers", (PICTURE,)))
    [picture] = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    name = picture["Content-ID"].strip("<>")
    assert f'<img src="cid:{name}" alt="Agents 12, vision 9"' in _body(letter, "html")
    assert picture.get_content() == PICTURE.data
    assert "[Agents 12, vision 9]" in _body(letter, "plain")


def test_picture_of_somebody_elses_is_only_described() -> None:
    html = _body(_mail(Document("Papers", (Image(alt="A chart", url="https://example.com/a.png"),))), "html")
    assert "[A chart]" in html
    assert "<img" not in html


def test_mail_that_would_be_clipped_says_what_is_missing() -> None:
    cards = [Card(paper_id=str(number), title="T" * 2000, url="https://arxiv.org/abs/1") for number in range(60)]
    html = _body(_mail(HELLO, *(Document(blocks=(card,)) for card in cards)), "html")
    assert "more papers did not fit" in html
    assert len(html.encode()) < HTML_BYTES * 1.05
    assert END in html


def test_code_stands_in_the_letter_twice() -> None:
    letter = _read(code_letter("K7QM-2XWD", ENVELOPE))
    assert letter["Subject"] == "Your code for Paperwire"
    assert letter.get_content().count("K7QM-2XWD") == 2
    assert letter["List-Unsubscribe"] is None


@settings(rendering, max_examples=20)
@given(st.lists(documents(max_blocks=5), min_size=1, max_size=3), nasty_texts(90))
def test_any_digest_is_a_mail_that_can_be_read(parts: list[Document], title: str) -> None:
    letter = _mail(*parts, title=title)
    assert set(letter.keys()) == HEADERS
    assert letter.defects == []
    assert letter.get_content_type() == "multipart/alternative"
    assert END in _body(letter, "plain")


@settings(rendering, max_examples=20)
@given(st.lists(documents(max_blocks=5), min_size=1, max_size=3), nasty_texts(90))
def test_no_text_becomes_markup(parts: list[Document], title: str) -> None:
    tree = LexborHTMLParser(_body(_mail(*parts, title=title), "html"))
    tags = {node.tag for node in tree.root.traverse()} if tree.root else set()
    assert not tags & {"script", "iframe", "object", "form", "style", "base"}
    addresses = [node.attributes.get("href") or "" for node in tree.css("a")]
    assert not [address for address in addresses if EVIL_HOST in address or not address.startswith("https://")]
    assert all((node.attributes.get("src") or "").startswith("cid:") for node in tree.css("img"))


@settings(rendering, max_examples=20)
@given(documents(), one_line(90))
def test_lines_are_short_and_ascii(document: Document, title: str) -> None:
    written = digest_letter(_digest(document, title=title), ENVELOPE, END).as_bytes()
    assert written.isascii()
    assert max(map(len, written.split(b"\r\n"))) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", written)


@settings(rendering, max_examples=5)
@given(huge_documents())
def test_no_mail_is_clipped(document: Document) -> None:
    assert len(_body(_mail(HELLO, document), "html").encode()) < HTML_BYTES * 1.05


@pytest.mark.parametrize("name", ["Paperwire", "Päper, wire", 'A "b" \\c', "学习", "<papers>"])
def test_senders_name_may_hold_anything(name: str) -> None:
    envelope = replace(ENVELOPE, sender=Address(name, addr_spec="papers@example.org"))
    [sender] = _read(digest_letter(_digest(HELLO), envelope, END))["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "papers@example.org")


@settings(rendering, max_examples=25)
@given(one_line(90))
def test_subject_is_the_title(title: str) -> None:
    words = _mail(HELLO, title=title)["Subject"].split()
    assert "".join(words) == "".join(on_one_line(title).split())  # folding may lose blanks between encoded words


@settings(rendering, max_examples=20)
@given(documents(max_blocks=6))
def test_both_parts_say_every_word(document: Document) -> None:
    letter = _mail(document)
    html = LexborHTMLParser(_body(letter, "html")).text(separator=" ")
    for words in (_body(letter, "plain"), html):
        assert "did not fit" in words or not lost_words(replace(document, title=""), Seen(words=words))
