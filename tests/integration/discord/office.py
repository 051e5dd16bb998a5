"""A small engine with the form of a subscription."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.chat.commands import COMMANDS
from bot.chat.engine import Asked, Engine
from bot.chat.request import Final, Reply
from bot.chat.subscription_form import SubscriptionForm
from bot.chat.wishes import Wishes, target_of
from bot.documents.model import Action, Actions, Document, Paragraph, text
from bot.testing.store import FakeStore


class Office:
    """An engine that shows a button to change a digest, and says what it was told."""

    def __init__(self, store: FakeStore) -> None:
        self._wishes = Wishes(store.subscriptions, language="en")
        self.asked: list[Asked] = []

    def engine(self) -> Engine:
        handlers = {"status": self.status, "subscribe": self.subscribe}
        return Engine(COMMANDS, handlers, forms={"subscribe": SubscriptionForm(self._wishes)})

    async def status(self, asked: Asked) -> AsyncIterator[Reply]:
        change = Actions((Action("Change", "subscribe", private=True, fills=True),))
        yield Final(Document("Digests", (change,), private=True))

    async def subscribe(self, asked: Asked) -> AsyncIterator[Reply]:
        self.asked.append(asked)
        _, wish = await self._wishes.read(asked, target_of(asked))
        days = "".join(map(str, sorted(wish.schedule.weekdays)))
        said = f"{wish.schedule.at:%H:%M} {wish.schedule.zone} {days} {'; '.join(wish.topics)} {wish.top}"
        yield Final(Document(blocks=(Paragraph(text(said)),)))
