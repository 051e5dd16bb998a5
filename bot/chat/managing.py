"""Who may change digests: people whom the admins of a workspace name."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from bot.chat.engine import Asked
from bot.chat.request import Final, Reply
from bot.documents.model import Bullets, Document, Footnote, Paragraph, Text, person, text
from bot.documents.words import with_code
from bot.errors import BadInput
from bot.ports import Managers

MENTION_OR_ID = re.compile(r"<@!?(\w+)(?:\|[^>]*)?>|([UW][A-Z0-9]+|\d{6,})")  # as Slack and Discord write them
HINT = "`managers add` and `managers remove` with somebody's mention change this."


class Managing:
    """Handler of `managers`."""

    def __init__(self, managers: Managers) -> None:
        self._managers = managers

    async def managers(self, asked: Asked) -> AsyncIterator[Reply]:
        """Those who are named, after somebody was added or removed, if that is asked for."""
        workspace = asked.request.place.workspace
        change = asked.invocation.get("change")
        said = await self._change(workspace, change, asked.invocation.get("person")) if change else ()
        named = await self._managers.of(workspace)
        blocks = [Paragraph(words) for words in (said, text(_how_many(named))) if words]
        people = (Bullets(tuple(text(person(user)) for user in named)),) if named else ()
        hint = Footnote(with_code(HINT))
        yield Final(Document("Managers", (*blocks, *people, hint), private=True, data={"managers": named}))

    async def _change(self, workspace: str, change: str, words: str) -> Text:
        user = read_person(words)
        if change == "add":
            new = await self._managers.add(workspace, user)
            return text(person(user), " may change channels' digests now." if new else " was named already.")
        gone = await self._managers.remove(workspace, user)
        return text(person(user), " may no longer change channels' digests." if gone else " was not named.")


def read_person(words: str) -> str:
    """The id of somebody named by their mention or their id.  Raises `BadInput` for anything else."""
    match = MENTION_OR_ID.fullmatch(words)
    if match is None:
        raise BadInput("Whom do you mean? Type @ and choose somebody, such as `managers add @somebody`.")
    return match[1] or match[2]


def _how_many(named: list[str]) -> str:
    if not named:
        return "Nobody is named: admins, and a channel's creator where the platform knows one, change digests."
    return "Beside admins, these may change the digests of every channel:"
