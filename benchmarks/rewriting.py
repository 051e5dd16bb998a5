"""Claims about a sentence with one of its numbers written in another way, or altered and written in another way.

The rules and tables are this module's own: nothing of the checker that they test is used.  A claim is the run of words
around the number, some of them exchanged for others of like meaning, behind an opening that the paper does not have.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_NTH = "_ first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_POWERS = {"K": 3, "k": 3, "M": 6, "B": 9, "thousand": 3, "million": 6, "billion": 9}
_LONG = {3: "thousand", 6: "million", 9: "billion"}
_SHORT = {3: "K", 6: "M", 9: "B"}
_MEASURES = {  # units by what they measure, each with how many of the first one it is
    "time": {"ms": "0.001", "seconds": "1", "minutes": "60", "hours": "3600"},
    "data": {"MB": "1", "GB": "1000", "TB": "1000000"},
    "frequency": {"Hz": "1", "kHz": "1000", "MHz": "1000000"},
    "length": {"mm": "0.001", "cm": "0.01", "meters": "1", "km": "1000"},
}
_DIMENSION = {unit: dimension for dimension, units in _MEASURES.items() for unit in units}
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

_PLAIN = r"(?<![\w.,/^{$(-])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?"
_END = r"(?![\w/^{})-]|[.,]\d|\s?\\?%|\s?(?:\\times|times|×))"
_FORMS = (  # how papers write each kind; the first group is the number
    ("percent", re.compile(_PLAIN + r"\s?(?:\\?%|percent\b)(?![\w-])")),
    ("multiple", re.compile(_PLAIN + r"\s?(?:x\b|×|\$?\\times\$?|times\b)(?!\s?\d)(?![\w-])")),
    ("measure", re.compile(_PLAIN + rf"\s?(?:{'|'.join(_DIMENSION)})\b(?!-|/)")),
    ("size", re.compile(_PLAIN + r"(?:\s?[KMB]\b|\s(?:thousand|million|billion)\b)(?![\w-])")),
    (
        "word",
        re.compile(rf"(?<![\w-])({'|'.join(_ONES[2:])})(?![\w-]|\s(?:hundred|thousand|million|times|percent|of)\b)"),
    ),
    ("ordinal", re.compile(rf"(?<=\bthe )({'|'.join(_NTH[3:])})(?![\w-]|\sof\b)")),
    ("count", re.compile(_PLAIN + _END + r"(?!\s(?:thousand|million|billion|out)\b)")),
)
_NUMBERISH = re.compile(
    rf"\d|%|×|\b(?:{'|'.join(_ONES + _TENS[2:] + _NTH[1:])}|hundred|thousand|million|billion|times|percent|half|third|"
    r"quarter|dozen|double|twice|\w*fold)\b",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"\b(?:drop|decreas|reduc|lower|los[se]|less|few|declin|fall|degrad|speed|sav|slow|fast|gap|differ|cut|shrink|cost|"
    r"only|just|under|below)",
    re.IGNORECASE,
)
_OTHER_WORDS = dict(
    pair.split("/")
    for pair in """
    show/demonstrate shows/demonstrates improves/raises achieves/reaches achieving/reaching uses/employs using/with
    across/on over/against outperforms/beats reduces/lowers reducing/lowering large/big approximately/about
    model/system method/approach dataset/corpus datasets/corpora tasks/problems requires/needs while/and only/just
    introduce/present propose/suggest novel/new diverse/varied significantly/clearly""".split()
)
_OPENINGS = ("The authors report: ", "According to the paper, ", "In short, ", "It says that ", "")
_REACH = 7  # words on either side that a claim takes from its sentence


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a sentence: its place, its kind, and its value as it is said ("45.2" percent, "1.5" million).

    The kind of one with a unit is that unit ("ms").
    """

    start: int
    end: int
    kind: str
    value: Decimal
    written: str


def numbers(sentence: str) -> list[Number]:
    """Those that can be written otherwise without doubt about what they mean; years are left as they are."""
    found: list[Number] = []
    if '"' in sentence or "“" in sentence:  # what is quoted must stand letter for letter
        return found
    for form_of, form in _FORMS:
        for match in form.finditer(sentence):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            value = _said(form_of, match)
            kind = match.group().lstrip("0123456789., ") if form_of == "measure" else form_of
            if value and not (kind == "count" and 1900 <= value <= 2100) and value < 10**13:
                found.append(Number(*match.span(), kind, value, match.group()))
    return sorted(found, key=lambda number: number.start)


