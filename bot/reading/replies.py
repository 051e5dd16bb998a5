"""What a model replies to a question: a verdict and claims with pointers, read also where it broke its form.

Half an answer's complete claims are used.  An answer in plain words with numbers in brackets ("It took 12 hours [31].")
is read as claims too: small models often write so whatever they are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.llm.jsonform import complete_items
from bot.reading.plain import plain_sentence
from bot.reading.pointers import Claim
from bot.reading.sentences import split_sentences

MAX_CLAIMS = 6
MAX_CLAIM = 600  # characters; longer ones are not the short sentences that were asked for

_CLAIM_FORM: Mapping[str, Any] = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "sentences": {"type": "array", "items": {"type": "integer"}}},
    "required": ["text", "sentences"],
}
_OWN_KEY = re.compile(  # of broken JSON or YAML, whose lists are no citations
    r"""["'“‘](?:verdict|claims|sentences|text)\\?["'”’]|^[ \t]{0,40}(?:- )?(?:verdict|claims|sentences|text):""",
    re.MULTILINE,
)
_BRACKETS = re.compile(r" ?\[(\d{1,6}(?: ?[,;] ?\d{1,6})*)\]")  # in text whose blanks are single
_EMPTIED = re.compile(r" ?\( ?\)")  # brackets around brackets, which papers put around citations


class Verdict(StrEnum):
    """What the model makes of the passages."""

    ANSWERED = "answered"
    NEED_MORE = "need_more"
    NOT_IN_PAPER = "not_in_paper"


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's reply; no verdict: nothing in it can be read; an answer without claims: none of them can be used."""

    verdict: Verdict | None
    claims: tuple[Claim, ...] = ()


def read_reply(data: Mapping[str, Any]) -> Reply:
    """A reply of the form asked for: claims, then a verdict, which tells more only where there is no claim.

    Where the verdict comes first and there is no answer by it, claims next to it are kept: they contradict it.
    """
    claims, names = short(map(_claim, data["claims"])), list(data)
    if data["claims"] and not claims:  # it has claimed something, so it says of nothing that it is not there
        return Reply(Verdict.ANSWERED)
    if "verdict" in names[: names.index("claims")] or not claims:
        return Reply(Verdict(data.get("verdict", Verdict.NOT_IN_PAPER)), claims)
    return Reply(Verdict.ANSWERED, claims)


def salvage(text: str) -> Reply:
    """What can be used of a reply that was cut, or is not of its form."""
    loose = () if _OWN_KEY.search(text) else map(_bracketed, split_sentences(text))
    claims = short(claims_in(text) or filter(_is_claim, loose))
    return Reply(Verdict.ANSWERED if claims else None, claims)


def claims_in(text: str) -> tuple[Claim, ...]:
    """The complete claims in a JSON reply that may be cut, in order."""
    return tuple(map(_claim, complete_items(text, _CLAIM_FORM)))


def short(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The first claims of those that are not too long."""
    return tuple(claim for claim in claims if len(claim.text) <= MAX_CLAIM)[:MAX_CLAIMS]


def _claim(entry: Mapping[str, Any]) -> Claim:
    text = _EMPTIED.sub("", _BRACKETS.sub("", " ".join(entry["text"].split())))
    return Claim(plain_sentence(text), tuple(entry["sentences"]))


def _bracketed(sentence: str) -> Claim:
    citations = _BRACKETS.findall(" ".join(sentence.split()))
    numbers = [int(number) for found in citations for number in re.findall(r"\d+", found)]
    return _claim({"text": sentence, "sentences": numbers})


def _is_claim(claim: Claim) -> bool:
    """Whether it has words and points somewhere; a bare list of numbers is none."""
    return bool(claim.pointers) and any(char.isalnum() for char in claim.text)
