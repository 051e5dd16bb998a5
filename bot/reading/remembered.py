"""Replies that a model gave before, so that the same question to the same text costs nothing.

What is kept is the reply, claims and pointers, not the answer: it is checked against the paper anew each time, so that
what is shown is verbatim now as then.  The key is a hash of all that a reply depends on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import structlog

from bot.errors import StoreError
from bot.ports import AnswerRepository, Clock
from bot.reading.pointers import Claim
from bot.reading.reader import ReadPaper
from bot.reading.replies import Reply, Verdict

log = structlog.get_logger(__name__)


def reply_key(question: str, papers: Sequence[ReadPaper], model: str, prompt_hash: str) -> str:
    """A hash of the question (but for case and spacing), the papers' sentences, the model and its prompt."""
    sentences = [passage.sentences for read in papers for passage in read.text.passages]
    ids = [read.paper.id for read in papers]
    parts = [" ".join(question.casefold().split()), model, prompt_hash, ids, sentences]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class RememberedReplies:
    """Keeps replies.  A store that fails forgets; it never keeps a question from being answered."""

    def __init__(self, answers: AnswerRepository, clock: Clock) -> None:
        self._answers = answers
        self._clock = clock

    async def recall(self, key: str) -> Reply | None:
        """The reply given before, if there was one."""
        try:
            kept = await self._answers.get(key)
        except StoreError:
            log.warning("reply_not_recalled", action="ask_the_model")
            return None
        if kept is None:
            return None
        verdict, claims = json.loads(kept)
        return Reply(Verdict(verdict), tuple(Claim(text, tuple(pointers)) for text, pointers in claims))

    async def keep(self, key: str, reply: Reply) -> None:
        """Remember a reply that has a verdict."""
        if reply.verdict is None:
            return
        kept = json.dumps([reply.verdict.value, [[claim.text, claim.pointers] for claim in reply.claims]])
        try:
            await self._answers.save(key, kept, self._clock.now())
        except StoreError:
            log.warning("reply_not_kept", action="answer_all_the_same")