def _said(kind: str, match: re.Match[str]) -> Decimal:
    if kind == "word":
        return Decimal(_ONES.index(match[1]))
    if kind == "ordinal":
        return Decimal(_NTH.index(match[1]))
    value = Decimal(match[1].replace(",", "") + (match[2] or ""))
    return value.scaleb(_POWERS[re.sub(r"[\d.,\s]", "", match.group())]) if kind == "size" else value


def writings(kind: str, value: Decimal) -> list[str]:
    """The ways to write a value of a kind."""
    whole = int(value) if value == value.to_integral_value() else None
    plain = f"{value.normalize():f}"
    match kind:
        case "percent":
            half = [word for share, word in ((50, "half"), (25, "a quarter")) if value == share]
            words = [f"{_in_words(whole)} percent"] if whole is not None and whole < 100 else []
            return [f"{plain}%", f"{plain} %", f"{plain} percent", f"{plain} per cent", *half, *words]
        case "multiple":
            words = [f"{_in_words(whole)} times", f"{_ONES[whole]}fold"] if whole and 1 < whole <= 12 else []
            return [f"{plain}x", f"{plain}×", f"{plain} times", f"{plain}-fold", f"a factor of {plain}", *words]
        case "word":
            return [plain]
        case "ordinal":
            return [f"{plain}{'rd' if whole == 3 else 'th'}"]
        case "size":
            return _sizes(value)
        case unit if unit in _DIMENSION:
            return _measures(unit, value)
        case _:
            return _counts(value, whole, plain)


def _counts(value: Decimal, whole: int | None, plain: str) -> list[str]:
    if whole is None:
        small = _powers(value) if value < Decimal("0.01") else []
        return [plain, f"{plain}0", *([plain[1:]] if plain.startswith("0.") else []), *small]
    if whole < 100:
        return [plain, _in_words(whole)]
    if whole >= 1000:
        return [plain, f"{whole:,}", f"{whole:,}".replace(",", " "), *(_sizes(value) if whole % 1000 == 0 else [])]
    return [plain, f"{plain}.0"]


def _measures(unit: str, value: Decimal) -> list[str]:
    """With the unit and with others of what it measures, as far as the value stays easy to read."""
    units = _MEASURES[_DIMENSION[unit]]
    converted = {other: value * Decimal(units[unit]) / Decimal(units[other]) for other in units}
    legible = {other: amount for other, amount in converted.items() if _is_legible(amount) or other == unit}
    return [f"{amount.normalize():f} {other}" for other, amount in legible.items()]


def _is_legible(amount: Decimal) -> bool:
    return Decimal("0.01") <= amount < 100_000 and amount == round(amount, 3)


def _sizes(value: Decimal) -> list[str]:
    power = max((power for power in _LONG if value >= 10**power), default=0)
    if not power:
        return [f"{value.normalize():f}"]
    said = f"{value.scaleb(-power).normalize():f}"
    grouped = [f"{int(value):,}"] if value == value.to_integral_value() else []
    return [f"{said} {_LONG[power]}", f"{said}{_SHORT[power]}", f"{said} {_SHORT[power]}", *grouped, *_powers(value)]


def _powers(value: Decimal) -> list[str]:
    """Scientific writings."""
    power = value.adjusted()
    said = f"{value.scaleb(-power).normalize():f}"
    raised = str(power).translate(_RAISED)
    return [f"{said}e{power}", f"{said} × 10^{power}", f"{said} × 10{raised}", f"${said} \\times 10^{{{power}}}$"]


