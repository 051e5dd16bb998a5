"""Where answers appear: a terminal with colours, or plain text for a pipe."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Protocol, Self, TextIO

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text as RichText

from adapters.terminal.limits import MAX_WIDTH, MIN_WIDTH
from adapters.terminal.render import render
from bot.chat.request import Final, Partial, Progress, Reply
from bot.documents.model import Document
from bot.documents.plain import plain_document
from bot.documents.words import harmless, on_one_line


class Screen(Protocol):
    """Shows the replies to one request after another."""

    def answer(self) -> AbstractContextManager[Answer]:
        """The place of one answer; what was shown on the way is gone when it closes."""


class Answer(Protocol):
    """One answer in the making."""

    def show(self, reply: Reply) -> None:
        """Show a reply; it takes the place of those before."""


class RichScreen:
    """Colours, links, and a line that moves while something is fetched."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def answer(self) -> LiveAnswer:
        """A place for one answer."""
        return LiveAnswer(self.console)


class LiveAnswer:
    """An answer whose progress is shown and taken away again."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(
            console=console, transient=True, refresh_per_second=8, redirect_stdout=False, redirect_stderr=False
        )
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def show(self, reply: Reply) -> None:
        """Move the line, let the text grow, or print the finished document."""
        if isinstance(reply, Final):
            self._open.close()
            self._print(reply.document)
            return
        if not self._live.is_started:
            self._open.enter_context(self._live)
        self._live.update(_under_way(reply), refresh=True)

    def _print(self, document: Document) -> None:
        width = max(MIN_WIDTH, min(self._console.width, MAX_WIDTH))
        self._console.print(render(document), width=width, highlight=False, markup=False, emoji=False)
        self._console.print()


def _under_way(reply: Progress | Partial) -> Spinner | RichText:
    if isinstance(reply, Progress):
        return Spinner("dots", RichText(on_one_line(reply.sentence)), style="cyan")
    return RichText(harmless(reply.text))


class PlainScreen:
    """Plain text, each answer followed by an empty line; nothing on the way."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.flush()

    def answer(self) -> Self:
        """A place for one answer."""
        return self

    def show(self, reply: Reply) -> None:
        """Print the finished document."""
        if isinstance(reply, Final):
            self._out.write(plain_document(reply.document, zone=None) + "\n\n")
