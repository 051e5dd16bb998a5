r"""Near-valid JSON as models write it, made valid: TeX with single backslashes, and commas before a closing bracket.

`"\(\alpha\)"` is no JSON; `"\beta"` is, but means a backspace and "eta".  An escape that begins a TeX command is taken
for the command.  Nothing is completed or guessed: json-repair, the usual library for this, closes answers that were
cut, reads "\beta" as a backspace and takes quadratic time.
"""

from __future__ import annotations

import re

# TeX commands whose first letter is also that of a JSON escape (\b \f \n \r \t; \u needs four hexadecimal digits).
_SHORT = "bf bm ne ni nu rm to tt".split()  # a line end before a word of one letter looks the same
_COMMANDS = """
    bar because begin beta beth between big bigcap bigcup bigg bigl bigoplus bigotimes bigr binom bmod boldsymbol bot
    boxed breve bullet fbox flat footnote forall frac frown nabla natural nearrow neg neq newline nexists nleq nmid
    nolimits nonumber not notin nsubseteq rangle rceil ref rfloor rho right rightarrow rightharpoonup rvert
    tag tanh tau tbinom text textbf textit textnormal textrm textsc textsf textstyle texttt textsubscript
    textsuperscript tfrac therefore theta tilde times top triangle triangleq
""".split()

_TEX_LIKE = re.compile(rf"\\(?:[\\\"/]|({'|'.join(sorted(_COMMANDS, key=len, reverse=True))})(?![A-Za-z]))")
_ESCAPE = re.compile(
    rf"""\\(?:
        (?P<tex>(?:{"|".join(sorted((*_COMMANDS, *_SHORT), key=len, reverse=True))})(?![A-Za-z]))
        | (?P<valid>["\\/bfnrt]|u[0-9a-fA-F]{{4}})
        | (?P<apostrophe>')
        | (?P<other>)
    )""",
    re.VERBOSE,
)
_COMMA = re.compile(r"""("(?:[^"\\]|\\.)*+(?:"|\Z))|,(?=\s*[}\]])""", re.DOTALL)


def hides_tex(text: str) -> bool:
    r"""Whether valid JSON holds an escape that looks like the first letter of a TeX command, such as "\beta"."""
    return any(found[1] for found in _TEX_LIKE.finditer(text))


def repaired(text: str) -> str:
    """The text with every backslash in a valid escape, and no comma before a closing bracket."""
    return _COMMA.sub(lambda found: found[1] or "", _ESCAPE.sub(_escaped, text))


def _escaped(found: re.Match[str]) -> str:
    if found["valid"]:
        return found[0]
    if found["apostrophe"]:
        return "'"
    return "\\" + found[0]
