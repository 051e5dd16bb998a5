"""The chat in a terminal.  Somebody types, or a script writes lines; the same commands as everywhere."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from adapters.terminal.limits import MENU_LINES
from adapters.terminal.lines import read_lines
from adapters.terminal.screen import PlainScreen, RichScreen, Screen
from adapters.terminal.zone import local_zone
from bot.chat.engine import Engine
from bot.chat.request import Origin, Place, Request

PLACE = Place("terminal:local", "terminal")
USER = "local"
LEAVE = {"exit", "quit", "bye"}
WELCOME = "Paperwire. `today` shows today's papers, `help` what else there is; Ctrl-D leaves."
_PREFIX = re.compile(r"^\s*/?papers?(?:\s+|$)", re.IGNORECASE)


class Chat:
    """Puts lines to the engine and shows what it says."""

    def __init__(self, engine: Engine, screen: Screen, place: Place = PLACE) -> None:
        self.engine = engine
        self._screen = screen
        self._place = place

    async def answer(self, line: str) -> None:
        """Answer one line; never raises but for cancellation and a broken screen."""
        with self._screen.answer() as answer:
            async for reply in self.engine.handle(self.engine.parse(as_request(line, self._place))):
                answer.show(reply)


def as_request(line: str, place: Place = PLACE) -> Request:
    """A typed line as a request.  `/papers` may be left out; without it, free words may be a question."""
    text = _PREFIX.sub("", line, count=1).strip()
    origin = Origin.MESSAGE if text == line.strip() else Origin.COMMAND
    return replace(as_command(text), place=place, origin=origin)


def as_command(words: str) -> Request:
    """A command of the command line as a request; it shares its numbers (`#3`) with the chat."""
    return Request(
        place=PLACE, user=USER, text=words, timezone=local_zone(), may_manage=True, direct=True, runs_bot=True
    )


def open_screen() -> Screen:
    """Colours where standard output is a terminal, plain text elsewhere."""
    if not sys.stdout.isatty():
        return PlainScreen(sys.stdout)
    from rich.console import Console

    return RichScreen(Console())


async def run(engine: Engine, history: Path | None) -> bool:
    """Chat with whoever is there: a person, or (where input or output is no terminal) a script.

    Returns False if nobody was: the input is no terminal and holds nothing.

    Raises:
        BadInput: the standard input cannot be read.
    """
    if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty():
        await converse(engine, history)
        return True
    return await follow_script(Chat(engine, PlainScreen(sys.stdout)), sys.stdin)


async def follow_script(chat: Chat, lines: TextIO | None) -> bool:
    """Answer each line of a script until it ends or leaves; empty ones are passed over.

    Returns whether there was any line.  Raises `BadInput` if it cannot be read.
    """
    was_there = False
    async for line in read_lines(lines):
        was_there = True
        if line.strip().lower() in LEAVE:
            break
        if line.strip():
            await chat.answer(line)
    return was_there


async def converse(engine: Engine, history: Path | None) -> None:
    """Chat with a person until they leave."""
    from prompt_toolkit import PromptSession  # this and what builds on it cost 0.1 s, which scripts need not pay
    from rich.console import Console

    from adapters.terminal.completion import CommandCompleter
    from adapters.terminal.history import open_history

    console = Console()
    console.print(WELCOME.replace("`", ""), style="cyan", highlight=False)
    chat = Chat(engine, RichScreen(console))
    session: PromptSession[str] = PromptSession(
        "papers> ",
        history=open_history(history),
        completer=CommandCompleter(engine.commands),
        reserve_space_for_menu=MENU_LINES,
    )
    while True:
        try:
            line = await session.prompt_async()
        except KeyboardInterrupt:
            continue  # Ctrl-C at the prompt drops the line
        except EOFError:
            return
        if line.strip().lower() in LEAVE:
            return
        if line.strip():
            await answer_until_interrupted(chat, line, lambda: console.print("Stopped.", style="yellow"))


async def answer_until_interrupted(chat: Chat, line: str, stopped: Callable[[], None]) -> None:
    """Answer a line; Ctrl-C stops the answer, not the program."""
    task = asyncio.ensure_future(chat.answer(line))
    with _interrupt_calls(task.cancel):
        try:
            await task
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            stopped()


@contextmanager
def _interrupt_calls(action: Callable[[], object]) -> Iterator[None]:
    """While this is open, SIGINT runs `action` on the loop."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, action)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
