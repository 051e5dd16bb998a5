"""Whether the numbers in a sentence stand in its source: the same value, with the same noun.

A number is grounded if the source mentions an equal value, however it is written (`mentions.py`), with a word around it
that is around it here too.  So 12 datasets do not ground 12 layers.  And if another number of that unit stands among
these words in the source, and fits them clearly better, it is taken for the right one: numbers have been swapped.
A name with digits in it (GPT-4, H100, CIFAR-10) is grounded if the source has that name.

Values are exact: 94.5 does not ground 94, yet .90 grounds 0.9, "two" grounds 2, and 1.5M grounds 1,500,000.  Where both
have a unit it counts, too: 1,000 ms ground 1 s, and 40 s do not ground 40 ms.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache

from bot.reading.fewcounts import contradicted
from bot.reading.mentions import Mention, Quantities, mentions, names
from bot.reading.notation import plain
from bot.reading.numberwords import have_number_word

LONGEST_SENTENCE = 3_000  # characters; what is longer is no sentence, and is not grounded
LONGEST_SOURCE = 8_000  # characters: more than title and abstract, or thirty cited sentences; the rest grounds nothing
MOST_NUMBERS = 40  # that a sentence may hold
_MARGIN = 6  # by which another number must fit better for a number to be taken for a swapped one; see `_fit`

_OTHER_MARKS = str.maketrans(",.", ".,")
_SIGN = re.compile(r"[\d¼-¾⅐-⅞↉²³¹⁰-⁹₀-₉]")  # of a number that is not in words
_LETTERS = re.compile(r"[^\W\d_]+")
_PART = re.compile(r"[\w.+]+")
_NO_PART = re.compile(r"[^\w.+]+")
_PLURAL = re.compile(r"\ds$")  # of a name: "P100s"
_EDITION = re.compile(r"([a-z]{3,12})(19|20)?(\d\d)")  # of a contest or conference: "WMT14"


def ungrounded_numbers(sentence: str, source: str, *, translated: bool = False, paraphrased: bool = False) -> list[str]:
    """The numbers and numbered names of `sentence` that `source` does not ground, as they are written.

    With `translated`, the sentence is in another language than the source: no words are compared, "3,5" may be 3.5,
    and 15 may be that of 15 billion.  With `paraphrased`, the words around a number may all be others, unless they
    fit another number of the source better, and numbers in brackets count.
    """
    if not may_hold_numbers(sentence):
        return []
    if translated:
        return min((_untranslated(form, source) for form in (sentence, sentence.translate(_OTHER_MARKS))), key=len)
    text = plain(sentence[: LONGEST_SENTENCE + 1], list_marks=not paraphrased)
    if max(len(sentence), len(text)) > LONGEST_SENTENCE:
        return [sentence[:40]]
    found, named = mentions(text), names(text)
    known = _source(source[:LONGEST_SOURCE], not paraphrased)
    wrong = contradicted(text, known.text)
    if not named and not any(mention.needs_proof for mention in found):
        return wrong
    used: Counter[tuple[Fraction, str, Quantities, bool]] = Counter()

    def is_grounded(mention: Mention) -> bool:
        writings = [(value, mention.unit, mention.quantities, mention.is_negative) for value in mention.values]
        if mention.needs_proof:
            used.update(writings)
        return known.grounds(mention, 0 if paraphrased else min(max(used[one], 1) for one in writings))

    return _loose(found, is_grounded) + known.unknown(named) + wrong


def may_hold_numbers(text: str) -> bool:
    """Whether a text may have a number that would need to be grounded: cheap, and never wrong about one that has."""
    return _SIGN.search(text) is not None or have_number_word(_LETTERS.findall(text.lower()))


def _untranslated(sentence: str, source: str) -> list[str]:
    text = plain(sentence[: LONGEST_SENTENCE + 1])
    if max(len(sentence), len(text)) > LONGEST_SENTENCE:
        return [sentence[:40]]
    known = _source(source[:LONGEST_SOURCE], True)
    in_digits = [mention for mention in mentions(text) if any(map(str.isdecimal, mention.written))]
    return _loose(in_digits, known.has_value) + known.unknown(names(text))


def _loose(found: Sequence[Mention], is_grounded: Callable[[Mention], bool]) -> list[str]:
    """What needs to be grounded and is not, nor is a part of what is."""
    if len(found) > MOST_NUMBERS:
        return [found[-1].written]
    grounded = [mention for mention in found if is_grounded(mention)]
    return [
        mention.written
        for mention in found
        if mention.needs_proof and not any(one.start <= mention.start and mention.end <= one.end for one in grounded)
    ]


@lru_cache(maxsize=32)  # the sentences of a summary are checked against one source, one after the other
def _source(text: str, list_marks: bool) -> _Source:
    return _Source(plain(text, list_marks=list_marks)[:LONGEST_SOURCE])


class _Source:
    """The numbers and names of a source, by what they are looked up by."""

    def __init__(self, text: str) -> None:
        self._mentions = mentions(text)
        self._by_value: dict[Fraction, list[int]] = defaultdict(list)  # places among the mentions, as below
        self._by_quantity: dict[tuple[str, Fraction], list[int]] = defaultdict(list)
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        self._values = {mention.bare for mention in self._mentions}
        for number, mention in enumerate(self._mentions):
            for value in mention.values:
                self._by_value[value].append(number)
            for quantity in mention.quantities:
                self._by_quantity[quantity].append(number)
            for stem in mention.around:
                self._by_stem[stem].append(number)
        self.text = text

    @cached_property
    def _names(self) -> _Names:
        return _Names(self.text)

    def has_value(self, mention: Mention) -> bool:
        """Whether the source has such a number, with or without its percent or million."""
        return any(value in self._by_value or value in self._values for value in (*mention.values, mention.bare))

    def grounds(self, mention: Mention, occurrence: int) -> bool:
        """Whether the source has such a number among these words.

        Args:
            mention: the number.
            occurrence: how many times the sentence has used it by now; 0 where words and times do not count.
        """
        if mention.name and self._names.has(mention.name):
            return True
        numbers = {number for value in mention.values for number in self._by_value.get(value, ())}
        numbers.update(number for quantity in mention.quantities for number in self._by_quantity.get(quantity, ()))
        same = [other for other in map(self._mentions.__getitem__, numbers) if _are_equal(mention, other)]
        same = _best([other for other in same if _are_comparable(mention, other, not occurrence)], mention.unit)
        if not same:
            return False
        fit = max(_fit(mention, other) for other in same)
        if self._is_swapped(mention, fit):
            return False
        has_its_words = fit > 0 or not mention.around or any(_measure_the_same(mention, other) for other in same)
        return not occurrence or (len(same) >= occurrence and has_its_words)

    def _is_swapped(self, mention: Mention, fit: int) -> bool:
        """Whether another number of that unit fits the words around clearly better."""
        fits: Counter[int] = Counter()
        for stem, places in mention.around.items():
            for number in self._by_stem.get(stem, ()):
                fits[number] += _nearness(places, self._mentions[number].around[stem])
        return any(
            shared >= fit + _MARGIN
            and self._mentions[number].unit == mention.unit
            and not _have_one_value(mention, self._mentions[number])
            for number, shared in fits.items()
        )

    def unknown(self, named: Iterable[str]) -> list[str]:
        """The names that the source has not."""
        return [name for name in named if not self._names.has(name)]


def _are_equal(mention: Mention, other: Mention) -> bool:
    """Whether two numbers have one value in one unit, and one sign, be it said in a word ("drops by 0.5")."""
    if mention.is_negative != other.is_negative and not (mention.is_fall or other.is_fall):
        return False
    return _have_one_value(mention, other)


def _have_one_value(mention: Mention, other: Mention) -> bool:
    if mention.quantities and other.quantities:
        return _measure_the_same(mention, other)
    return not set(mention.values).isdisjoint(other.values)


def _measure_the_same(mention: Mention, other: Mention) -> bool:
    return not set(mention.quantities).isdisjoint(other.quantities)


def _fit(mention: Mention, other: Mention) -> int:
    """How well the words around two numbers agree: 0 if they share none, 8 for the nearest on the same side."""
    shared = mention.around.keys() & other.around.keys()
    return sum(_nearness(mention.around[stem], other.around[stem]) for stem in shared)


def _nearness(places: Sequence[int], others: Sequence[int]) -> int:
    """What a shared word counts: the more the nearer it is to both numbers, half on different sides of them."""
    return sum(
        max(min(abs(place), abs(other)) * (2 if (place > 0) == (other > 0) else 1) for other in others)
        for place in places
    )


def _are_comparable(mention: Mention, other: Mention, paraphrased: bool) -> bool:
    """Whether two numbers of one value may be the same; "3 times" are "3 runs" only in other words."""
    return paraphrased or mention.unit == other.unit or "×" not in (mention.unit, other.unit)


def _best(same: list[Mention], unit: str) -> list[Mention]:
    """Of several mentions of a value those of the same unit, and of these the ones that certainly are numbers."""
    same = [other for other in same if other.unit == unit] or same
    return [other for other in same if other.needs_proof] or same


def _spellings(name: str) -> Iterator[str]:
    """A name in lower case as others write it: "p100s" as "p100", "wmt14" as "wmt2014" and the other way round."""
    yield name
    if _PLURAL.search(name):
        yield name[:-1]
    if edition := _EDITION.fullmatch(name):
        series, century, year = edition.groups()
        yield from [series + year] if century else [f"{series}20{year}", f"{series}19{year}"]


class _Names:
    """The words of a text, run together: a name is in it however its parts are joined ("GPT 4", "GPT-4", "GPT4")."""

    def __init__(self, text: str) -> None:
        text = text.lower()
        self._run = _NO_PART.sub("", text)
        self._starts: set[int] = set()
        self._ends: set[int] = set()
        place = 0
        for part in _PART.findall(text):
            self._starts |= {place, place + len(part) - len(part.lstrip("."))}
            place += len(part)
            self._ends |= {place, place - len(part) + len(part.rstrip("."))}
            if _PLURAL.search(part):
                self._ends.add(place - 1)
        self._known: dict[str, bool] = {}

    def has(self, name: str) -> bool:
        """Whether some words in a row spell the name."""
        wanted = _NO_PART.sub("", name.lower()).strip(".")
        if wanted not in self._known:
            self._known[wanted] = any(map(self._is_spelt, _spellings(wanted)))
        return self._known[wanted]

    def _is_spelt(self, wanted: str) -> bool:
        place = self._run.find(wanted)
        while place >= 0:
            if place in self._starts and place + len(wanted) in self._ends:
                return True
            place = self._run.find(wanted, place + 1)
        return False
