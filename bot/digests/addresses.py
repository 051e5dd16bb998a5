"""Mail addresses, as people write them."""

from __future__ import annotations

import re

from bot.errors import BadInput

LONGEST_ADDRESS = 254  # octets; RFC 5321, section 4.5.3.1.3, less the angle brackets
LONGEST_LOCAL_PART = 64  # section 4.5.3.1.1
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322, section 3.2.3
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"  # RFC 1035, section 2.3.1, as RFC 1123 widened it
ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})+)")


def read_address(words: str) -> str:
    """A mail address, its domain in lower case.

    Raises:
        BadInput: it is none, or has letters that not every mail server takes.
    """
    match = ADDRESS.fullmatch(words)
    if match is None or len(words) > LONGEST_ADDRESS or len(match[1]) > LONGEST_LOCAL_PART:
        raise BadInput("That is not a mail address, which looks like somebody@example.org (letters without accents).")
    return f"{match[1]}@{match[2].lower()}"
