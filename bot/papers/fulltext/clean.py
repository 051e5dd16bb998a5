"""Characters: spaces collapsed, invisible ones gone, and references told from the text.

Invisible characters carry instructions that a reader does not see, or part a word so that no search finds it: zero
width marks, directional overrides, variation selectors, and the tags block (U+E0000), which spells ASCII invisibly.
"""

from __future__ import annotations

import re
import unicodedata

_TAGS = re.compile("[\U000e0020-\U000e007e]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_TYPESET = re.compile("[\ufb00-\ufb06\U0001d400-\U0001d7ff]+")  # ligatures; bold, script, double-struck letters
_UNUSUAL = re.compile("[^\t\n\r -~]+")  # a page is swept once for these, and only they are looked at closely
_SPACES = re.compile(r"\s+")

_REFERENCES = re.compile(
    r"\W*(?:[\dIVX]+\.?\s+)?(?:references(?: and notes)?|bibliography|literature cited|works cited)\W*", re.I
)
_CAPTION = re.compile(
    r"(?:extended data |supplementary )?(?:figure|fig\.?|table|tab\.|algorithm|listing|scheme)\s+"
    r"[A-Z]?\.?(?:\d{1,3}|[IVX]+)(?:\.\d+)?(?:\([a-z]\))?\s*[:.|–—]",
    re.I,
)


def clean(text: str) -> str:
    """One line: single spaces, composed characters, ligatures spelt out, nothing invisible."""
    return _SPACES.sub(" ", visible(text)).strip()


def clean_lines(text: str) -> str:
    """As `clean`, but keeping lines and their indentation, as code needs it."""
    lines = (line.rstrip() for line in visible(text).expandtabs(4).splitlines())
    return "\n".join(lines).strip("\n")


def hidden_message(text: str) -> str:
    """What is spelt in the tags block; empty if nothing is."""
    return "".join(chr(ord(tag) - 0xE0000) for tag in _TAGS.findall(text)).strip()


def is_reference_heading(heading: str) -> bool:
    """Whether a heading opens the list of references."""
    return _REFERENCES.fullmatch(heading) is not None


def is_caption(text: str) -> bool:
    """Whether a paragraph is the caption of a figure or a table: "Figure 3: …", "Table II. …"."""
    return _CAPTION.match(text) is not None


def visible(text: str) -> str:
    """The text with its spaces and lines, composed, ligatures spelt out, nothing invisible."""
    return unicodedata.normalize("NFC", _UNUSUAL.sub(_made_plain, text))


def _made_plain(unusual: re.Match[str]) -> str:
    signs = _CONTROLS.sub("", _INVISIBLE.sub("", unusual[0]))
    return _TYPESET.sub(lambda typeset: unicodedata.normalize("NFKC", typeset[0]), signs)
