"""English numbers in words, as exact values: cardinals, ordinals, fractions and multiples.

"twenty-three", "one hundred and five", "half a million", "second", "two thirds", "threefold", "twice".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_THOUSANDS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_GROUPS = {"hundred": 100, "dozen": 12}
_ORDINALS = (
    {
        word: value
        for value, word in enumerate(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth".split(),
            start=1,
        )
    }
    | {word[:-1] + "ieth": value for word, value in _TENS.items()}
    | {"hundredth": 100, "thousandth": 1000, "millionth": 10**6}
)
_HALVES = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4}
_MULTIPLES = {
    word: Fraction(value)
    for value, words in (
        (2, "twice double doubles doubled doubling"),
        (3, "thrice triple triples tripled tripling"),
        (4, "quadruple quadruples quadrupled quadrupling"),
        (Fraction(1, 2), "halve halved halving"),
    )
    for word in words.split()
}
_VAGUE = {"single": 1, "once": 1, "both": 2}
ARTICLES = frozenset({"a", "an"})
_NOT_ORDINAL_BEHIND = frozenset("per a an each every one".split())

# What may stand behind digits: "1.5 million", "70B", "3 dozen", "15億".  "5m" may be metres, and "5t" tonnes.
SCALES: dict[str, tuple[Fraction, ...]] = {
    name: (Fraction(value),)
    for value, names in (
        (12, "dozen"),
        (100, "hundred"),
        (10**3, "k thousand mille tausend tysięcy"),
        (10**4, "万"),
        (10**6, "mn mio million millions millionen millones milhões milioni миллион миллиона миллионов"),
        (10**8, "億 亿"),
        (10**9, "b bn billion billions milliarde milliarden milliards bilhões miliardi миллиард миллиарда миллиардов"),
        (10**12, "tn trillion trillions 兆"),
    )
    for name in names.split()
}
SCALES |= {"M": SCALES["mn"], "m": (*SCALES["mn"], Fraction(1)), "T": SCALES["tn"], "t": (*SCALES["tn"], Fraction(1))}
TIMES = frozenset({"x", "×", "times", "fold", "folds"})


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number in words: how many words it takes, and the values that it may have."""

    values: tuple[Fraction, ...]
    length: int
    is_multiple: bool = False  # "twice", "threefold"
    is_vague: bool = False  # the word often counts nothing ("one", "first"): it proves a number, but needs no proof


def spelled(words: Sequence[str], at: int) -> Spelled | None:
    """The number that begins with the word at `at`, the longest there is; None if none does.

    Args:
        words: in lower case, each joined to the one before by a blank or hyphen; "" stands for anything else.
        at: place of the first word.
    """
    word = words[at]
    if word in _MULTIPLES:
        return Spelled((_MULTIPLES[word],), 1, is_multiple=True)
    if word in _VAGUE:
        return Spelled((Fraction(_VAGUE[word]),), 1, is_vague=True)
    if word in ARTICLES:
        return _with_article(words, at)
    if word.endswith("fold"):
        return _folded(word)
    if word in _HALVES:
        return _half(words, at)
    if word in _ORDINALS:
        return _ordinal(words, at)
    cardinal = _cardinal(words, at)
    return _followed(words, at, cardinal) if cardinal else None


def have_number_word(words: Collection[str]) -> bool:
    """Whether any of these words in lower case `is_number_word`."""
    return not _NUMBER_WORDS.isdisjoint(words) or any(word.endswith("fold") for word in words)


def is_number_word(word: str) -> bool:
    """Whether a word in lower case may be a number, or the first word of one; articles are not counted."""
    return word in _NUMBER_WORDS or word.endswith("fold")


_NUMBER_WORDS = frozenset({*_SMALL, *_TENS, *_THOUSANDS, *_GROUPS, *_ORDINALS, *_HALVES, *_MULTIPLES, *_VAGUE})


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""


def _folded(word: str) -> Spelled | None:
    stem = word.removesuffix("fold")
    value = _SMALL.get(stem) or _TENS.get(stem) or _GROUPS.get(stem) or _THOUSANDS.get(stem)
    return Spelled((Fraction(value),), 1, is_multiple=True) if value else None


