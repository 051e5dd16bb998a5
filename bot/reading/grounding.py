"""Whether the numbers in a sentence stand in its source: the same value, with the same unit or noun.

A number is grounded if the source has a mention of equal value and unit (percent, times, or none) with a word around it
that is around it here too.  So 12 datasets do not ground 12 layers.  And if another number of that unit stands among
these words in the source, and fits them clearly better, it is taken for the right one: numbers have been swapped.
A name with digits in it (GPT-4, H100, CIFAR-10) is grounded if the source has that name.

Values are exact: 94.5 does not ground 94, yet .90 grounds 0.9, "two" grounds 2, and 1.5M grounds 1,500,000.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_WORD_VALUES = {word: Decimal(value) for value, word in enumerate(_WORDS) if value > 1}  # "one" is mostly a pronoun
_SCALES = {"k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "billion": 9, "t": 12, "trillion": 12}
_UNITS = {"%": "%", "percent": "%", "x": "×", "×": "×", "times": "×", "fold": "×"}

_REWRITTEN = [
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\(?:times|texttimes)(?![a-z])"), "×"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\(?:text\w*|math\w*|sim|approx|geq?|leq?|pm)(?![a-z])|\\[,;!]|[${}~]"), " "),
    (re.compile(r"[–—−]"), "-"),
    (re.compile(r"\b(\d[\d.,]*)\s+([%×])"), r"\1\2"),
    (re.compile(r"(?<=[\u3040-\u9fff])(?=[\dA-Za-z])|(?<=[\dA-Za-z])(?=[\u3040-\u9fff])"), " "),  # no spaces in there
]
_TOKEN = re.compile(
    r"""
    (?P<name>  (?<![\w.]) (?=[\w./+-]*\d) [^\W\d_] [\w+]* (?:[-./] \w+)* (?!\w) )
  | (?P<value> (?<![\w.]) \d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d) | (?<![\w.]) \.?\d+(?:\.\d+)*)
    (?P<unit>  \s?% | \s?× | -?[^\W\d_]+ | \s(?:thousand|million|billion|trillion|percent)\b )?
  | (?P<word>  [^\W\d_]+ )
    """,
    re.VERBOSE,
)
_OTHER_MARKS = str.maketrans(",.", ".,")
_LIST_MARK = re.compile(r"\(\s*\d{1,2}\s*\)|(?<![\w.,])\d\)")
_JOINED_RANGE = re.compile(r"\s*(?:-|to|and|or|/)\s*")

_REACH = 4  # words on either side that make a number's surroundings
_MARGIN = 2  # words by which another number must fit better for a number to be taken for a swapped one
_LONGEST_NAME = 40  # parts; that of a page on the web may have as many
_STEM = 5  # letters by which two words are held to be the same
_HOLLOW = frozenset(
    """a an the of to in on at by for from with and or as is are was were be been than that this these those its it
    their our we which up over under only about around more most less least all each per vs such can not also both
    into while using across between within one""".split()
)
_UNTELLING = _HOLLOW | _UNITS.keys() | _SCALES.keys()


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in a text: its value and unit, the words around it, and how it was written."""

    value: Decimal
    bare: Decimal  # the value without thousand, million or billion
    unit: str  # "%", "×" or ""
    around: frozenset[str]
    written: str
    name: str  # what it makes with a capitalized word right before it ("GPT 4"); else ""


def ungrounded_numbers(sentence: str, source: str, *, translated: bool = False, paraphrased: bool = False) -> list[str]:
    """The numbers and numbered names of `sentence` that `source` does not ground, as they are written.

    With `translated`, the sentence is in another language than the source: no words are compared, "3,5" may be 3.5,
    and 15 may be that of 15 billion.  With `paraphrased`, the words around a number may all be others, unless they
    fit another number of the source better.
    """
    if translated:
        return min((_untranslated(form, source) for form in (sentence, sentence.translate(_OTHER_MARKS))), key=len)
    known = _known(source)
    used: Counter[tuple[Decimal, str]] = Counter()
    parts = _parts(source)
    loose = []
    for mention in _mentions(sentence):
        used[mention.value, mention.unit] += 1
        grounded = _is_grounded(mention, known, used[mention.value, mention.unit], paraphrased)
        if not grounded and not (mention.name and _is_named(mention.name, parts)):
            loose.append(mention.written)
    return loose + _unknown_names(sentence, source)


def _untranslated(sentence: str, source: str) -> list[str]:
    known = {value for mention in _known(source) for value in (mention.value, mention.bare)}
    loose = [mention.written for mention in _mentions(sentence) if not {mention.value, mention.bare} & known]
    return loose + _unknown_names(sentence, source)


