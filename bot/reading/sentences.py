"""Sentences of scientific English, and of other scripts.

A full stop ends a sentence only if what follows can begin one, and if it does not belong to an abbreviation, a
decimal number, an initial or a web address.  Chinese and Japanese leave no space between sentences: there a sentence
ends with its own full stop (https://unicode.org/reports/tr29/#Sentence_Boundaries), unless it is quoted within another.
"""

from __future__ import annotations

import re

_CITED = r"(?:\s?\[\d[\d,\s–-]*\])?"
_CJK = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
_STOP = ".!?…؟۔।॥።။։"
_CLOSING = "\"'”’)\\]）］】〉》」』〕＂"

# A candidate: closing punctuation, perhaps a quote, bracket or citation mark behind it, then space; or the end of a
# Chinese or Japanese sentence, which may write its full stop as others do.
_END = re.compile(
    rf"(?<![{_STOP}])[{_STOP}]++[{_CLOSING}]*+{_CITED}(?=\s)"
    rf"|(?P<spaceless>(?:[。！？｡]++|(?<=[{_CJK}])[.!?]++(?=[{_CJK}「『（])|(?<![\d．])．(?![\da-zA-Z．]))"
    rf"[{_CLOSING}]*+{_CITED})"
)
_GOES_ON = re.compile(rf"[、，,；;：:]|(?<=[{_CLOSING}])[\u3041-\u309f]")  # the sentence around what is quoted
_CAN_BEGIN = re.compile(r"""["'“‘(（「『【《\[$]*(?:[^\W\d_]|\d|\\)""")
_LAST_WORD = re.compile(r"[\w.\\-]*$")

_NEVER_LAST = frozenset(
    """al approx ca cf col dr ed eds eq eqs eqn esp et fig figs i.e e.g i.i.d iid incl jr mr mrs ms nr
    prof ref refs resp sec sect secs st tab tabs viz vol vs w.r.t wrt""".split()
)
_LABELS = frozenset("alg app cor def lem prop thm".split())  # "Thm. 2", "Alg. (3)", "App. A"
_BEFORE_NUMBER = _LABELS | frozenset("avg max min pp v".split())
_NUMBER = re.compile(r"[(\[$]?\d")
_LETTER = re.compile(r"\(?[A-Z](?![^\W_])")
_LAST_IF_CAPITAL = frozenset("etc inc ltd co corp no u.s u.k e.u a.m p.m ph.d".split())  # "etc. We" ends, "etc. in" not


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, each an exact part of it once its white space is collapsed.

    Joined by single spaces, or by nothing where none stood between them, they give the collapsed text again.
    """
    collapsed = " ".join(text.split())
    sentences, start = [], 0
    for mark in _END.finditer(collapsed):
        if mark.end() > start and _is_end(collapsed, start, mark):
            sentences.append(collapsed[start : mark.end()])
            start = mark.end() + collapsed.startswith(" ", mark.end())
    if start < len(collapsed):
        sentences.append(collapsed[start:])
    return sentences


def _is_end(text: str, start: int, mark: re.Match[str]) -> bool:
    if mark["spaceless"]:
        return _GOES_ON.match(text, mark.end()) is None
    following = text[mark.end() + 1 : mark.end() + 40].split(" ", 1)[0]
    if not _can_begin(following):
        return False
    if mark.group()[0] != ".":
        return True
    last = _LAST_WORD.search(text, max(start, mark.start() - 40), mark.start())
    word = last.group() if last else ""
    if word.lower() in _NEVER_LAST or _is_initial(word):
        return False
    if word.lower() in _BEFORE_NUMBER and _NUMBER.match(following):
        return False
    if word.lower() in _LABELS and word[0].isupper() and _LETTER.match(following):  # "an app. A user" are two
        return False
    return word.lower() not in _LAST_IF_CAPITAL or following[0].isupper()


def _can_begin(word: str) -> bool:
    """Whether a sentence may begin so: not with a small letter, unless it is a name such as vLLM."""
    return _CAN_BEGIN.match(word) is not None and not (word[0].islower() and word.islower())


def _is_initial(word: str) -> bool:
    """Whether it is a letter of somebody's name ("J. Smith"); "vitamin C. We" is the rarer case."""
    return len(word) == 1 and word.isupper() and word != "I"
