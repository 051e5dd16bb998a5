"""The engine: a request in, replies out.  It finds the command, lets its handler speak, and sees to a good end."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace

import structlog

from bot.chat.channels import channel_named
from bot.chat.discretion import meant_for
from bot.chat.forms import Form, FormMaker, fill_in
from bot.chat.grammar import Argument, Command, Invocation, Kind, check_number, check_required
from bot.chat.intent import understand
from bot.chat.parsed import Parsed
from bot.chat.request import Final, Progress, Reply, Request, close
from bot.chat.smalltalk import small_talk
from bot.documents.model import Document, Footnote, Paragraph, Tone, text
from bot.documents.words import with_code
from bot.errors import BadInput, BotError, NotAllowed, Transient, UserError
from bot.papers.calendar import read_day
from bot.papers.references import read_reference

log = structlog.get_logger(__name__)

PATIENCE = 180.0  # seconds between two replies; summaries, sources and models have shorter limits of their own
SLOW = 20.0  # seconds of silence until somebody who waits is told that it takes long
TAKES_LONG = "This takes longer than usual; still working on it …"
_MANAGERS_ONLY = "Only those who manage this channel may `{}`; an admin can add you with `managers add`."


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose command has been understood."""

    request: Request
    invocation: Invocation


Handler = Callable[[Asked], AsyncIterator[Reply]]


class Engine:
    """Answers requests by handlers.

    Args:
        commands: the grammar; each command's handler stands under its name in `handlers`.
        question: answers free words (a mention, a direct message, a reply); None where questions are not to be had.
        default: the command of an empty request.
        forms: the commands that can be filled in, each with what makes its form.
        patience: how many seconds a handler may be silent before it is stopped.
        slow: after how many seconds of silence before the answer people are told that it takes long.
    """

    def __init__(
        self,
        commands: Iterable[Command],
        handlers: Mapping[str, Handler],
        question: Callable[[Request], AsyncIterator[Reply]] | None = None,
        default: str = "help",
        patience: float = PATIENCE,
        forms: Mapping[str, FormMaker] | None = None,
        slow: float = SLOW,
    ) -> None:
        self.commands = tuple(commands)
        self._commands_of_chats = tuple(command for command in self.commands if command.who != "operator")
        self._handlers = dict(handlers)
        self._question = question
        self._default = default
        self._patience = patience
        self._slow = slow
        self._forms = dict(forms or {})

    def parse(self, request: Request) -> Parsed:
        """Read a request, for `handle` and for whoever shows the answer.  Asks nobody, and never raises."""
        channel = request.place.channel
        try:
            invocation = self._line(request)
        except BotError as error:
            return Parsed(request=request, target_channel=channel, fault=error)
        if invocation is None:
            return Parsed(request=request, target_channel=channel, talk=small_talk(request))
        fault: BotError | None = None
        try:
            invocation = fill_in(invocation, request.fields)
            check_required(invocation.command, invocation.values)
            check_values(invocation)
        except BotError as error:
            fault = error
        with suppress(BadInput):  # the command's own handler says so, if somebody may use it there
            channel = channel_named(invocation) or channel
        return Parsed(request=request, target_channel=channel, invocation=invocation, fault=fault)

    async def handle(self, parsed: Parsed) -> AsyncIterator[Reply]:
        """Answer a request: any number of `Progress` and `Partial`, then exactly one `Final`.

        Never raises; a cancellation passes.
        """
        try:
            async with aclosing(impatiently(self._answer(parsed), self._patience, self._slow)) as replies:
                async for reply in replies:
                    yield reply
                    if isinstance(reply, Final):
                        return
            raise RuntimeError("a handler ended without a final reply")
        except BotError as error:
            yield Final(apology(meant_for(parsed.request, error)))
        except Exception:
            reference = secrets.token_hex(3)
            log.exception("request_failed", action="answer_request", reference=reference)
            yield Final(breakdown(reference))

    def refusal(self, parsed: Parsed) -> BotError | None:
        """What a request is refused for at first sight, if it is: told before anything is promised, asking nobody."""
        command, request = parsed.command, parsed.request
        if command is not None:
            if command.who == "manager" and not (request.may_manage or request.direct):
                return NotAllowed(_MANAGERS_ONLY.format(command.name))
            if command.who == "admin" and not (request.is_admin or request.runs_bot):
                return NotAllowed(f"Only admins may use `{command.name}`.")
        return parsed.fault

    async def form(self, parsed: Parsed) -> Form:
        """The form of the command that is asked for, filled with what holds now.

        Raises:
            BotError: nobody can fill that in, this person may not, or what holds now cannot be read.
        """
        if refusal := self.refusal(parsed):
            raise refusal
        maker, invocation = self._maker(parsed)
        try:
            return await maker.form(Asked(parsed.request, invocation))
        except BotError as error:
            raise meant_for(parsed.request, error) from error

    def faults(self, parsed: Parsed) -> Mapping[str, str]:
        """What is wrong with a form that was sent in: a sentence by field.  Asks nobody, and for no rights.

        Raises:
            BadInput: there is no such form.
        """
        maker, _ = self._maker(parsed)
        return maker.faults(parsed.request.fields)

    def _maker(self, parsed: Parsed) -> tuple[FormMaker, Invocation]:
        invocation = parsed.invocation
        maker = self._forms.get(invocation.command.name) if invocation else None
        if invocation is None or maker is None:
            raise BadInput("There is no form for that. `help` lists the commands.")
        return maker, invocation

    def _answer(self, parsed: Parsed) -> AsyncIterator[Reply]:
        if refusal := self.refusal(parsed):
            raise refusal
        if parsed.talk is not None:
            return _only(parsed.talk)
        if parsed.invocation is None:
            return self._free_words(parsed.request)
        return self._handlers[parsed.invocation.command.name](Asked(parsed.request, parsed.invocation))

    def _line(self, request: Request) -> Invocation | None:
        """The command of a request's line, without its form; None for free words."""
        if not request.text.strip():
            request = replace(request, text=self._default)
        commands = self.commands if request.runs_bot else self._commands_of_chats
        if request.fields and (command := _alone(request.text, commands)):
            return Invocation(command)
        if small_talk(request):
            return None
        return understand(request, commands, questions=self._question is not None)

    def _free_words(self, request: Request) -> AsyncIterator[Reply]:
        if self._question is None:
            raise BadInput("That is not a command. `help` lists what there is.")
        return self._question(request)


