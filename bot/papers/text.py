"""Text as sources write it, made fit to be shown: one line, no hidden characters, LaTeX in titles as Unicode."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from pylatexenc.latex2text import LatexNodes2Text, get_default_latex_context_db
from pylatexenc.latexwalker import LatexWalkerError

MAX_TITLE = 1_000  # longer ones are cut before LaTeX is looked for; the longest title on record has 175 characters
_JOINERS = "\u200c\u200d"  # invisible, but spelling in Persian and Indic scripts, and in emoji
_HIDDEN = {"Cc", "Cf", "Cs"}  # control, format (bidi marks, zero widths, tags) and lone surrogates

# A dollar sign opens a formula only as in Pandoc's Markdown: no blank inside its ends, no digit right after it unless
# there is a macro in it.
_MATH = re.compile(r"(?<!\\)\$(?! )([^$]{1,200}?)(?<![ \\])\$")
_ARGUMENT = r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}"
_ACCENT = r"\\['`^\"~=.](?:\{\\?[a-zA-Z]\}|\\?[a-zA-Z])"
_MACRO = re.compile(rf"{_ACCENT}|\\[a-zA-Z]+\*?(?:\s*{_ARGUMENT})*")
_NAME = re.compile(r"\\\\|\\([a-zA-Z]+)(?=(\{\\?\w)?)")  # or a line break, which is no macro's beginning
_LOST_BACKSLASH = re.compile(r"(?<![\\A-Za-z])(?:text(?:tt|bf|it|sc|rm)|math(?:bf|cal|rm)|emph)\{([^{}]*)\}")
_FORMAT = re.compile(
    r"\\(?:text(?:tt|sc|sf|sl|md|up|normal)|math(?:tt|sf)|underline|uline|bm|boldsymbol|mbox|operatorname)\*?"
    r"\s{0,3}\{([^{}]*)\}"
)
_LINK = re.compile(r"\\href\s{0,3}\{[^{}]*\}\s{0,3}\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_RAISED = re.compile(r"\\text(super|sub)script\s{0,3}\{([^{}]*)\}")
_FONT_OF_FORMULA = re.compile(r"\\(?:em|bf|it|tt|sc|sf|sl|rm|cal)(?![A-Za-z])\s*")  # $\rm so$
_BRACE = re.compile(r"(?<!\\)[{}]")
_SWITCH = re.compile(r"\{\\(?:em|bf|it|tt|sc|sf|sl|rm)(?![A-Za-z])\s*([^{}]*)\}")  # {\em so}
_KEPT_CAPITALS = re.compile(r"\{([A-Z0-9][\w.+/-]{0,40})\}")  # BibTeX's {B}oiling, {GPT-4}
_ESCAPED = re.compile(r"\\([$%&#_{}])")
_LINE_BREAK = re.compile(r"\\\\(?!\w)|(?<=\w)\\(?=\s)")
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}]*)\}|([0-9A-Za-z+\-*]))")
_SUPERSCRIPTS = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_SUBSCRIPTS = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))


def clean(text: str) -> str:
    """The same text on one line: white space collapsed; control, invisible and direction-changing characters gone."""
    spaced = " ".join(text.split())
    return " ".join("".join(char for char in spaced if _is_shown(char)).split())


def _is_shown(char: str) -> bool:
    return (char.isascii() and char.isprintable()) or char in _JOINERS or unicodedata.category(char) not in _HIDDEN


def clean_title(title: str) -> str:
    """A title in plain Unicode: `$O(n^2)$` becomes `O(n²)`, `SL^{2}A` becomes `SL²A`.

    What only looks like LaTeX stays: `50% faster`, `for $5 to $10`.  A macro that nobody knows leaves its name.
    """
    title = clean(title)[:MAX_TITLE]
    if not set(title) & set("\\$^_{"):
        return title
    title = _unwrapped(_MATH.sub(_formula, _LOST_BACKSLASH.sub(r"\1", title)))
    title = _LINE_BREAK.sub(" ", _macros(title))
    title = _SCRIPT.sub(lambda match: _script(match) if match[2] is not None else match[0], title)
    title = _KEPT_CAPITALS.sub(r"\1", _KEPT_CAPITALS.sub(r"\1", title))  # twice: {{GPT-4}}
    return clean(_ESCAPED.sub(r"\1", title))


def short_authors(authors: Sequence[str], limit: int = 3) -> str:
    """Authors for a byline: all of them up to `limit`, else "A, B, C and 661 others"."""
    left = len(authors) - limit
    if left <= 0:
        return ", ".join(authors)
    return f"{', '.join(authors[:limit])} and {left} {'other' if left == 1 else 'others'}"


def _formula(match: re.Match[str]) -> str:
    """A formula between dollar signs as Unicode; two prices and the words between them as they are."""
    inside = match[1]
    opens_a_price = match.string[match.end() : match.end() + 1].isdigit() and not set(inside) & set("\\^_")
    if opens_a_price or not _is_formula(inside):
        return match[0]
    return _scripts(_macros(_FONT_OF_FORMULA.sub("", _unwrapped(inside))))


def _unwrapped(text: str) -> str:
    """The text without commands that only choose a font or a link's address; what is raised or lowered in Unicode."""
    text = _RAISED.sub(_raised, _LINK.sub(r"\1", text))
    return _SWITCH.sub(r"\1", _FORMAT.sub(r"\1", text))


