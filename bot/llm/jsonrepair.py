r"""Near-valid JSON as models write it, made valid: TeX with single backslashes, and commas before a closing bracket.

`"\(\alpha\)"` is no JSON; `"\beta"` is, but means a backspace and "eta".  An escape that begins a TeX command is taken
for the command.  Nothing is completed or guessed: json-repair, the usual library for this, closes answers that were
cut, reads "\beta" as a backspace and takes quadratic time.

`requoted` goes further, for text that is no JSON otherwise: it escapes quotation marks inside of strings and adds
commas between members, where what follows tells which is which.
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

_TOKEN = re.compile(r'\\.|"', re.DOTALL)
_KEY = r'"[^"\\]{1,40}"\s*:'
_CLOSES = re.compile(rf"""\s*(?:[:}}\]]|\Z|,\s*(?:["{{\[}}\]]|-?\d|true|false|null)|{_KEY})""")
_TYPOGRAPHIC = str.maketrans("“”„‟", '""""')
_MEMBER_END = re.compile(r"""("(?:[^"\\]|\\.)*+(?:"|\Z))|[}\]]|[0-9]++""", re.DOTALL)
_MEMBER_NEXT = re.compile(rf"\s*+{_KEY}")
_OBJECT_NEXT = re.compile(r"\s*+\{")


def hides_tex(text: str) -> bool:
    r"""Whether valid JSON holds an escape that looks like the first letter of a TeX command, such as "\beta"."""
    return any(found[1] for found in _TEX_LIKE.finditer(text))


def repaired(text: str) -> str:
    """The text with every backslash in a valid escape, and no comma before a closing bracket."""
    return _COMMA.sub(lambda found: found[1] or "", _ESCAPE.sub(_escaped, text))


def requoted(text: str) -> str:
    """The text with quotation marks that can only be part of a string escaped, and commas between members."""
    if '"' not in text:
        text = text.translate(_TYPOGRAPHIC)
    parts, start, is_inside = [], 0, False
    for found in _TOKEN.finditer(text):
        if found[0] != '"':
            continue
        is_inner = is_inside and not _CLOSES.match(text, found.end())
        is_inside = not is_inside or is_inner
        if is_inner:
            parts += [text[start : found.start()], "\\"]
            start = found.start()
    parts.append(text[start:])
    return _MEMBER_END.sub(_with_comma, "".join(parts))


def _with_comma(found: re.Match[str]) -> str:
    following = (_MEMBER_NEXT, _OBJECT_NEXT) if found[0] == "}" else (_MEMBER_NEXT,)
    is_missing = any(each.match(found.string, found.end()) for each in following)
    return f"{found[0]}," if is_missing else found[0]


def _escaped(found: re.Match[str]) -> str:
    if found["valid"]:
        return found[0]
    if found["apostrophe"]:
        return "'"
    return "\\" + found[0]
