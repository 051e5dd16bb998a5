"""One way of writing for what papers and models write in many: TeX, raised and lowered digits, powers of ten, Greek.

Every pattern here is linear in time: none begins a run of characters in the middle of one.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi "
        "chi psi omega".split(),
        strict=True,
    )
)
# Names, in whatever case: "Δ" is "delta", too.  The other forms are those that TeX and PDFs use.
GREEK_SIGNS = str.maketrans(
    GREEK
    | {sign.upper(): name for sign, name in GREEK.items()}
    | dict(zip("ϵεϑϕϖϱςµ", "epsilon epsilon theta phi pi rho sigma mu".split(), strict=True))
)
_COUNTS = dict(
    zip("one two three four five six seven eight nine ten twenty".split(), [*map(str, range(1, 11)), "20"], strict=True)
)
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))

_TEX = [
    (re.compile(r"\\[dt]?frac\s?\{(\d{1,6})\}\s?\{(\d{1,6})\}"), r" \1/\2 "),
    (re.compile(r"\\[dt]?frac\s?(\d)(\d)(?!\d)"), r" \1/\2 "),
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\(?:times|texttimes|cdot)(?![a-z])"), "×"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\var(?=epsilon|theta|phi|pi|rho|sigma|kappa)"), " "),
    (re.compile(r"\\(?:text\w{0,20}|math\w{0,20}|sim|approx|geq?|leq?|pm)(?![a-z])|\\[,;!: ]|[${}~\\]"), " "),
]
_DASHES = re.compile(r"[–—−‐‑]")
_RAISED_RUN = re.compile(f"(?:(?<![\\d.,])(10|2)|(?<=(\\d))|)([{''.join(_RAISED)}]+)")
_LOWERED_RUN = re.compile(f"[{''.join(_LOWERED)}]+")
_VULGAR = re.compile(r"(?:(?<![\d.,])(\d{1,4})\s?)?([¼-¾⅐-⅞↉])")
_MINUS_IN_TEX = re.compile(r"\\(?:text|math)\w{0,20}\s?\{\s?-\s?\}")
_POWER_OF_TWO = re.compile(r"(?<![\w.,^])2\s?\^\s?(?P<open>[({])?\s?(?P<exponent>\d{1,2})(?!\d)(?(open)\s?[)}])")
_APOSTROPHES = re.compile(r"(?<=\d)['’](?=\d{3}(?!\d))")  # between thousands, as in "10'000"
_TOP = re.compile(rf"\btop-({'|'.join(_COUNTS)})\b", re.I)
_POWER = re.compile(
    r"(?:(?<![\w.,])(?P<mantissa>\d{1,9}(?:\.\d{1,9})?)\s?[×x*·⋅∙∗]\s?|(?<![\w.,]))"
    r"10\s?(?:\^\s?(?P<open>[({])?|(?=-))\s?(?P<exponent>[-+]?\s?\d{1,3})(?!\d)(?(open)\s?[)}])"
)
_PERCENT = re.compile(
    r"\b(?:per ?cents?|pct|prozent|procent|pour ?cent|por ?ciento|per ?cento|процент\w{0,3})(?!\w)", re.I
)
_POINTS = re.compile(r"(?:%|\bpercent(?:age)?)[ -]?(?:points?|pts?)\b|\bp\.p\.|\bpp\b", re.I)
_BEFORE_UNIT = re.compile(r"(?<=\d)\s(?=[%×])")
_NO_SPACES_THERE = re.compile(r"(?<=[\u3040-\u9fff])(?=[\dA-Za-z])|(?<=[\dA-Za-z])(?=[\u3040-\u9fff])")
_LIST_MARK = re.compile(r"\(\s?\d{1,2}\s?\)|(?<![\w.,^])\d\)")
_BARE = str.maketrans("()_^", "    ")  # signs that make a number look like a list's mark or a part of a name
_JOINTS = str.maketrans("_^", "  ")


def plain(text: str, *, list_marks: bool = True) -> str:
    """The text without TeX, with powers of ten as "1e-9", Greek letters by name, and simple dashes and digits.

    "(1)" and "2)" count nothing where they mark a list; `list_marks` says whether there may be any, and drops them.
    """
    text = " ".join(text.split())
    if "\\" in text or "$" in text or "{" in text or "~" in text:
        text = _without_tex(text)
    if not text.isascii():
        text = _in_ascii(text)
    text = _with_powers(text)
    if "'" in text or "’" in text:
        text = _APOSTROPHES.sub(",", text)
    if "top-" in text.lower():
        text = _TOP.sub(lambda top: f"top-{_COUNTS[top[1].lower()]}", text)
    text = _LIST_MARK.sub(" ", text) if list_marks else text
    text = text.translate(_JOINTS if list_marks else _BARE)
    return _BEFORE_UNIT.sub("", " ".join(_with_percent(text).split()))


def _with_percent(text: str) -> str:
    """Percent in any language as "percent"; percentage points, which are no percent, as "points"."""
    lower = text.lower()
    if any(sign in lower for sign in ("cent", "ciento", "pct", "proz", "процент")):
        text = _PERCENT.sub("percent", text)
    may_hold_points = "%" in text or "percent" in lower or "pp" in lower or "p.p" in lower
    return _POINTS.sub(" points", text) if may_hold_points else text


def _without_tex(text: str) -> str:
    # Braces around an exponent say where it ends, so powers come before the rest of TeX.
    text = re.sub(r"\\(?:times|cdot)(?![a-z])", "×", text).replace("$", " ") if "10" in text else text
    text = _MINUS_IN_TEX.sub("-", _DASHES.sub("-", text))
    text = _with_powers(" ".join(text.split()))
    for pattern, replacement in _TEX:
        text = pattern.sub(replacement, text)
    return text


def _in_ascii(text: str) -> str:
    text = _DASHES.sub("-", text)
    text = _RAISED_RUN.sub(_raised, text)
    text = _LOWERED_RUN.sub(lambda run: "_" + "".join(map(_LOWERED.__getitem__, run[0])), text)
    text = _VULGAR.sub(_fraction, text)
    return _NO_SPACES_THERE.sub(" ", text.translate(GREEK_SIGNS))


def _raised(raised: re.Match[str]) -> str:
    """ "10⁻⁹" as "10^-9", "n²" as "n^2"; behind any other number it is a footnote's mark."""
    base, number, digits = raised.groups()
    return " " if number else f"{base or ''}^{''.join(map(_RAISED.__getitem__, digits))}"


def _fraction(sign: re.Match[str]) -> str:
    """ "½" as "1/2", and "1½" as "3/2"."""
    value = Fraction(unicodedata.normalize("NFKC", sign[2]).replace("⁄", "/")) + int(sign[1] or 0)
    return f" {value.numerator}/{value.denominator} "


def _with_powers(text: str) -> str:
    """Powers of ten as "3e-4", and powers of two as their value."""
    if "10" in text:
        text = _POWER.sub(_with_exponent, text)
    return _POWER_OF_TWO.sub(lambda power: str(2 ** int(power["exponent"])), text) if "^" in text else text


def _with_exponent(power: re.Match[str]) -> str:
    """ "3 × 10^-4" as "3e-4".  A PDF loses the height of "10-4"; it is a power only behind a factor."""
    if power["mantissa"] is None and "^" not in power[0]:
        return power[0]
    exponent = power["exponent"].replace(" ", "")
    return f"{power['mantissa'] or 1}e{exponent}"
