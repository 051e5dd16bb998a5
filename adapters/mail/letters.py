"""Letters: a digest, or a code, as a mail.  Pure functions.

What comes from outside stands in bodies alone; headers hold what code has made, and the library that writes them takes
no line end.  Mail about lists: RFC 2369 and 2919; ending them by one click: RFC 8058; automatic mail: RFC 3834.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from adapters.mail.limits import HTML_BYTES
from bot.digests.model import Digest, Kind
from bot.digests.whole import as_one
from bot.documents.html import html_document, html_page
from bot.documents.model import Block, Card, Document, Footnote, Image, link, text
from bot.documents.plain import plain_document
from bot.documents.words import on_one_line

UNSUBSCRIBE = "List-Unsubscribe"
LISTS = {Kind.DAILY: "Papers of the day", Kind.WEEKLY: "Papers of the week"}


class Policy(EmailPolicy):
    """How letters are written: in ASCII, which every server passes on, and with long addresses left whole.

    The library writes a header's word that is longer than a line as encoded words, which RFC 2369 does not allow in an
    address.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """A header as it is sent."""
        if name == UNSUBSCRIBE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


POLICY = Policy(linesep="\r\n", cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a letter needs beside its words: from whom, to whom, when, and a name by which a second one is known."""

    sender: Address
    recipient: str
    sent_at: datetime
    key: str

    @property
    def message_id(self) -> str:
        """The same for the same key, so that a letter that comes twice is known by it."""
        return f"<{self.key}@{self.sender.domain}>"


def digest_letter(digest: Digest, envelope: Envelope, end: str) -> EmailMessage:
    """A digest as one mail: HTML with its pictures inside, and the same as plain text.

    Args:
        digest: what to say.
        envelope: whose it is.
        end: the address by which this subscription ends, without asking back when it is posted to.
    """
    kind = digest.slot.kind
    title = digest.title or LISTS[kind]
    letter = _letter(envelope, title)
    letter["List-Id"] = f"{LISTS[kind]} <{kind}.paperwire.{envelope.sender.domain}>"
    letter[UNSUBSCRIBE] = f"<{end}>"
    letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    document = as_one(digest)
    pictures = {_picture_id(number, envelope): image for number, image in enumerate(_pictures(document), 1)}
    addresses = {image: f"cid:{name}" for name, image in pictures.items()}
    fitting = _fitting(document, addresses).with_blocks(_farewell(end))
    letter.set_content(plain_document(fitting, buttons=False) + "\n")
    letter.add_alternative(html_page(title, html_document(fitting, source=addresses.get)), subtype="html")
    _attach(letter, pictures)
    return letter


def code_letter(code: str, envelope: Envelope) -> EmailMessage:
    """The code that shows that whoever reads there wants digests."""
    letter = _letter(envelope, "Your code for Paperwire")
    letter.set_content(
        "Somebody asked Paperwire to send its digests of research papers to this address.\n\n"
        f"The code is {code}\n\n"
        f"If that was you, give it to Paperwire where you asked: confirm {code}\n"
        "It is good for an hour.\n\n"
        "If it was not you, do nothing: without the code no digest is sent.\n"
    )
    return letter


def _letter(envelope: Envelope, subject: str) -> EmailMessage:
    letter = EmailMessage(policy=POLICY)
    letter["From"] = envelope.sender
    letter["To"] = Address(addr_spec=envelope.recipient)
    letter["Subject"] = on_one_line(subject)
    letter["Date"] = format_datetime(envelope.sent_at)
    letter["Message-ID"] = envelope.message_id
    letter["Auto-Submitted"] = "auto-generated"
    return letter


def _pictures(document: Document) -> list[Image]:
    return [block for block in document.blocks if isinstance(block, Image) and block.data]


def _picture_id(number: int, envelope: Envelope) -> str:
    return f"picture{number}.{envelope.message_id.strip('<>')}"


def _attach(letter: EmailMessage, pictures: dict[str, Image]) -> None:
    html = letter.get_body(("html",))
    for number, (name, image) in enumerate(pictures.items(), 1):
        if html is not None and image.data:
            html.add_related(
                image.data, "image", "png", cid=f"<{name}>", disposition="inline", filename=f"picture{number}.png"
            )


def _farewell(end: str) -> Footnote:
    return Footnote(text("This address is subscribed to these digests. ", link("Unsubscribe", end)))


def _fitting(document: Document, addresses: dict[Image, str]) -> Document:
    """The document, without what would make the mail too long; then it says how much is missing."""
    kept: list[Block] = []
    size = 0
    for number, block in enumerate(document.blocks):
        size += len(html_document(Document(blocks=(block,)), source=addresses.get).encode())
        if size > HTML_BYTES:
            return Document(document.title, (*kept, _left_out(document.blocks[number:])), tone=document.tone)
        kept.append(block)
    return document


def _left_out(blocks: Iterable[Block]) -> Footnote:
    papers = sum(isinstance(block, Card) for block in blocks)
    what = f"{papers} more papers" if papers != 1 else "One more paper"
    return Footnote(text(f"This mail is as long as mail can be. {what if papers else 'Something'} did not fit."))