def _alone(line: str, commands: Iterable[Command]) -> Command | None:
    """The command whose name is all that the line holds, so that its arguments are in the fields, if there are any."""
    return next((command for command in commands if command.name == line.strip()), None)


def check_values(invocation: Invocation) -> None:
    """Raises `BadInput` for words that no handler could read."""
    for argument in invocation.command.arguments:
        if words := invocation.get(argument.name):
            _check(invocation.command, argument, words)


def _check(command: Command, argument: Argument, words: str) -> None:
    """Raises `BadInput` for words that no handler could read."""
    match argument.kind:
        case Kind.REFERENCE:
            read_reference(words)
        case Kind.DATE:
            read_day(words)
        case Kind.NUMBER:
            check_number(command, argument, words)


async def _only(document: Document) -> AsyncIterator[Reply]:
    yield Final(document)


async def impatiently(replies: AsyncIterator[Reply], patience: float, slow: float) -> AsyncGenerator[Reply, None]:
    """Pass replies on; where one takes longer than `slow` seconds, and none of the answer is there, say so.

    Raises:
        Transient: the next reply takes longer than `patience` seconds.
    """
    step: asyncio.Task[Reply | None] | None = None
    is_answering = False
    try:
        while True:
            step = asyncio.create_task(_following(replies))
            if slow < patience and not is_answering and not await _ends(step, slow):
                yield Progress(TAKES_LONG)
            if not await _ends(step, patience):
                raise Transient("That took too long, so it was stopped; please try again in a moment.")
            reply = step.result()
            if reply is None:
                return
            is_answering = is_answering or not isinstance(reply, Progress)
            yield reply
    finally:
        if step is not None:
            await _stop(step)
        await close(replies)


async def _following(replies: AsyncIterator[Reply]) -> Reply | None:
    """The next reply; None at the end."""
    return await anext(replies, None)


async def _ends(step: asyncio.Task[Reply | None], seconds: float) -> bool:
    done, _ = await asyncio.wait({step}, timeout=seconds)
    return bool(done)


async def _stop(step: asyncio.Task[Reply | None]) -> None:
    step.cancel()
    await asyncio.wait({step})
    if not step.cancelled():
        step.exception()  # which was raised already, or came too late for anybody


def apology(error: BotError) -> Document:
    """An error as a private document; what the person can mend reads as a notice, the rest as an error."""
    tone = Tone.NOTICE if isinstance(error, UserError) else Tone.ERROR
    sentence = error.sentence
    return Document(
        blocks=(Paragraph(with_code(sentence)),),
        tone=tone,
        private=True,
        data={"error": sentence, "kind": type(error).__name__},
    )


def breakdown(reference: str) -> Document:
    """An error that nobody foresaw, with a reference that stands in the log too."""
    sentence = "Something went wrong here, and it is not your fault. Please try again in a moment."
    return Document(
        blocks=(Paragraph(text(sentence)), Footnote(text(f"reference {reference}"))),
        tone=Tone.ERROR,
        private=True,
        data={"error": sentence, "reference": reference},
    )
