"""How well number grounding tells altered sentences from untouched ones, on recorded abstracts.

Every abstract's sentences are checked as they stand (none should be flagged), and once more for each of their numbers
with that number altered (all should be).  An alteration, drawn with a fixed seed from those that are possible, is

    digit   one digit becomes another one
    other   the number becomes another one of the same title and abstract, of any unit
    unit    percent becomes times and the other way round, thousands millions, millions billions, billions millions

The yardstick is membership: a sentence is flagged if one of its numbers, as a string of digits, is not in the source.

A second set (`rewritten`) checks claims as answers make them: 2,000 that say a sentence's number in another writing and
other words (none should be dropped), and 2,000 that say another number so (all should be).  Its rules (`rewriting.py`)
share nothing with the checker.  Its abstracts are others than those of the first set.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rewriting import altered_claims, true_claims
from bot.reading.grounding import ungrounded_numbers
from bot.reading.passages import Passage
from bot.reading.pointers import Citation, Claim, Fault, resolve
from bot.reading.sentences import split_sentences

NAME = "grounding"
DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "huggingface" / "archive.jsonl.gz"
REWRITTEN = 2_000  # claims each way
REWRITTEN_EVERY = 4  # abstracts, from the second one on

_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?(?![\d.,]*\d)")
_LIST_MARK = re.compile(r"\(\d{1,2}\)|(?<![\w.,])\d\)")  # "(1)", "2)": they count nothing
_UNIT = re.compile(r"\\?%|x\b|×|[KMB]\b| percent\b| (?:m|b)illion\b| thousand\b")
_SWAPPED = {
    "%": "x", "\\%": "x", " percent": " times", "x": "%", "×": "%",
    "K": "M", "M": "B", "B": "M", " thousand": " million", " million": " billion", " billion": " million",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A paper's title and abstract."""

    title: str
    abstract: str

    @property
    def text(self) -> str:
        """Both, as summaries are checked against them."""
        return f"{self.title}. {self.abstract}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much to check."""
    parser.add_argument("--every", type=int, default=8, help="take every nth recorded abstract")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Shares in percent, over sentences and alterations; microseconds a sentence."""
    draw = random.Random(20260710)  # noqa: S311 (no secret)
    altered, caught, by_membership = Counter[str](), Counter[str](), 0
    sentences = flagged = with_numbers = 0
    spent = 0.0
    for source in _sources(options.every, 0):
        for sentence in split_sentences(source.abstract):
            began = time.perf_counter()
            flagged += bool(ungrounded_numbers(sentence, source.text))
            spent += time.perf_counter() - began
            sentences += 1
            with_numbers += bool(_NUMBER.search(sentence))
            for kind, forged in _alterations(sentence, source, draw):
                altered[kind] += 1
                caught[kind] += bool(ungrounded_numbers(forged, source.text))
                by_membership += not set(_NUMBER.findall(forged)) <= set(_NUMBER.findall(source.text))
    return {
        "sentences": sentences,
        "altered_numbers": altered.total(),
        "caught_percent": _percent(caught.total(), altered.total()),
        "caught_by_kind": {kind: _percent(caught[kind], altered[kind]) for kind in sorted(altered)},
        "untouched_flagged_percent": _percent(flagged, sentences),
        "untouched_with_numbers": with_numbers,
        "membership_caught_percent": _percent(by_membership, altered.total()),
        "us_per_sentence": round(spent / max(1, sentences) * 1e6, 1),
        "ci": {
            "caught_percent": wilson(caught.total(), altered.total()),
            "untouched_flagged_percent": wilson(flagged, sentences),
        },
        "rewritten": rewritten(list(_sources(REWRITTEN_EVERY, 1))),
    }


def rewritten(sources: Sequence[Source]) -> dict[str, Any]:
    """Shares in percent, over claims with a number in another writing, and over claims with another number."""
    draw = random.Random(20260710)  # noqa: S311 (no secret)
    sentences = [sentence for source in sources for sentence in split_sentences(source.abstract)]
    true = [(*claim, sentence) for sentence in sentences for claim in true_claims(sentence, draw)]
    altered = [(*claim, sentence) for sentence in sentences for claim in altered_claims(sentence, draw)]
    true, altered = (draw.sample(claims, min(REWRITTEN, len(claims))) for claims in (true, altered))
    dropped = Counter(kind for kind, claim, sentence in true if _is_dropped(claim, sentence))
    caught = Counter(kind for kind, claim, sentence in altered if _is_dropped(claim, sentence))
    kinds = Counter(kind for kind, _, _ in altered)
    return {
        "true": len(true),
        "true_dropped_percent": _percent(dropped.total(), len(true)),
        "true_dropped": dict(dropped),
        "altered": len(altered),
        "caught_percent": _percent(caught.total(), len(altered)),
        "caught_by_kind": {kind: _percent(caught[kind], kinds[kind]) for kind in sorted(kinds)},
        "ci": {
            "true_dropped_percent": wilson(dropped.total(), len(true)),
            "caught_percent": wilson(caught.total(), len(altered)),
        },
    }


def _is_dropped(claim: str, sentence: str) -> bool:
    """Whether a claim that cites the sentence would not be shown."""
    cited = Citation(1, sentence, Passage(path=(), sentences=(sentence,)))
    return isinstance(resolve(Claim(claim, (1,)), {1: cited}), Fault)


def wilson(hits: int, n: int) -> list[float]:
    """The 95 % interval of a share, in percent (Wilson 1927): it has a width also where there is no hit."""
    if not n:
        return [0.0, 100.0]
    z = 1.96
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return [round(100 * max(0.0, centre - reach), 2), round(100 * min(1.0, centre + reach), 2)]


def _alterations(sentence: str, source: Source, draw: random.Random) -> Iterator[tuple[str, str]]:
    """The sentence once for each of its numbers, with that one altered."""
    for number in _NUMBER.finditer(_LIST_MARK.sub(lambda mark: " " * len(mark.group()), sentence)):
        possible = _possible(number, sentence, source, draw)
        if possible:
            yield draw.choice(possible)


def _possible(number: re.Match[str], sentence: str, source: Source, draw: random.Random) -> list[tuple[str, str]]:
    before, behind = sentence[: number.start()], sentence[number.end() :]
    digit = ("digit", before + _other_digit(number.group(), draw) + behind)
    others = sorted({other for other in _NUMBER.findall(_LIST_MARK.sub(" ", source.text)) if other != number.group()})
    possible = [digit] + ([("other", before + draw.choice(others) + behind)] if others else [])
    if unit := _UNIT.match(behind):
        possible.append(("unit", before + number.group() + _SWAPPED[unit.group()] + behind[unit.end() :]))
    return possible


def _other_digit(number: str, draw: random.Random) -> str:
    places = [place for place, sign in enumerate(number) if sign.isdigit()]
    place = draw.choice(places)
    new = draw.choice([digit for digit in "123456789" if digit != number[place]])
    return number[:place] + new + number[place + 1 :]


def _sources(every: int, first: int) -> Iterator[Source]:
    with gzip.open(DATA, "rt", encoding="utf-8") as rows:
        for index, row in enumerate(rows):
            if index % every == first:
                paper = json.loads(row)["entry"]["paper"]
                yield Source(paper["title"], " ".join(paper["summary"].split()))


def _percent(part: int, whole: int) -> float:
    return round(100 * part / max(1, whole), 2)
