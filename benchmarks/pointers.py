"""Citations, 1,000 true and 1,000 altered ones: what is shown is verbatim, and nothing altered is accepted.

A true claim quotes a run of words out of a sentence of a recorded paper, or says them as its own, and points to it.  An
altered one has, by turns: a pointer beyond the paper, a pointer to a sentence that was not shown, a pointer to another
sentence, one quoted word exchanged, two quoted words in each other's place, a quoted digit changed, or a digit changed
in words that are not quoted.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.reading.labelled import read_labelled
from bot.reading.passages import Passage, numbered
from bot.reading.pointers import CheckedClaim, Citation, Claim, Fault, normalized, resolve, shown_sentences
from bot.reading.sentences import split_sentences

NAME = "pointers"
PAPERS = Path("../shared/data/questions/eval_open.jsonl")
COUNT = 1_000
SEED = 20260710
LIMIT_US = 50
REPEATS = 3  # the fastest counts, each with empty caches

_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
Alter = Callable[[random.Random, Citation, Sequence[Citation]], Claim | None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which papers to cite from."""
    parser.add_argument("--papers", type=Path, default=PAPERS, help="labelled papers, JSON Lines")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Resolve both thousands."""
    return measure(getattr(options, "papers", None) or PAPERS)


def measure(papers: Path) -> dict[str, Any]:
    """The figures, citing from labelled papers."""
    shown = _shown(papers)
    draw = random.Random(SEED)  # noqa: S311 - choosing sentences, no secret
    citations = [citation for citation in shown.values() if len(normalized(citation.words).split()) >= 8]
    true = [honest(draw, citation) for citation in draw.sample(citations, COUNT)]
    altered = list(_altered(draw, citations))
    seconds = []
    for _ in range(REPEATS):
        normalized.cache_clear()
        begun = time.process_time()
        of_true = [resolve(claim, shown) for claim in true]
        of_altered = [resolve(claim, shown) for _, claim in altered]
        seconds.append(time.process_time() - begun)
    texts = {citation.words for citation in shown.values()}
    quoted = [one.words for result in of_true if isinstance(result, CheckedClaim) for one in result.citations]
    return {
        "true": len(true),
        "true_accepted": sum(isinstance(result, CheckedClaim) for result in of_true),
        "true_dropped": dict(Counter(str(result) for result in of_true if isinstance(result, Fault))),
        "shown_quotations": len(quoted),
        "shown_verbatim": sum(words in texts for words in quoted),
        "altered": dict(Counter(kind for kind, _ in altered)),
        "altered_accepted": sum(isinstance(result, CheckedClaim) for result in of_altered),
        "us_each": round(min(seconds) / (len(true) + len(altered)) * 1e6, 1),
        "us_limit": LIMIT_US,
    }


def _shown(path: Path) -> dict[int, Citation]:
    """The sentences of all papers' passages, as if shown at once."""
    passages = [
        replace(passage, sentences=tuple(split_sentences(passage.text)))
        for paper in read_labelled(path)
        for passage in paper.passages
    ]
    return shown_sentences(numbered(passage for passage in passages if isinstance(passage, Passage)))


def honest(draw: random.Random, citation: Citation) -> Claim:
    """A claim that its sentence bears out, in quotation marks or without."""
    words = _run_of_words(draw, citation.words)
    return Claim(draw.choice((f'It says that "{words}".', f"It says that {words}.")), (citation.number,))


def _quoted(draw: random.Random, citation: Citation) -> Claim:
    return Claim(f'It says that "{_run_of_words(draw, citation.words)}".', (citation.number,))


def _altered(draw: random.Random, citations: Sequence[Citation]) -> Iterator[tuple[str, Claim]]:
    made = 0
    while made < COUNT:
        kind, alter = ALTERATIONS[made % len(ALTERATIONS)]
        claim = alter(draw, draw.choice(citations), citations)
        if claim is not None:
            yield kind, claim
            made += 1


def _beyond(draw: random.Random, citation: Citation, citations: Sequence[Citation]) -> Claim:
    last = max(one.number for one in citations)
    return replace(_quoted(draw, citation), pointers=(last + draw.randint(1, 500),))


def _unshown(draw: random.Random, citation: Citation, citations: Sequence[Citation]) -> Claim:
    return replace(_quoted(draw, citation), pointers=(-citation.number, citation.number))


def _elsewhere(draw: random.Random, citation: Citation, citations: Sequence[Citation]) -> Claim | None:
    claim, other = _quoted(draw, citation), draw.choice(citations)
    words = normalized(claim.text.split('"')[1])
    return None if words in normalized(other.words) else replace(claim, pointers=(other.number,))


def _word_exchanged(draw: random.Random, citation: Citation, citations: Sequence[Citation]) -> Claim | None:
    words = _run_of_words(draw, citation.words).split()
    at, other = draw.randrange(len(words)), draw.choice(draw.choice(citations).words.split())
    return _quoting([*words[:at], other, *words[at + 1 :]], citation)


def _words_in_each_others_place(draw: random.Random, citation: Citation, citations: Sequence[Citation]) -> Claim | None:
    words = _run_of_words(draw, citation.words).split()
    first, second = draw.sample(range(len(words)), 2)
    words[first], words[second] = words[second], words[first]
    return _quoting(words, citation)


def _quoted_digit_changed(draw: random.Random, citation: Citation, citations: Sequence[Citation]) -> Claim | None:
    words = _other_digit(draw, _run_of_words(draw, citation.words))
    return _quoting([words], citation) if words else None


def _digit_changed(draw: random.Random, citation: Citation, citations: Sequence[Citation]) -> Claim | None:
    words = _other_digit(draw, _run_of_words(draw, citation.words))
    if not words or set(_NUMBERS.findall(words)) <= set(_NUMBERS.findall(citation.words)):
        return None
    return Claim(f"It says that {words}.", (citation.number,))


def _other_digit(draw: random.Random, words: str) -> str | None:
    digits = [at for at, char in enumerate(words) if char.isascii() and char.isdigit()]
    if not digits:
        return None
    at = draw.choice(digits)
    other = draw.choice([digit for digit in "0123456789" if digit != words[at]])
    return words[:at] + other + words[at + 1 :]


def _quoting(words: Sequence[str], citation: Citation) -> Claim | None:
    """A claim with other words than the sentence's; None if they come to the same."""
    quote = " ".join(words).replace('"', "")
    if normalized(quote) in normalized(citation.words):
        return None
    return Claim(f'It says that "{quote}".', (citation.number,))


def _run_of_words(draw: random.Random, sentence: str) -> str:
    words = [word for word in sentence.split() if normalized(word).strip()]
    start = draw.randint(0, max(0, len(words) - 12))
    return " ".join(words[start : start + 12]).replace('"', "").replace("“", "").replace("”", "")


ALTERATIONS: tuple[tuple[str, Alter], ...] = (
    ("beyond the paper", _beyond),
    ("not shown", _unshown),
    ("another sentence", _elsewhere),
    ("word exchanged", _word_exchanged),
    ("words in each other's place", _words_in_each_others_place),
    ("quoted digit changed", _quoted_digit_changed),
    ("digit changed", _digit_changed),
)
