"""Which paper somebody means."""

from __future__ import annotations

from bot.chat.request import Place, Request
from bot.errors import BadInput
from bot.papers.library import Library
from bot.papers.model import Paper
from bot.papers.references import ListNumber, PaperReference, read_reference
from bot.ports import ConversationRepository
from bot.reading.cards import counted


class Finder:
    """Finds papers by what people write: an id, a link, or a number of the list last shown there."""

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
        return PaperReference(await self._by_number(reference, request.place))

    async def _by_number(self, wanted: ListNumber, place: Place) -> str:
        shown = await self._conversations.shown_list(place)
        if not shown and place.thread:  # a thread without a list of its own
            shown = await self._conversations.shown_list(place.parent)
        if not shown:
            raise BadInput("No list has been shown here yet, so numbers mean nothing; `today` shows one.")
        if wanted.number > len(shown):
            count = counted(len(shown), "paper")
            raise BadInput(f"There is no #{wanted.number}: the list last shown here has {count}.")
        return shown[wanted.number - 1]
