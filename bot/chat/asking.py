"""Questions about papers: `ask`, `compare`, and free words in a thread."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Literal

import structlog

from bot.chat.answers import answer_document, answer_words, words_so_far
from bot.chat.conversation import Turn
from bot.chat.engine import Asked
from bot.chat.finding import Finder
from bot.chat.request import Final, Partial, Progress, Reply, Request
from bot.chat.subject import SubjectFinder
from bot.errors import BadInput, StoreError
from bot.llm.model import Message
from bot.papers.model import Paper
from bot.papers.references import read_reference
from bot.ports import Clock, ConversationRepository
from bot.reading.answer import Answer, Question
from bot.reading.answering import Answerer
from bot.reading.packing import estimated_tokens
from bot.reading.reader import Reader

log = structlog.get_logger(__name__)

Role = Literal["user", "bot"]

MAX_QUESTION = 2_000  # characters
MOST_COMPARED = 5
HISTORY_BUDGET = 300  # tokens of earlier turns that go with a question


class Asking:
    """Handlers of `ask` and `compare`, and of free questions."""

    def __init__(
        self,
        finder: Finder,
        subjects: SubjectFinder,
        reader: Reader,
        answerer: Answerer,
        conversations: ConversationRepository,
        clock: Clock,
    ) -> None:
        self._finder = finder
        self._subjects = subjects
        self._reader = reader
        self._answerer = answerer
        self._conversations = conversations
        self._clock = clock

    async def ask(self, asked: Asked) -> AsyncIterator[Reply]:
        """A question to one paper; without a question, the last one asked here."""
        request = asked.request
        turns = await self._conversations.turns(request.place)
        question = asked.invocation.get("question") or _last_question(turns)
        check_question(question)
        yield Progress("Fetching the paper …")
        paper = await self._finder.find(asked.invocation.get("paper"), request)
        before = () if Question(question).stands_alone else turns  # so that such answers are everybody's
        async for reply in self._answer(request, question, [paper], before):
            yield reply

    async def compare(self, asked: Asked) -> AsyncIterator[Reply]:
        """A question to two to five papers."""
        request = asked.request
        names, question = parted(asked.invocation.get("papers"))
        check_question(question)
        yield Progress("Fetching the papers …")
        found = [await self._finder.find(name, request) for name in names]
        papers = list({paper.id: paper for paper in found}.values())
        if len(papers) < 2:
            raise BadInput("Those are the same paper; please name two to five different ones.")
        turns = await self._conversations.turns(request.place)
        async for reply in self._answer(request, question, papers, turns):
            yield reply

    async def question(self, request: Request) -> AsyncIterator[Reply]:
        """Free words: a question to the paper that this place is about."""
        check_question(request.text)
        turns = await self._conversations.turns(request.place)
        subject = await self._subjects.find(request, turns)
        async for reply in self._answer(request, subject.question, [subject.paper], turns, subject.others):
            yield reply

    async def answer_ahead(self, paper: Paper, question: str, workspace: str) -> bool:
        """Have the answer to a question remembered for whoever asks it later; False if the model gives none.

        Raises:
            NotFound: there is no text of that paper.
        """
        read = await self._reader.read(paper)
        answers = [said async for said in self._answerer.answer(Question(question), [read], workspace)]
        return isinstance(answers[-1], Answer) and answers[-1].settles

    async def _answer(
        self,
        request: Request,
        question: str,
        papers: Sequence[Paper],
        turns: Sequence[Turn],
        switches: Sequence[Paper] = (),
    ) -> AsyncIterator[Reply]:
        yield Progress("Reading the paper …" if len(papers) == 1 else "Reading the papers …")
        read = [await self._reader.read(paper) for paper in papers]
        ids = tuple(paper.id for paper in papers)
        asked = Question(question, history(turn for turn in turns if turn.papers == ids))
        await self._remember(request, "user", question, ids)
        async for said in self._answerer.answer(asked, read, request.place.workspace):
            if isinstance(said, Answer):
                await self._remember(request, "bot", answer_words(said), ids)
                yield Final(answer_document(said, switches))
            else:
                yield Partial(words_so_far(papers, question, said))

    async def _remember(self, request: Request, role: Role, words: str, papers: tuple[str, ...]) -> None:
        """Keep what was said; where that fails it is not known in the next question, but this one is answered."""
        try:
            await self._conversations.add_turn(request.place, Turn(role, words, self._clock.now(), papers))
        except StoreError as error:
            log.warning("turn_not_kept", action="ask", reason=type(error).__name__)


def check_question(question: str) -> None:
    """Raises `BadInput` for an empty question, or one too long to be one."""
    if not any(char.isalnum() for char in question):
        raise BadInput("What would you like to know? Write a question after the paper, such as `ask #3 which data?`.")
    if len(question) > MAX_QUESTION:
        raise BadInput(f"That question has {len(question):,} characters; please keep it under {MAX_QUESTION:,}.")


def parted(words: str) -> tuple[list[str], str]:
    """The papers at the beginning of a line, and the question behind them.

    Raises:
        BadInput: fewer than two papers, or more than five.
    """
    rest = words.split()
    names: list[str] = []
    while rest and _names_a_paper(rest[0]):
        names.append(rest.pop(0))
    if not 2 <= len(names) <= MOST_COMPARED:
        raise BadInput("Please name two to five papers first, then the question: `compare #1 #2 …`.")
    return names, " ".join(rest)


def _names_a_paper(word: str) -> bool:
    try:
        read_reference(word)
    except BadInput:
        return False
    return True


def history(turns: Iterable[Turn]) -> tuple[Message, ...]:
    """The newest turns that fit the budget, oldest first."""
    kept: list[Message] = []
    left = HISTORY_BUDGET
    for turn in reversed(list(turns)):
        left -= estimated_tokens(turn.text)
        if left < 0:
            break
        kept.append(Message("user" if turn.role == "user" else "assistant", turn.text))
    return tuple(reversed(kept))


def _last_question(turns: Sequence[Turn]) -> str:
    return next((turn.text for turn in reversed(turns) if turn.role == "user"), "")
