"""The terminal chat: what is typed, completed, kept and interrupted."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document as Typed
from prompt_toolkit.history import FileHistory, InMemoryHistory

from adapters.terminal.app import Chat, answer_until_interrupted, as_request, follow_script
from adapters.terminal.completion import CommandCompleter
from adapters.terminal.history import open_history
from adapters.terminal.limits import HISTORY_LINES
from adapters.terminal.screen import PlainScreen
from bot.chat.commands import COMMANDS
from bot.chat.engine import Asked, Engine
from bot.chat.request import Final, Origin, Progress, Reply
from bot.documents.model import Document
from bot.errors import BadInput


async def echo(asked: Asked) -> AsyncIterator[Reply]:
    yield Progress("…")
    yield Final(Document(f"You typed: {asked.request.text}"))


async def hang(asked: Asked) -> AsyncIterator[Reply]:
    yield Progress("…")
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.Event().wait()


def chat(out: io.StringIO) -> Chat:
    return Chat(Engine(COMMANDS, {"today": echo, "week": hang}), PlainScreen(out))


def completions(typed: str) -> list[str]:
    completer = CommandCompleter(COMMANDS)
    return [found.text for found in completer.get_completions(Typed(typed), CompleteEvent())]


@pytest.mark.parametrize("line", ["/papers today", "papers today", "  /PAPERS   today ", "/paper today"])
def test_the_prefix_may_be_there(line: str) -> None:
    request = as_request(line)
    assert (request.text, request.origin) == ("today", Origin.COMMAND)


def test_without_it_free_words_may_be_a_question() -> None:
    request = as_request("why is the sky blue?")
    assert (request.text, request.origin) == ("why is the sky blue?", Origin.MESSAGE)


async def test_a_script_is_answered_in_order_and_empty_lines_are_passed_over() -> None:
    out = io.StringIO()
    await follow_script(chat(out), io.StringIO("today top 1\n\n   \n/papers today top 2"))
    assert out.getvalue() == "You typed: today top 1\n\nYou typed: today top 2\n\n"


@pytest.mark.parametrize("word", ["exit", "Quit", " bye "])
async def test_a_script_may_leave_early(word: str) -> None:
    out = io.StringIO()
    await follow_script(chat(out), io.StringIO(f"today\n{word}\ntoday top 2\n"))
    assert out.getvalue() == "You typed: today\n\n"


async def test_an_error_does_not_end_a_script() -> None:
    out = io.StringIO()
    await follow_script(chat(out), io.StringIO("nonsense\ntoday\n"))
    assert "There is no command `nonsense`" in out.getvalue()
    assert "You typed: today" in out.getvalue()


async def test_an_input_that_cannot_be_read_is_told() -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        await follow_script(chat(io.StringIO()), None)


async def test_ctrl_c_stops_the_answer_and_not_the_program() -> None:
    stopped: list[str] = []
    await answer_until_interrupted(chat(io.StringIO()), "week", lambda: stopped.append("yes"))
    assert stopped == ["yes"]


def test_commands_are_completed_with_and_without_the_prefix() -> None:
    assert completions("tod") == ["today"]
    assert completions("/papers tod") == ["today"]
    assert "search" in completions("help se")


def test_keywords_are_completed_once() -> None:
    assert completions("today ") == ["page", "top"]
    assert completions("today page 2 ") == ["top"]
    assert completions("nonsense ") == []


def test_the_history_is_for_its_owner_alone(tmp_path: Path) -> None:
    history = open_history(tmp_path / "deep" / "history")
    history.store_string("today")
    assert isinstance(history, FileHistory)
    assert (tmp_path / "deep" / "history").stat().st_mode & 0o077 == 0


def test_a_history_that_cannot_be_written_lasts_for_this_chat(tmp_path: Path) -> None:
    path = tmp_path / "history"
    history = open_history(path)
    path.unlink()
    path.mkdir()  # as a full disk, it takes no line
    history.append_string("today")
    assert history.get_strings() == ["today"]


def test_a_long_history_loses_its_older_half(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_text("".join(f"+{number}\n" for number in range(HISTORY_LINES + 1)), encoding="utf-8")
    open_history(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == HISTORY_LINES // 2
    assert lines[-1] == f"+{HISTORY_LINES}"


@pytest.mark.parametrize("path", [None, Path("/dev/null/history")])
def test_without_a_usable_file_the_history_lasts_for_the_chat(path: Path | None) -> None:
    assert isinstance(open_history(path), InMemoryHistory)
