"""Mail addresses, as people write them."""

from __future__ import annotations

import re

from bot.errors import BadInput

LONGEST_ADDRESS = 254  # octets; RFC 5321, section 4.5.3.1.3, less the angle brackets
LONGEST_LOCAL_PART = 64  # section 4.5.3.1.1
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322, section 3.2.3
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"  # RFC 1035, section 2.3.1, as RFC 1123 widened it
_LOCAL_PART = rf"{_ATOM}(?:\.{_ATOM})*"
ADDRESS = re.compile(rf"({_LOCAL_PART})@({_LABEL}(?:\.{_LABEL})+)")
_OWN = rf"({_LOCAL_PART})@({_LABEL}(?:\.{_LABEL})*)"
SENDER = re.compile(rf"""{_OWN}|"?([^<>"\x00-\x1f\x7f]*?)"?\s*<{_OWN}>""")


def read_address(words: str) -> str:
    """A mail address, its domain in lower case.

    Raises:
        BadInput: it is none, or has letters that not every mail server takes.
    """
    match = ADDRESS.fullmatch(words)
    if match is None or len(words) > LONGEST_ADDRESS or len(match[1]) > LONGEST_LOCAL_PART:
        raise BadInput("That is not a mail address, which looks like somebody@example.org (letters without accents).")
    return f"{match[1]}@{match[2].lower()}"


def read_sender(words: str) -> tuple[str, str]:
    """The name, which may be empty, and the address in `Paperwire <papers@example.org>`.

    A host of one's own network, such as `papers@localhost`, will do.

    Raises:
        BadInput: as `read_address`.
    """
    match = SENDER.fullmatch(words.strip())
    if match is None:
        raise BadInput("A sender is a mail address, or one with a name: Paperwire <papers@example.org>.")
    bare_part, bare_host, name, local_part, host = match.groups(default="")
    return name.strip(), f"{bare_part or local_part}@{(bare_host or host).lower()}"
