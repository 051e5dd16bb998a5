"""Output in whatever encoding the terminal or the pipe has.

Not every encoding has every sign: Windows' consoles and pipes often have one of 8 bits.  A sign that is lacking is
replaced by a near one, or by a question mark; JSON escapes it, so that nothing of its content is lost.
"""

from __future__ import annotations

import codecs
import io
import json
import sys
import unicodedata

_HANDLER = "paperwire_near"
_NEAR = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "…": "...",
        "·": "-", "•": "*", "→": "->", "←": "<-", "×": "x", "≤": "<=", "≥": ">=", "▲": "^", "█": "#", "\u00a0": " ",
    }
)  # fmt: skip


def prepare_output() -> None:
    """Let no sign that stdout or stderr cannot encode end the program."""
    codecs.register_error(_HANDLER, _replace)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def print_json(value: object) -> None:
    """Write one JSON value to stdout, with escapes if the encoding lacks a sign of it."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if not _arrives(text, sys.stdout.encoding or "utf-8"):
        text = json.dumps(value, indent=2)
    sys.stdout.write(text + "\n")


def _arrives(text: str, encoding: str) -> bool:
    """Whether an encoding gives back what it was given; Shift JIS makes a backslash of a yen sign."""
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeError:
        return False


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    near = unicodedata.normalize("NFKD", lacking.translate(_NEAR))
    bare = "".join(sign for sign in near if not unicodedata.combining(sign))
    return "".join(sign if sign.isascii() else "?" for sign in bare), error.end