def _raised(match: re.Match[str]) -> str:
    """What textsuperscript and textsubscript show; letters that Unicode cannot raise stand as they are, as in 1st."""
    return _in_table(match[2], _SUPERSCRIPTS if match[1] == "super" else _SUBSCRIPTS) or match[2]


def _is_formula(inside: str) -> bool:
    """Whether a text between dollar signs is a formula rather than words between two prices."""
    return bool(set(inside) & set("\\^_{=<>")) or not re.search(r"[^\W\d_]{2,}", inside)


def _macros(text: str) -> str:
    return _MACRO.sub(lambda match: _plain(match[0]), text)


def _plain(fragment: str) -> str:
    """One macro with its arguments as Unicode; never empty where there is something to read in it."""
    try:
        plain: str = _converter().latex_to_text(_NAME.sub(_known, fragment).replace("%", "\\%")).strip("\n")
    except (LatexWalkerError, ValueError, IndexError, RecursionError):
        plain = ""
    is_readable = plain.strip() and "%s" not in plain  # "%s": the converter's own pattern, left unfilled
    return plain if is_readable else re.sub(r"[\\{}]+", " ", fragment).strip()


def _known(name: re.Match[str]) -> str:
    """A macro that the converter knows; of another one its name, which the converter would drop."""
    if name[1] is None or _converter().latex_context.get_macro_spec(name[1]) is not None:
        return name[0]
    return f"{name[1]} " if name[2] else name[1]


@cache
def _converter() -> LatexNodes2Text:
    logging.getLogger("pylatexenc").setLevel(logging.ERROR)  # broken LaTeX is a title's everyday, not news
    known = get_default_latex_context_db()
    known.set_unknown_macro_spec(None)
    return LatexNodes2Text(latex_context=known, math_mode="text")


def _scripts(text: str) -> str:
    return _BRACE.sub("", _SCRIPT.sub(_script, text))


def _script(match: re.Match[str]) -> str:
    """A raised or lowered piece: in Unicode's own characters where it has all of them, else as it was, sans braces."""
    inside = match[2] if match[2] is not None else match[3]
    if shown := _in_table(inside, _SUPERSCRIPTS if match[1] == "^" else _SUBSCRIPTS):
        return shown
    return f"{match[1]}{inside}" if re.fullmatch(r"[\w.]*", inside) else f"{match[1]}({inside})"


def _in_table(text: str, table: Mapping[str, str]) -> str:
    """The text in other characters; "" where the table lacks one."""
    return "".join(table[char] for char in text) if all(char in table for char in text) else ""
