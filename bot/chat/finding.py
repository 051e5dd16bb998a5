"""Which paper somebody means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.request import Place, Request
from bot.errors import BadInput
from bot.papers.library import Library
from bot.papers.model import Paper
from bot.papers.references import ListNumber, PaperReference, read_reference
from bot.ports import ConversationRepository
from bot.reading.cards import counted


async def numbered(conversations: ConversationRepository, place: Place, user: str) -> list[str]:
    """The ids of the papers that `#1`, `#2` and so on mean to somebody: of the thread, else of its channel."""
    return await conversations.shown_list(place, user) or await conversations.shown_list(place.parent, user)


async def begin_thread(
    conversations: ConversationRepository, thread: Place, user: str, papers: Sequence[str], at: datetime
) -> None:
    """Remember what numbers mean in a thread below a message that shows these papers to `user`.

    Where they are a page of the list that was shown in the channel, numbers go on through all of it.
    """
    listed = await conversations.shown_list(thread.parent, user)
    shown = listed if set(papers) <= set(listed) else papers
    if shown:
        await conversations.show_list(thread, shown, at, user=user)


class Finder:
    """Finds papers by what people write: an id, a link, or a number of a list shown there."""

    def __init__(self, library: Library, conversations: ConversationRepository) -> None:
        self._library = library
        self._conversations = conversations

    async def find(self, word: str, request: Request) -> Paper:
        """The paper meant by `word`.

        Raises:
            BadInput: the word names no paper, or a number that no list shown here has.
            NotFound: neither Hugging Face nor arXiv knows it.
            SourceUnavailable: they cannot be asked, and the paper was never seen before.
        """
        return await self._library.paper(await self.resolve(word, request))

    async def resolve(self, word: str, request: Request) -> PaperReference:
        """The paper's id, without asking any source.  Raises `BadInput` as `find` does."""
        reference = read_reference(word)
        if isinstance(reference, PaperReference):
            return reference
        return PaperReference(await self._by_number(reference, request))

    async def _by_number(self, wanted: ListNumber, request: Request) -> str:
        shown = await numbered(self._conversations, request.place, request.user)
        if not shown:
            raise BadInput("No list has been shown here yet, so numbers mean nothing; `today` shows one.")
        if wanted.number > len(shown):
            count = counted(len(shown), "paper")
            raise BadInput(f"There is no #{wanted.number}: the list that numbers mean here has {count}.")
        return shown[wanted.number - 1]
