"""The desk: takes what people ask on Discord, has the engine answer it, and sees each answer to its end.

Acknowledging comes before everything else.  What Discord delivers twice is answered once: an interaction because it can
be acknowledged but once, a message because it is noted in the event log.  A press of the same button by the same person
while the first is being answered is told so.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import structlog

from adapters.discord.delivery import Delivery, Pace, Surface, sentence
from adapters.discord.errors import ALREADY_ACKNOWLEDGED, FAULTS, UNKNOWN_INTERACTION, only_logged, translated
from adapters.discord.events import (
    Interaction,
    in_own_guild,
    is_for,
    paper_in_message,
    place_of_message,
    request_of_interaction,
    request_of_message,
    with_rights,
    with_rights_of_author,
)
from adapters.discord.fading import Notes
from adapters.discord.forms import ANSWER, command_form, question_form, written
from adapters.discord.open_answers import OpenAnswers
from adapters.discord.permissions import invite_link, lacking_to_answer, may_have_thread
from adapters.discord.persistence import respond
from adapters.discord.presses import decode
from adapters.discord.render import pages
from adapters.discord.sending import SILENT_MENTIONS, send
from adapters.discord.services import Services
from adapters.discord.surfaces import NOTHING_YET, ORIGINAL, InteractionSurface, MessageSurface, OnThread
from adapters.discord.threads import named
from adapters.discord.turns import Turns
from bot.chat.engine import apology
from bot.chat.finding import begin_thread
from bot.chat.grammar import shorten
from bot.chat.parsed import Access, Parsed
from bot.chat.request import Origin, Place, Request
from bot.chatkit.mentioned_papers import NO_PAPER
from bot.documents.model import Action, Actions, Bullets, Card, Document, Tone
from bot.documents.words import with_code
from bot.errors import BadInput, BotError, StoreError, TargetGone

log = structlog.get_logger(__name__)

RESTARTING = "The bot is restarting. Please ask again in a moment."
ON_IT = "I am on it already; the answer to your first press will appear in a moment."
BUSY = "That form could not be made in time; please press the button again."
MAY_NOT = "I may not answer in `#{}` of `{}`. In that channel's settings my role needs: {}."
NOT_A_MEMBER = (
    "I am no member here, so I can post no digests and need no managers. I can show papers and answer questions. "
    "In a direct conversation with me, `subscribe` works. To have digests in a server, add me: {}"
)
_READING_SECONDS = 2.0
_LEASE = timedelta(minutes=5)  # an event whose first attempt has died may be taken up again after that


class Desk:
    """Takes interactions and messages.  Its methods return when the answer is finished, and never raise."""

    def __init__(self, services: Services, pace: Pace, answers: OpenAnswers) -> None:
        self._services = services
        self._pace = pace
        self._answers = answers
        self._turns = Turns()
        self._notes = Notes(pace.note, services.clock)
        self._presses: set[tuple[int, int, str]] = set()
        self._interactions: set[int] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._closing = False

    # --- what comes in -------------------------------------------------------------------------------------------

    async def command(self, interaction: Interaction, command: str, values: Mapping[str, str], private: bool) -> None:
        """A subcommand of `/papers`, with the options that were given."""
        async with self._watched():
            await self._answer_interaction(interaction, await self._read(interaction, command, values), private)

    async def explain(self, interaction: Interaction, message: discord.Message) -> None:
        """The entry in a message's menu."""
        async with self._watched():
            paper = paper_in_message(message)
            if not paper:
                await self._refuse(interaction, NO_PAPER)
            else:
                parsed = await self._read(interaction, f"show {paper}")
                await self._answer_interaction(interaction, parsed, private=True)

    async def press(self, interaction: Interaction, custom_id: str) -> None:
        """A button: its command is run, or its form is shown."""
        async with self._watched():
            try:
                pressed = decode(custom_id)
            except BadInput as error:
                await self._refuse(interaction, error.sentence)
                return
            if pressed.ask is not None:
                await _show(interaction, question_form(custom_id, _label(interaction), pressed.ask))
                return
            if pressed.fills:
                await self._show_form(interaction, custom_id, pressed.command)
                return
            key = (interaction.user.id, interaction.message.id if interaction.message else 0, custom_id)
            if key in self._presses:
                await self._refuse(interaction, ON_IT)
                return
            self._presses.add(key)
            try:
                parsed = await self._read(interaction, pressed.command)
                await self._answer_interaction(interaction, parsed, pressed.private)
            finally:
                self._presses.discard(key)

    async def form(self, interaction: Interaction, custom_id: str) -> None:
        """A form that was filled in: its command, with what was written after it or beside it."""
        async with self._watched():
            try:
                asked = decode(custom_id)
            except BadInput as error:
                await self._refuse(interaction, error.sentence)
                return
            if asked.fills:
                await self._take_form(interaction, asked.command)
                return
            line = f"{asked.command} {written(interaction).get(ANSWER, '')}"
            await self._answer_interaction(interaction, await self._read(interaction, line), asked.private)

    async def message(self, message: discord.Message, me: discord.abc.User) -> None:
        """A message that anybody wrote where the bot can read; most are none of its business."""
        if not is_for(message, me):
            return
        async with self._watched():
            if missing := lacking_to_answer(message.channel):
                channel, guild = getattr(message.channel, "name", ""), message.guild.name if message.guild else ""
                words = MAY_NOT.format(shorten(channel), shorten(guild), ", ".join(missing))
                await send(message.author, pages(sentence(words))[0])
                return
            if self._closing:
                await send(message.channel, pages(sentence(RESTARTING))[0])
                return
            event = f"discord:m{message.id}"
            if await self._begins(event):
                try:
                    await self._answer_message(message, me)
                finally:
                    with only_logged("finish_event"):
                        await self._services.events.finish(event)

    async def _begins(self, event: str) -> bool:
        """Whether to work on it.  Without the store, rather twice than not at all: somebody waits for an answer."""
        try:
            return await self._services.events.begin(event, _LEASE)
        except StoreError as error:
            log.warning("events_unknown", action="begin_event", reason=error.sentence)
            return True

    async def _show_form(self, interaction: Interaction, custom_id: str, line: str) -> None:
        """Open a command's form; what holds now is read first, for which Discord leaves three seconds."""
        try:
            async with asyncio.timeout(_READING_SECONDS):
                form = await self._services.engine.form(await self._read(interaction, line))
        except TimeoutError:
            await self._refuse(interaction, BUSY)
        except BotError as error:
            await _say_privately(interaction, apology(error))
        else:
            await _show(interaction, command_form(custom_id, form, channels=interaction.guild is not None))

    async def _take_form(self, interaction: Interaction, line: str) -> None:
        parsed = await self._read(interaction, line, written(interaction))
        try:
            faults = self._services.engine.faults(parsed)
        except BotError as error:
            await _say_privately(interaction, apology(error))
            return
        if faults:
            await _say_privately(interaction, _with_faults(faults, line))
        else:
            await self._answer_interaction(interaction, parsed, private=True)

    # --- answering -----------------------------------------------------------------------------------------------

    async def _read(self, interaction: Interaction, line: str, fields: Mapping[str, str] | None = None) -> Parsed:
        """What an interaction asks for, with the rights that matter for it."""
        parsed = self._services.engine.parse(request_of_interaction(interaction, line, fields))
        if parsed.access_needed is Access.NONE:
            return parsed
        allowed = parsed.asked_by(with_rights(parsed.request, interaction, parsed.target_channel))
        if await self._is_named(allowed):
            return parsed.asked_by(with_rights(parsed.request, interaction, parsed.target_channel, named=True))
        return allowed

    async def _read_message(self, message: discord.Message, me: discord.abc.User) -> Parsed:
        """The same for a message."""
        parsed = self._services.engine.parse(request_of_message(message, me, place_of_message(message)))
        allowed = parsed.asked_by(with_rights_of_author(parsed.request, message, parsed.target_channel))
        if await self._is_named(allowed):
            return parsed.asked_by(with_rights_of_author(parsed.request, message, parsed.target_channel, named=True))
        return allowed

    async def _is_named(self, parsed: Parsed) -> bool:
        """Whether somebody whom Discord does not let manage was named to; only where that matters, as it asks the
        store before anything is acknowledged.
        """
        request = parsed.request
        if request.direct or request.may_manage or not parsed.changes_channel:
            return False
        try:
            return request.user in await self._services.managers.of(request.place.workspace)
        except StoreError as error:
            log.warning("managers_unknown", action="look_up_managers", reason=error.sentence)
            return False

    async def _answer_interaction(self, interaction: Interaction, parsed: Parsed, private: bool) -> None:
        if self._closing:
            await self._refuse(interaction, RESTARTING)
            return
        command, request = parsed.command, parsed.request
        if command is not None and command.who != "anyone" and not (request.direct or in_own_guild(interaction)):
            await self._refuse(interaction, NOT_A_MEMBER.format(invite_link(interaction.application_id)))
            return
        if refusal := self._services.engine.refusal(parsed):
            await _say_privately(interaction, apology(refusal))
            return
        if interaction.id in self._interactions:
            log.info("interaction_dropped", action="acknowledge", reason="it came twice")
            return
        self._interactions.add(interaction.id)
        try:
            shown = replace(request, private=private or parsed.is_private)
            await self._answer_once(interaction, parsed.asked_by(shown))
        finally:
            self._interactions.discard(interaction.id)

    async def _answer_once(self, interaction: Interaction, parsed: Parsed) -> None:
        book = self._answers.begin(parsed.request.place)
        book.opened(interaction.channel_id or 0, ORIGINAL, interaction.token)
        if parsed.is_slow:  # else it is noted before the acknowledgement is at Discord
            await book.noted(self._pace.noting)
        if not await _acknowledge(interaction, parsed.request.private):
            await book.closed()
            return
        surface = InteractionSurface(
            interaction,
            private=parsed.request.private,
            book=book,
            pace=self._pace,
            on_thread=self._remember(parsed.request),
        )
        await self._deliver(parsed, surface)

    async def _answer_message(self, message: discord.Message, me: discord.abc.User) -> None:
        """A mention in a text channel gets a thread of its own; all else is answered where it was said.

        Settings are nobody else's matter, and get none.
        """
        parsed = await self._read_message(message, me)
        book = self._answers.begin(parsed.request.place)
        book.opened(message.channel.id, NOTHING_YET, str(message.id))
        await book.noted(self._pace.noting)
        in_thread = None
        channel = parsed.request.place
        if may_have_thread(message) and not parsed.changes_channel:
            in_thread = named(parsed.request.text)
            parsed = parsed.asked_by(replace(parsed.request, place=replace(channel, thread=str(message.id))))
        surface = MessageSurface(
            message,
            in_thread=in_thread,
            settings=parsed.changes_channel,
            book=book,
            pace=self._pace,
            notes=self._notes,
            on_thread=self._remember(parsed.request),
        )
        await self._deliver(parsed, surface)
        if parsed.request.place != channel:
            await self._carry_list(parsed.request)

    async def _carry_list(self, request: Request) -> None:
        """A thread has begun without a list of its own: `#3` goes on to mean what it meant to its author."""
        with only_logged("carry_list"):
            now = self._services.clock.now()
            await begin_thread(self._services.conversations, request.place, request.user, (), now)

    async def _deliver(self, parsed: Parsed, surface: Surface) -> None:
        delivery = Delivery(surface, self._pace)
        try:
            async with AsyncExitStack() as stack:
                if parsed.request.origin is Origin.MESSAGE:
                    await stack.enter_async_context(self._turns.of(parsed.request.place))
                await delivery.run(self._services.engine.handle(parsed))
        except TargetGone:
            await surface.give_up()
            raise
        except BotError as error:
            await surface.finish(sentence(error.sentence))

    def _remember(self, request: Request) -> OnThread:
        """A thread that the bot opens belongs to the papers that were shown there."""

        async def remember(thread: discord.Thread, document: Document) -> None:
            place = Place(request.place.workspace, request.place.channel, str(thread.id))
            papers = [block.paper_id for block in document.blocks if isinstance(block, Card)] or request.replied_papers
            with only_logged("remember_list"):
                now = self._services.clock.now()
                await begin_thread(self._services.conversations, place, request.user, papers, now)

        return remember

    async def refuse(self, interaction: Interaction, words: str) -> None:
        """One private sentence, at once; nothing if the interaction has been answered already."""
        async with self._watched():
            if not interaction.response.is_done():
                await self._refuse(interaction, words)

    async def _refuse(self, interaction: Interaction, words: str) -> None:
        await _say_privately(interaction, sentence(words))

    # --- the end -------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """Take nothing new, finish what is under way within the pace's farewell, then interrupt the rest in words."""
        self._closing = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=self._pace.farewell)
        for task in tuple(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._notes.close()

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """Whatever fails in here is logged and ends here; nobody else could say it to the person."""
        task = asyncio.current_task()
        if task is not None:
            self._under_way.add(task)
        try:
            yield
        except FAULTS as error:
            log.warning("answer_not_delivered", action="answer", reason=translated(error).sentence)
        except BotError as error:
            log.warning("answer_not_delivered", action="answer", reason=error.sentence)
        except Exception:
            log.exception("answer_failed", action="answer")
        finally:
            if task is not None:
                self._under_way.discard(task)


def _with_faults(faults: Mapping[str, str], line: str) -> Document:
    """What is wrong with a form that was sent in, which Discord cannot show in the form itself."""
    again = Action("Fill it in again", line, fills=True)
    sentences = Bullets(tuple(with_code(sentence) for sentence in dict.fromkeys(faults.values())))
    return Document("Nothing was changed", (sentences, Actions((again,))), tone=Tone.NOTICE, private=True)


async def _say_privately(interaction: Interaction, document: Document) -> None:
    """Answer at once, to the person who asked alone."""
    view = pages(document)[0].view()
    await respond(
        lambda: interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=SILENT_MENTIONS)
    )


async def _show(interaction: Interaction, form: discord.ui.Modal) -> None:
    await respond(lambda: interaction.response.send_modal(form))


async def _acknowledge(interaction: Interaction, private: bool) -> bool:
    """Acknowledge; False if that is no use, because it came too late or is a repetition."""
    try:
        await respond(lambda: interaction.response.defer(ephemeral=private, thinking=True))
    except discord.HTTPException as error:
        if error.code not in (UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED):
            raise
        log.info("interaction_dropped", action="acknowledge", code=error.code)
        return False
    return True


def _label(interaction: Interaction) -> str:
    """The label of the button that was pressed."""
    custom_id = interaction.custom_id
    for row in _walk(interaction.message.components if interaction.message else []):
        if isinstance(row, discord.Button) and row.custom_id == custom_id:
            return row.label or ""
    return ""


def _walk(components: Iterable[Any]) -> Iterator[Any]:
    for component in components:
        yield component
        yield from _walk(getattr(component, "children", ()))
