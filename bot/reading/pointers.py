"""Pointers instead of quotations: a model names sentences by number, code copies them.

What is shown as a paper's words is copied from the paper, so it is verbatim by construction.  What a model says about
them is checked as far as code can: every number of a claim must stand in the sentences it cites, and every run of words
it puts in quotation marks must too, letter for letter but for case, spacing and punctuation.  A claim without a
valid pointer, or that fails a check, is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bot.reading.grounding import may_hold_numbers, ungrounded_numbers
from bot.reading.notation import GREEK_SIGNS
from bot.reading.passages import Passage


@dataclass(frozen=True, slots=True)
class Claim:
    """What a model said, and the numbers of the sentences that are to bear it out."""

    text: str
    pointers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence of the paper: its number, its exact words, and the passage that it stands in."""

    number: int
    words: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim whose citations hold."""

    text: str
    citations: tuple[Citation, ...]


class Fault(StrEnum):
    """Why a claim was dropped."""

    EMPTY = "empty"
    NO_SUCH_SENTENCE = "no_such_sentence"  # it points nowhere, or only to sentences that were not shown
    NUMBER_NOT_CITED = "number_not_cited"
    WORDS_NOT_CITED = "words_not_cited"  # words in quotation marks that the cited sentences do not hold


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of an answer, and what was dropped."""

    claims: tuple[CheckedClaim, ...]
    dropped: tuple[tuple[Claim, Fault], ...] = ()


def shown_sentences(passages: Iterable[Passage]) -> dict[int, Citation]:
    """Every sentence that a model is shown, by number: the only ones it may point to."""
    return {
        number: Citation(number, words, passage)
        for passage in passages
        for number, words in zip(passage.numbers, passage.sentences, strict=True)
    }


def check(claims: Iterable[Claim], shown: Mapping[int, Citation]) -> Checked:
    """Keep the claims whose pointers, numbers and quoted words hold."""
    kept: list[CheckedClaim] = []
    dropped: list[tuple[Claim, Fault]] = []
    for claim in claims:
        outcome = resolve(claim, shown)
        if isinstance(outcome, Fault):
            dropped.append((claim, outcome))
        else:
            kept.append(outcome)
    return Checked(tuple(kept), tuple(dropped))


def resolve(claim: Claim, shown: Mapping[int, Citation]) -> CheckedClaim | Fault:
    """One claim with its sentences, or the reason to drop it.  A pointer to nowhere beside good ones drops it too."""
    if not claim.text.strip():
        return Fault.EMPTY
    pointers = tuple(dict.fromkeys(claim.pointers))
    if not pointers or any(number not in shown for number in pointers):
        return Fault.NO_SUCH_SENTENCE
    citations = tuple(shown[number] for number in pointers)
    cited = [citation.words for citation in citations]
    if any(not stands_in(quote, cited) for quote in quotations(claim.text)):
        return Fault.WORDS_NOT_CITED
    if _loose_numbers(claim.text, cited):
        return Fault.NUMBER_NOT_CITED
    return CheckedClaim(claim.text, citations)


_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|„([^„“”]+)[“”]")
_ELISION = re.compile(r"\[?(?:…|\.\.\.)\]?")
_INVISIBLE = re.compile("[\u00ad\ufffe\u200b-\u200f\u2060\ufeff]")  # soft hyphen, PDFium's line break, zero width
_RAISED = re.compile(r"\^\s?\{?\s?(-)")  # "10^{-9}", as "10⁻⁹" reads once it is composed
_TOKEN = re.compile(r"[^\W\d_]+|(?:(?<![\w)])-)?\d+(?:[.,]\d+)*|%")


def _loose_numbers(text: str, cited: Iterable[str]) -> list[str]:
    """Numbers that the cited sentences do not hold; those in quoted words have been looked up with them."""
    said = _QUOTED.sub(" ", text)
    return ungrounded_numbers(said, " ".join(cited), paraphrased=True) if may_hold_numbers(said) else []


def quotations(text: str) -> Iterator[str]:
    """The runs of words that a text puts in double quotation marks; an elision parts one in two."""
    for groups in _QUOTED.findall(text):
        yield from filter(str.strip, _ELISION.split(next(filter(None, groups))))


def stands_in(quote: str, sentences: Iterable[str]) -> bool:
    """Whether words stand in one of the sentences, whole and in order.

    Case, spacing, punctuation and invisible characters do not count; digits, signs, decimal points and % do.
    """
    wanted = normalized(quote)
    return wanted.strip() != "" and any(wanted in normalized(sentence) for sentence in sentences)


@lru_cache(maxsize=4096)
def normalized(text: str) -> str:
    """Words and numbers of a text with a blank around each, so that only whole ones match."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).replace("−", "-").translate(GREEK_SIGNS)
    if "^" in text:
        text = _RAISED.sub(r"\1", text)
    return f" {' '.join(_TOKEN.findall(text.casefold()))} "