def _unknown_names(sentence: str, source: str) -> list[str]:
    parts = _parts(source)
    return [name for name in _names(sentence) if not _is_named(name, parts)]


def _is_grounded(mention: Mention, known: Sequence[Mention], occurrence: int, paraphrased: bool) -> bool:
    """Whether the source's mentions of that value and unit fit, and are as many as the sentence has used by now."""
    alike = [other for other in known if other.unit == mention.unit]
    same = [other for other in alike if other.value == mention.value]
    if not same:
        return False
    fit = max(_fit(mention, other) for other in same)
    rival = max((_fit(mention, other) for other in alike if other.value != mention.value), default=0)
    if rival >= fit + _MARGIN:
        return False
    return paraphrased or (len(same) >= occurrence and (fit > 0 or not mention.around))


def _fit(mention: Mention, other: Mention) -> int:
    """How many words around them two mentions share."""
    return len(mention.around & other.around)


@lru_cache(maxsize=32)  # the sentences of a summary are checked against one source, one after the other
def _known(source: str) -> tuple[Mention, ...]:
    return tuple(_mentions(source))


def _mentions(text: str) -> Iterator[Mention]:
    plain = _plain(text)
    tokens = list(_TOKEN.finditer(plain))
    for index, token in enumerate(tokens):
        value = _value(token)
        if value is not None:
            unit = _unit(token) or _next_unit(plain, tokens, index)
            scaled = value.scaleb(_SCALES.get(_suffix(token), 0))
            name = _name_with(tokens[index - 1], token) if index else ""
            yield Mention(scaled, value, unit, _around(tokens, index), token.group().strip(), name)


@lru_cache(maxsize=32)
def _plain(text: str) -> str:
    """Without LaTeX, list marks and typographic dashes."""
    text = _LIST_MARK.sub(" ", text)
    for pattern, replacement in _REWRITTEN:
        text = pattern.sub(replacement, text)
    return text


def _value(token: re.Match[str]) -> Decimal | None:
    if token["word"]:
        return _WORD_VALUES.get(token["word"].lower())
    if not token["value"] or token["value"].count(".") > 1:
        return None
    return Decimal(token["value"].replace(",", ""))


def _name_with(before: re.Match[str], token: re.Match[str]) -> str:
    word = before["name"] or before["word"] or ""
    is_next = before.end() + 1 == token.start()
    return word + token.group().strip() if word[:1].isupper() and is_next else ""


def _suffix(token: re.Match[str]) -> str:
    return (token["unit"] or "").strip(" -").lower() if token["value"] else ""


def _unit(token: re.Match[str]) -> str:
    return _UNITS.get(_suffix(token), "")


def _next_unit(text: str, tokens: Sequence[re.Match[str]], index: int) -> str:
    """The unit in the word behind ("5 percent", "2 times"), or that of the other end of a range ("2-4x")."""
    if index + 1 == len(tokens) or _suffix(tokens[index]):
        return ""
    token, behind = tokens[index], tokens[index + 1]
    if behind["value"] and _JOINED_RANGE.fullmatch(text, token.end(), behind.start()):
        return _unit(behind)
    return _UNITS.get((behind["word"] or "").lower(), "")


def _around(tokens: Sequence[re.Match[str]], index: int) -> frozenset[str]:
    """Stems of the nearest words that say something, with what is written onto the number ("8-bit")."""
    before = _stems(tokens[index - 1 :: -1] if index else ())
    behind = _stems(tokens[index + 1 :])
    own = _suffix(tokens[index])
    attached = {own[:_STEM]} if own and own not in _UNITS and own not in _SCALES else set()
    return frozenset({*before, *behind, *attached})


def _stems(tokens: Sequence[re.Match[str]]) -> list[str]:
    words = ((token["word"] or token["name"] or "").lower() for token in tokens)
    return [word[:_STEM] for word in words if word and word not in _UNTELLING][:_REACH]


def _names(text: str) -> list[str]:
    return [token.group() for token in _TOKEN.finditer(_plain(text)) if token["name"]]


@lru_cache(maxsize=32)
def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[^\w.+]+", _plain(text).lower()) if part)


def _is_named(name: str, parts: Sequence[str]) -> bool:
    """Whether the parts in a row spell the name, however they are joined ("GPT 4", "GPT-4", "GPT4")."""
    wanted = re.sub(r"[^\w.+]", "", name.lower()).strip(".")
    for start in range(len(parts)):
        spelt = ""
        for part in parts[start : start + _LONGEST_NAME]:
            spelt += part
            if spelt.strip(".") == wanted:
                return True
            if not wanted.startswith(spelt):
                break
    return False