def _with_article(words: Sequence[str], at: int) -> Spelled | None:
    """ "a hundred", "a third", "a half"; an article before anything else is no number."""
    behind = _word(words, at + 1)
    if behind in _HALVES:
        number = _half(words, at + 1)
        return replace(number, length=number.length + 1, is_vague=False)
    if behind in _ORDINALS and behind not in ("first", "second"):
        return Spelled((Fraction(1, _ORDINALS[behind]), Fraction(_ORDINALS[behind])), 2)
    if behind not in _GROUPS and behind not in _THOUSANDS:
        return None
    cardinal = _cardinal(words, at + 1)
    return replace(cardinal, length=cardinal.length + 1, is_vague=False) if cardinal else None


def _half(words: Sequence[str], at: int) -> Spelled:
    """ "half", "half a million", "a quarter"; the three months that "each quarter" means are none."""
    value = Fraction(1, _HALVES[words[at]])
    if _word(words, at + 1) in ARTICLES:
        behind = _word(words, at + 2)
        whole = _GROUPS.get(behind) or _THOUSANDS.get(behind)
        if whole:
            return Spelled((value * whole,), 3)
    return Spelled((value,), 1, is_vague=words[at] != "half")


def _ordinal(words: Sequence[str], at: int) -> Spelled:
    value = _ORDINALS[words[at]]
    is_vague = value == 1 or (value == 2 and (not _word(words, at - 1) or words[at - 1] in _NOT_ORDINAL_BEHIND))
    return Spelled((Fraction(value),), 1, is_vague=is_vague)


def _cardinal(words: Sequence[str], at: int) -> Spelled | None:
    """The longest cardinal from a place on."""
    total, group, start = 0, 0, at
    is_open = True  # a smaller part may follow, as behind "twenty" and "hundred"
    while word := _word(words, at):
        if word in _SMALL and is_open and (group % 100 == 0 or (_SMALL[word] < 10 and group % 10 == 0)):
            group += _SMALL[word]
            is_open = False
        elif word in _TENS and is_open and group % 100 == 0:
            group += _TENS[word]
        elif word in _GROUPS and group < 100 and (group or at == start):
            group = (group or 1) * _GROUPS[word]
            is_open = word == "hundred"
        elif word in _THOUSANDS and (group or at == start):
            total, group, is_open = total + (group or 1) * _THOUSANDS[word], 0, True
        elif not (word == "and" and at > start and is_open and _goes_on(words, at + 1)):
            break
        at += 1
    if at == start:
        return None
    words_read = words[start:at]
    is_vague = words_read[0] in _GROUPS or words_read[0] in _THOUSANDS or words_read in (["one"], ["zero"])
    return Spelled((Fraction(total + group),), at - start, is_vague=is_vague)


def _goes_on(words: Sequence[str], at: int) -> bool:
    """Whether what follows an "and" ends the same number ("hundred and five") and begins none of its own."""
    word, behind = _word(words, at), _word(words, at + 1)
    return (word in _SMALL or word in _TENS) and behind not in _GROUPS and behind not in _THOUSANDS


def _followed(words: Sequence[str], at: int, number: Spelled) -> Spelled:
    """A cardinal with what follows it: "two thirds", "twenty-third", "two and a half"."""
    value, end = number.values[0], at + number.length
    behind = _word(words, end)
    if behind in _HALVES:
        return Spelled((value / _HALVES[behind],), number.length + 1)
    if behind == "and" and _word(words, end + 1) in {*ARTICLES, "one"} and _word(words, end + 2) in _HALVES:
        return Spelled((value + Fraction(1, _HALVES[words[end + 2]]),), number.length + 3)
    singular = behind.removesuffix("s")
    if singular in _ORDINALS:
        part = _ORDINALS[singular]
        if value % 10 == 0 and value > 10 and part < 10 and behind == singular:
            return Spelled((value + part,), number.length + 1)
        if singular not in ("first", "second") and (behind != singular or value == 1):
            return Spelled((value / part,), number.length + 1)
    return number
