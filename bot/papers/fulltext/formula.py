"""Formulas: LaTeX as readable Unicode, "d_model = 512" instead of "d_{\\text{model}}=512"."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalkerError

from bot.papers.fulltext.clean import clean

MAX_LENGTH = 2_000  # longer ones are left as they are: nobody reads them, and the walker recurses

_LAYOUT = re.compile(
    r"\\(?:displaystyle|textstyle|scriptstyle|left|right|[bB]igg?[lrm]?|nolimits|limits|mathopen|mathclose)(?![a-zA-Z])\.?"
)
_WRAPPED = re.compile(r"%\s*\n\s*")  # LaTeXML breaks long formulas with a comment at the line's end
_PLAIN = re.compile(r"[\w\s.,:;+\-*/=<>()\[\]|%!?']*")


@cache
def _converter() -> LatexNodes2Text:
    return LatexNodes2Text(math_mode="text", keep_comments=True, strict_latex_spaces=False)


@lru_cache(maxsize=4096)
def readable(latex: str) -> str:
    """The formula as text; the LaTeX itself where it cannot be read."""
    if len(latex) > MAX_LENGTH or _PLAIN.fullmatch(latex):
        return clean(latex)
    try:
        return clean(
            _converter().latex_to_text(_LAYOUT.sub("", _WRAPPED.sub("", latex)), tolerant_parsing=True)
        ) or clean(latex)
    except (LatexWalkerError, ValueError, IndexError, KeyError, AttributeError, TypeError, RecursionError):
        return clean(latex)
