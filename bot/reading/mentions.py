"""The numbers that a text mentions, each as the exact values that its writing may stand for.

Percent are hundredths, so that "50 %", "0.5" and "half" are one value, and "three times", "3×" and "threefold" are 3.
What may be one number or several ("1/2", "10 000", "9 out of 10") is mentioned both ways.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from bot.reading.numbertokens import Token, tokens
from bot.reading.numberwords import ARTICLES, SCALES, TIMES, Spelled, is_number_word, spelled
from bot.reading.units import unit_of

_SIZE = re.compile(r"(?<![\d.])(\d{1,6}(?:\.\d{1,3})?)([kmbt])(?![^\W_])", re.IGNORECASE)  # of "Llama-2-70B"
_RANGE_JOINTS = frozenset(("-", "/", " to ", " and ", " or ", "-to-", " - "))
_SPAN_JOINTS = _RANGE_JOINTS - {"/", " and ", " or "}  # of one stretch, whose ends surely have one unit
_SHARE_JOINTS = frozenset((" out of ", " of ", " in ", " out of the ", " of the "))
_GREEK = frozenset("alpha beta gamma delta epsilon eta theta kappa lambda mu nu rho sigma tau phi psi omega".split())
_MAGNITUDE = re.compile(r" ?orders? of magnitude")
_DIGITS = re.compile(r"\d{1,20}")
_ROW = " | "  # between the cells of a table's row: its units stand in the head, if anywhere

_LONGEST_IN_WORDS = 10
_LARGEST_EXPONENT = 30
_MOST_GROUPS = 5  # of three digits
_REACH = 4  # words on either side that make a number's surroundings
_STEM = 5  # letters by which two words are held to be the same
_HOLLOW = frozenset(
    """a an the of to in on at by for from with and or as is are was were be been than that this these those its it
    their our we which up over under only about around more most less least all each per vs such can not also both
    into while using across between within one""".split()
)
_UNTELLING = _HOLLOW | TIMES | SCALES.keys() | {"%", "percent"}

_WRITTEN_ON = re.compile(r"[^\W\d_]+$")
_REACH_OF_FALL = 8  # words on either side by which "0.5" may say what "-0.5" says
_FALL = re.compile(
    "drop|decreas|reduc|low|loss|los[ei]|less|fewer|below|down|declin|fall|fell|negativ|minus|wors|degrad|penal|shr[ai]nk|"
    "cut|sav|slow|fast|differ|gap|margin|deficit|absolut|magnitud|behind|under|cost|hurt|harm|shorter|weak|inferior|"
    "subtract|trail|lag"
)

Factors = tuple[Fraction, ...]
Quantities = tuple[tuple[str, Fraction], ...]  # dimensions and amounts in base units, see `units.py`
_ONE: Factors = (Fraction(1),)
_PERCENT: Factors = (Fraction(1, 100),)
_PER_MILLE: Factors = (Fraction(1, 1000),)


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in a text, in one of its readings."""

    start: int
    end: int
    written: str
    values: tuple[Fraction, ...]  # that it may have
    bare: Fraction  # without percent, thousand, million
    unit: str = ""  # "%", "×" or "": a number is taken for one swapped with another of the same unit
    quantities: Quantities = ()  # what it may measure, in base units; empty without a known unit
    is_negative: bool = False
    is_fall: bool = False  # a word near it says that it is less, so that "drops by 0.5" is -0.5
    around: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Stems of words near it with their nearest places: 4 to 1 before it, the nearer the more, and -4 to -1 behind."""
    name: str = ""  # what it makes with the capitalized word or variable before it ("GPT 4"); else ""
    needs_proof: bool = True  # not if it may count nothing ("one", "first") or if its parts are mentioned, too


def mentions(text: str) -> list[Mention]:
    """The numbers of a text in plain notation, in the order of their places."""
    scan = _Scan(text, tokens(text))
    single = sorted((*scan.numbers(), *scan.sizes()), key=lambda mention: mention.start)
    return [*single, *_combined(text, single)]


def names(text: str) -> list[str]:
    """The names with digits in a text in plain notation: "GPT-4", "H100"."""
    return [token.written for token in tokens(text) if token.is_name]


class _Scan:
    """A text and its tokens, with the words that say something by their places."""

    def __init__(self, text: str, found: Sequence[Token]) -> None:
        self._text = text
        self._tokens = found
        self._words = [token.word for token in found]
        self._places = [
            at for at, word in enumerate(self._words) if word and word not in _UNTELLING and not is_number_word(word)
        ]
        self._is_row = _ROW in text

    def numbers(self) -> Iterator[Mention]:
        """Those in digits and in words."""
        end = 0  # of the number before
        for at, (token, word) in enumerate(zip(self._tokens, self._words, strict=True)):
            if token.value is not None:
                yield self._in_digits(at, token.value)
            elif at >= end and (word in ARTICLES or is_number_word(word)) and (number := self._spelled(at)):
                end = at + number.length
                yield self._in_words(at, number)

    def sizes(self) -> Iterator[Mention]:
        """Those in names: "Llama-2-70B" has 70 billion of something."""
        for token in self._tokens:
            for size in _SIZE.finditer(token.written) if token.is_name else ():
                value = Fraction(size[1])
                values = tuple(value * factor for factor in SCALES[size[2] if size[2] in "MT" else size[2].lower()])
                yield Mention(token.start, token.end, size[0], values, value, needs_proof=False)

    def _in_digits(self, at: int, value: Fraction) -> Mention:
        token = self._tokens[at]
        factors, unit = self._factors(at)
        if self._is_row and not unit:
            factors += _PERCENT
        values = tuple(value * factor for factor in factors)
        return Mention(
            token.start,
            token.end,
            token.written,
            values,
            value,
            unit,
            self._quantities(at, values),
            self._is_negative(at),
            self._is_fall(at),
            self._around(at, at + 1, token.suffix),
            "" if unit else self._name(at),
        )

    def _in_words(self, at: int, number: Spelled) -> Mention:
        last = at + number.length - 1
        start, end = self._tokens[at].start, self._tokens[last].end
        factors, unit = _ONE, "×"
        if not number.is_multiple:
            factors, unit = _by_suffix(self._word_behind(last))
        values = tuple(value * factor for value in number.values for factor in factors)
        return Mention(
            start,
            end,
            self._text[start:end],
            values,
            number.values[0],
            unit,
            () if number.is_multiple else self._quantities(last, values),
            is_fall=self._is_fall(at),
            around=self._around(at, last + 1),
            needs_proof=not number.is_vague,
        )

    def _spelled(self, at: int) -> Spelled | None:
        """The number in words that begins at a place; it is read with the word before it."""
        words = [self._words[at - 1] if at and self._are_joined(at - 1) else "", self._words[at]]
        while len(words) <= _LONGEST_IN_WORDS and self._are_joined(at + len(words) - 2):
            words.append(self._words[at + len(words) - 1])
        return spelled(words, 1)

    def _factors(self, at: int) -> tuple[Factors, str]:
        """What a number in digits is to be multiplied with, in each reading, and its unit.

        The first end of a range ("2 to 4 million", "45 and 67%") may have those of the second.
        """
        factors, unit = self._own_factors(at)
        end = self._range_end(at)
        if factors != _ONE or unit or not end:
            return factors, unit
        factors, unit = self._own_factors(end)
        return (factors if factors == _ONE else factors + _ONE), unit

    def _own_factors(self, at: int) -> tuple[Factors, str]:
        token, behind = self._tokens[at], self._word_behind(at)
        if token.suffix:
            return _by_suffix(token.suffix)
        if len(behind) == 1 and behind not in TIMES:  # "70 B" is a size, "70 b" and "5 m" are not
            sign = self._tokens[at + 1].written
            if sign == "k":  # thousand, or a variable
                return SCALES[sign] + _ONE, ""
            return _by_suffix(sign if sign in "MT" else behind if sign.isupper() else "")
        return _by_suffix(behind)

    def _quantities(self, at: int, values: Factors) -> Quantities:
        """What a number that ends at a place measures; the first end of a range has the unit of the second."""
        unit = unit_of(self._written_behind(at))
        if unit is None and (end := self._range_end(at, _SPAN_JOINTS)):
            unit = unit_of(self._written_behind(end))
        return tuple((unit.dimension, value * factor) for value in values for factor in unit.factors) if unit else ()

    def _written_behind(self, at: int) -> str:
        """The sign or word behind a number, in its own case: written onto it, next to it, or behind its "million"."""
        token = self._tokens[at]
        if token.suffix and token.suffix not in SCALES:
            found = _WRITTEN_ON.search(token.written)
            return found[0] if found else ""
        if not self._are_joined(at):
            return ""
        if self._words[at + 1] in SCALES and self._are_joined(at + 1):
            at += 1
        return self._tokens[at + 1].written

    def _range_end(self, at: int, joints: frozenset[str] = _RANGE_JOINTS) -> int:
        """The place of the number in digits that ends a range; 0 if the one at `at` begins none."""
        for end in range(at + 1, min(at + 3, len(self._tokens))):
            joint = self._text[self._tokens[at].end : self._tokens[end].start]
            if self._tokens[end].value is not None and joint in joints:
                return end
        return 0

    def _is_negative(self, at: int) -> bool:
        """Whether a minus stands before a number, rather than a hyphen or the dash of a range."""
        start = self._tokens[at].start
        if not self._text.endswith("-", 0, start) or (start > 1 and not _may_precede_sign(self._text[start - 2])):
            return False
        before = self._tokens[at - 1] if at else None
        return before is None or before.value is None or self._text[before.end : start].strip() != "-"

    def _is_fall(self, at: int) -> bool:
        near = self._words[max(0, at - _REACH_OF_FALL) : at + _REACH_OF_FALL]
        return any(_FALL.match(word) for word in near)

    def _are_joined(self, at: int) -> bool:
        """Whether only a blank or hyphen stands between a token and the next one."""
        if at + 1 >= len(self._tokens):
            return False
        return self._text[self._tokens[at].end : self._tokens[at + 1].start] in (" ", "-")

    def _word_behind(self, at: int) -> str:
        return self._words[at + 1] if self._are_joined(at) else ""

    def _name(self, at: int) -> str:
        if not at or self._tokens[at - 1].end + 1 != self._tokens[at].start:
            return ""
        before = self._tokens[at - 1]
        is_name = (
            before.word
            and before.word not in ARTICLES
            and (before.written[0].isupper() or len(before.word) == 1 or before.word in _GREEK)
        )
        return before.written + self._tokens[at].written if is_name else ""

    def _around(self, start: int, end: int, suffix: str = "") -> dict[str, tuple[int, ...]]:
        """Stems of the nearest words that say something; what is written onto the number ("8-bit") is behind it."""
        first, last = bisect_left(self._places, start), bisect_left(self._places, end)
        before = [self._words[place] for place in self._places[first - 1 :: -1][:_REACH]] if first else []
        behind = [self._words[place] for place in self._places[last : last + _REACH]]
        if suffix and suffix not in _UNTELLING:
            behind = [suffix, *behind[: _REACH - 1]]
        around = {word[:_STEM]: (_REACH - distance,) for distance, word in reversed(list(enumerate(before)))}
        then = {word[:_STEM]: (distance - _REACH,) for distance, word in reversed(list(enumerate(behind)))}
        return {**around, **{stem: around.get(stem, ()) + place for stem, place in then.items()}}


def _may_precede_sign(character: str) -> bool:
    return character.isspace() or character in "([=<>|:,;~/"


def _by_suffix(suffix: str) -> tuple[Factors, str]:
    """The factors and the unit that a suffix or the next word gives a number."""
    if not suffix:
        return _ONE, ""
    if suffix in ("%", "percent"):
        return _PERCENT, "%"
    if suffix == "‰":
        return _PER_MILLE, "%"
    return SCALES.get(suffix, _ONE), "×" if suffix in TIMES else ""


def _combined(text: str, single: Sequence[Mention]) -> Iterator[Mention]:
    """Neighbours as one number; the parts are mentioned as well, so it needs no proof."""
    for at, (first, second) in enumerate(pairwise(single)):
        joint = text[first.end : second.start]
        if joint == " ":
            value, last = _grouped(text, single[at : at + _MOST_GROUPS])
        else:
            value, last = _of_two(first, second, joint), second
        if value is not None:
            written = text[first.start : last.end]
            yield Mention(
                first.start, last.end, written, (value,), value, last.unit, around=first.around, needs_proof=False
            )
    for one in single:
        if _MAGNITUDE.match(text, one.end) and one.bare < _LARGEST_EXPONENT and one.bare.denominator == 1:
            value = Fraction(10 ** int(one.bare))
            yield replace(one, values=(value,), bare=value, needs_proof=False)


def _grouped(text: str, run: Sequence[Mention]) -> tuple[Fraction | None, Mention]:
    """The value of "2 500 000" at the beginning of a run, and its last group."""
    digits, last = run[0].written, run[0]
    for group in run[1:]:
        if text[last.end : group.start] != " " or len(group.written) != 3 or not group.written.isdecimal():
            break
        digits, last = digits + group.written, group
    is_grouped = last is not run[0] and digits.isdecimal() and len(run[0].written) <= 3
    return Fraction(int(digits)) if is_grouped else None, last


def _of_two(first: Mention, second: Mention, joint: str) -> Fraction | None:
    """The value of "1/2", "9 out of 10", "1,5 %" or "10-9"."""
    if joint in _SHARE_JOINTS and 0 < first.bare <= second.bare:
        return first.bare / second.bare
    digits = _DIGITS.match(second.written)
    if digits is None or not first.written.isdecimal():
        return None
    if joint == "," and len(digits[0]) != 3 and second.bare.denominator == 1:
        tenths = Fraction(int(digits[0]), 10 ** len(digits[0]))
        return (first.bare + tenths) * (second.values[0] / second.bare if second.bare else 1)
    if not second.written.isdecimal() or not second.bare:
        return None
    if joint == "/":
        return first.bare / second.bare
    if (
        joint in ("-", " -") and first.bare == 10 and second.bare <= _LARGEST_EXPONENT
    ):  # a PDF loses the height of "10-9"
        return Fraction(1, 10 ** int(second.bare))
    return None
