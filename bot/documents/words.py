"""Outside text made harmless for any display, and values put into words.

What only one platform minds, its adapter sees to.
"""

from __future__ import annotations

import re
from datetime import UTC, date, tzinfo

from bot.documents.model import Moment, Text, code, text

# Unicode's line ends, all of which become "\n" (Unicode Standard, section 5.8).
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Controls C0 and C1 (terminals obey them), DEL, and the embeddings, overrides and isolates of bidirectional text,
# which make words read as others (Unicode Standard Annex 9).
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def harmless(value: str) -> str:
    """The text with "\\n" as its only line end and a blank in place of each control character."""
    return _CONTROLS.sub(" ", _LINE_ENDS.sub("\n", value))


def on_one_line(value: str) -> str:
    """The text made harmless, with each run of white space as one blank."""
    return " ".join(harmless(value).split())


def with_code(sentence: str) -> Text:
    """A sentence as a text, with what stands between backticks as code; an error's message, usually."""
    pieces = sentence.split("`")
    if len(pieces) % 2 == 0:  # one backtick has no partner
        return text(sentence)
    return text(*(code(piece) if number % 2 else piece for number, piece in enumerate(pieces)))


def long_date(day: date) -> str:
    """`Friday 10 July 2026`."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def moment_words(moment: Moment, zone: tzinfo | None = UTC) -> str:
    """A moment in words, for places that cannot show it in the reader's zone by themselves.

    Args:
        moment: what to put into words.
        zone: whose wall clock to use; None means this machine's.
    """
    local = moment.at.astimezone(zone)
    day, time = f"{local.day} {local:%B} {local.year}", f"{local:%H:%M %Z}"
    match moment.style:
        case "date":
            return day
        case "time":
            return time
        case _:
            return f"{day}, {time}"
