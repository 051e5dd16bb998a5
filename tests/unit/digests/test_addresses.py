"""Mail addresses, as people and settings write them."""

from __future__ import annotations

from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mail.letters import POLICY
from bot.digests.addresses import (
    ADDRESS,
    LONGEST_ADDRESS,
    LONGEST_LOCAL_PART,
    SENDER,
    read_address,
    read_sender,
)
from bot.errors import BadInput


def is_short(words: str) -> bool:
    return len(words) <= LONGEST_ADDRESS and len(words.partition("@")[0]) <= LONGEST_LOCAL_PART


@given(st.from_regex(ADDRESS, fullmatch=True).filter(is_short))
def test_address_that_is_read_can_be_written(words: str) -> None:
    address = read_address(words)
    assert Address(addr_spec=address).addr_spec == address


@pytest.mark.parametrize("words", [f"{'a' * 65}@b.org", f"a@{'b.' * 124}org.org"])
def test_address_that_is_too_long_is_refused(words: str) -> None:
    assert ADDRESS.fullmatch(words)
    with pytest.raises(BadInput):
        read_address(words)


@given(st.from_regex(SENDER, fullmatch=True))
def test_sender_that_is_read_stands_alone_in_its_header(words: str) -> None:
    name, address = read_sender(words)
    letter = EmailMessage(policy=POLICY)
    letter["From"] = Address(name, addr_spec=address)
    written = message_from_bytes(letter.as_bytes(), policy=SMTP)
    assert written.keys() == ["From"]
    assert [one.addr_spec for one in written["From"].addresses] == [address]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("papers@example.org", ""),
        ("<papers@Example.ORG>", ""),
        ("Paper, Wire <papers@example.org>", "Paper, Wire"),
        ('"Paper, Wire" <papers@example.org> ', "Paper, Wire"),
    ],
)
def test_sender_may_have_a_name(words: str, name: str) -> None:
    assert read_sender(words) == (name, "papers@example.org")


@pytest.mark.parametrize("words", ["", "Papers", "a@b..org", "a@b.org, c@d.org", "a@b.org\r\nBcc: c@d.org", "é@b.org"])
def test_what_is_no_sender_is_refused(words: str) -> None:
    with pytest.raises(BadInput):
        read_sender(words)