def _in_words(value: int) -> str:
    if value < 20:
        return _ONES[value]
    return _TENS[value // 10] + (f"-{_ONES[value % 10]}" if value % 10 else "")


def true_claims(sentence: str, draw: random.Random) -> Iterator[tuple[str, str]]:
    """A claim for each number of the sentence, with the kind of the number."""
    for number in numbers(sentence):
        if number.kind in _DIMENSION and re.search(r"(?:\b(?:to|and|or)|[-–,/])\s?$", sentence[: number.start]):
            continue  # the number before has the same unit
        others = [one for one in writings(number.kind, number.value) if one != number.written]
        if others:
            yield number.kind, _claim(sentence, number, draw.choice(others), draw)


def altered_claims(sentence: str, draw: random.Random) -> Iterator[tuple[str, str]]:
    """A claim for each number of the sentence, with how the number is altered; no value of the sentence comes out."""
    found = numbers(sentence)
    for number in found:
        for kind, alter in draw.sample(ALTERATIONS, len(ALTERATIONS)):
            if kind == "sign" and not _may_take_sign(sentence, number):
                continue
            altered = alter(number, found, draw)
            if altered and altered not in sentence:
                yield kind, _claim(sentence, number, altered, draw)
                break


def _may_take_sign(sentence: str, number: Number) -> bool:
    """Whether a minus before the number makes it another one: not behind "+" or "@", nor where words say "less"."""
    return sentence[: number.start][-1:] in ("", " ", "(") and not _LESS.search(sentence)


def _claim(sentence: str, number: Number, written: str, draw: random.Random) -> str:
    before = _cut(sentence[: number.start].split()[::-1], draw)[::-1]
    behind = _cut(sentence[number.end :].split(), draw)
    is_glued = sentence[: number.start][-1:].strip()  # to a bracket or a sign
    start = " ".join(before) + ("" if is_glued or not before else " ")
    tail = sentence[number.end : number.end + 1]
    return f"{draw.choice(_OPENINGS)}{start}{written}{'' if tail in ',.;:)' else ' '}{' '.join(behind)}"


def _cut(words: Sequence[str], draw: random.Random) -> list[str]:
    """As many of the next words as a claim takes, none of them next to a number that would be cut in two."""
    taken = list(words[: draw.randint(3, _REACH)])
    while taken and len(taken) < len(words) and (_is_numberish(taken[-1]) or _is_numberish(words[len(taken)])):
        taken.append(words[len(taken)])
    return [_OTHER_WORDS.get(word, word) if draw.random() < 0.7 else word for word in taken]


def _is_numberish(word: str) -> bool:
    return _NUMBERISH.search(word) is not None or word in ("and", "to", "out", "of", "in", "-", "--")


def _digit(number: Number, _: Sequence[Number], draw: random.Random) -> str | None:
    """Another digit in one place of the value."""
    digits = list(f"{number.value.normalize():f}")
    at = draw.choice([place for place, sign in enumerate(digits) if sign.isdigit()])
    digits[at] = draw.choice([digit for digit in "123456789" if digit != digits[at]])
    return _other(number, Decimal("".join(digits)), draw)


def _size(number: Number, _: Sequence[Number], draw: random.Random) -> str | None:
    """Ten or a thousand times as much or as little."""
    return _other(number, number.value.scaleb(draw.choice((-3, -1, 1, 3))), draw)


def _unit(number: Number, _: Sequence[Number], draw: random.Random) -> str | None:
    """Percent instead of times, and the other way round."""
    other = {"percent": "multiple", "multiple": "percent"}.get(number.kind)
    return draw.choice(writings(other, number.value)) if other else None


def _measure(number: Number, _: Sequence[Number], draw: random.Random) -> str | None:
    """Another unit of what is measured: "40 s" for "40 ms"."""
    if number.kind not in _DIMENSION:
        return None
    others = [unit for unit in _MEASURES[_DIMENSION[number.kind]] if unit != number.kind]
    return f"{number.value.normalize():f} {draw.choice(others)}"


def _sign(number: Number, _: Sequence[Number], draw: random.Random) -> str | None:
    """Less than nothing: "-2.3" for "2.3"."""
    if number.kind not in ("percent", "count") or number.value == number.value.to_integral_value():
        return None
    return f"{draw.choice('-−')}{draw.choice(writings(number.kind, number.value)).lstrip()}"


def _neighbour(number: Number, others: Sequence[Number], draw: random.Random) -> str | None:
    """The value of another number of the sentence, of another kind."""
    values = [other.value for other in others if other.kind != number.kind and other.value != number.value]
    return _other(number, draw.choice(values), draw) if values else None


def _other(number: Number, value: Decimal, draw: random.Random) -> str | None:
    if value == number.value or value <= 0:
        return None
    if number.kind in ("word", "ordinal") and not (value == int(value) and 3 <= value <= 12):
        return None
    return draw.choice(writings("count" if number.kind == "word" else number.kind, value))


ALTERATIONS: tuple[tuple[str, Callable[[Number, Sequence[Number], random.Random], str | None]], ...] = (
    ("digit", _digit),
    ("magnitude", _size),
    ("unit", _unit),
    ("neighbour", _neighbour),
    ("measure", _measure),
    ("sign", _sign),
)
