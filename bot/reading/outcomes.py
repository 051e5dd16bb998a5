"""What became of a question, and the sentence that says why it is not answered in full.

"The paper does not say" is a statement about the paper.  It takes two witnesses: a model that says so and makes no
claim, and retrieval that finds no passage in the whole text that seems to answer.  Of text that was not read there is
no witness.
"""

from __future__ import annotations

import re

from bot.errors import AnswerCut, AnswerMalformed, BotError, ModelError
from bot.reading.answer import Outcome
from bot.reading.evidence import Found
from bot.reading.pointers import Checked
from bot.reading.replies import Reply, Verdict

_BEST = "Here are the passages that fit the question best."
NO_MODEL = f"No language model is set up. {_BEST}"
NO_FIT = "No language model is set up. I found no passage that clearly answers; these come nearest."
NO_MATCH = "No language model is set up. I found no passage with these words; these come nearest."
UNPROVEN = f"The language model answered, but the sentences it cites do not support what it says. {_BEST}"
EMPTY = f"The language model's answer holds nothing that I can show. {_BEST}"
UNREADABLE = f"I could not read the language model's answer. {_BEST}"
CUT = f"The language model's answer was cut off at its length limit. {_BEST}"
CUT_SHORT = "The language model's answer was cut off at its length limit; this is what came before."
BROKE_OFF = "The language model's answer broke off; this is what came before."
NOT_FOUND = "I found no answer in the passages that were read, which are not all there are. These come nearest."
NOT_CONFIRMED = "The language model found no answer. These passages come nearest; please see for yourself."
NOT_WHOLE = "The language model found no answer. Not all of the text was read. These passages come nearest."
NO_FRONT_MATTER = (
    "The language model found no answer. The author list and the references were not read. These passages come nearest."
)

# Authors are often just those who say it ("do the authors compare"), which is no question about who they are.
_OUTSIDE_TEXT = re.compile(
    r"\b(?:affiliat\w*|bibliography|citations?|cite[sd]?|citing|references|universit(?:y|ies)|institut(?:es?|ions?)"
    r"|who wrote|written by|who (?:is|are|was|were) the (?:\w+ )?authors?"
    r"|(?:first|last|senior|corresponding|how many|names? of the) authors?)\b",
    re.IGNORECASE,
)


def unaided(*, passages_fit: bool, has_words: bool) -> tuple[Outcome, str]:
    """What retrieval alone can say: where to look, or that no passage seems to answer.

    `has_words`: whether the passages that are shown hold any word of the question.
    """
    if passages_fit:
        return Outcome.PASSAGES, NO_MODEL
    return Outcome.NO_MATCH, NO_FIT if has_words else NO_MATCH


def failed(fault: str) -> tuple[Outcome, str]:
    """For a model that cannot be asked, or gives nothing; `fault` is a plain sentence."""
    return Outcome.PASSAGES, f"{fault} {_BEST}"


def broke_off(fault: BotError | None) -> bool:
    """Whether a reply never came to its end, so that there is no whole answer behind the fault."""
    return fault is not None and (not isinstance(fault, ModelError) or fault.answer is None)


def unread(found: Found, question: str) -> str:
    """Return the note that says what was left unread and may hold the answer; "" if there is no such thing."""
    if not all(read.text.is_whole for read in found.papers):
        return NOT_WHOLE
    return NO_FRONT_MATTER if _OUTSIDE_TEXT.search(question) else ""


def outcome_of(
    reply: Reply,
    checked: Checked,
    fault: BotError | None,
    *,
    has_claimed: bool,
    passages_fit: bool,
    read_all: bool,
    gap: str,
) -> tuple[Outcome, str]:
    """The outcome of a model's last reply, and its note ("" where there is nothing to add).

    Args:
        reply: as it was read; without a verdict where nothing in it can be used.
        checked: the claims of that reply, checked.
        fault: what was wrong with the reply, if anything.
        has_claimed: whether the model claimed anything, in this reply or one before, that held or not.
        passages_fit: whether retrieval finds passages that seem to answer, in the whole text.
        read_all: whether the model was shown all passages there are.
        gap: the note of `unread`.
    """
    is_cut = isinstance(fault, AnswerCut)
    if checked.claims:
        return Outcome.ANSWERED, CUT_SHORT if is_cut else BROKE_OFF if broke_off(fault) else ""
    if is_cut:
        return Outcome.CUT, CUT
    if reply.verdict is Verdict.NEED_MORE:
        return Outcome.NOT_FOUND, NOT_CONFIRMED if read_all else NOT_FOUND
    if reply.verdict is Verdict.NOT_IN_PAPER:
        if has_claimed or passages_fit:
            return Outcome.NOT_FOUND, NOT_CONFIRMED
        return (Outcome.NOT_FOUND, gap) if gap else (Outcome.NOT_IN_PAPER, "")
    if checked.dropped:
        return Outcome.UNPROVEN, UNPROVEN
    if fault is None or isinstance(fault, AnswerMalformed):
        return Outcome.UNREADABLE, EMPTY if reply.verdict is Verdict.ANSWERED else UNREADABLE
    return failed(fault.public_sentence)
