"""The terminal passes the adapters' contract, with colours and as plain text."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

import pytest
from rich.console import Console

from adapters.terminal.app import Chat, as_request
from adapters.terminal.render import render
from adapters.terminal.screen import PlainScreen, RichScreen
from bot.chat.engine import Engine
from bot.chat.parsed import Parsed
from bot.chat.request import Final, Request
from bot.documents.model import Action, Actions, Card, Document
from bot.documents.plain import plain_document
from tests.contract.adapters.contract import AdapterContract, Seen

STYLE = re.compile(r"\x1b\[[\d;]*m")
LINK = re.compile(r"\x1b\]8;(?:id=[\w-]*)?;(?P<url>[^\x1b\x07]*)\x1b\\")
CURSOR = re.compile(r"\x1b\[\?25[lh]")
ERASED_ABOVE = re.compile(r"[^\n]*\n\r\x1b\[1A\x1b\[2K")  # a line, then: up, and erase it
ERASED = re.compile(r"[^\n\r]*\r\x1b\[2K")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
WIDTH = 100


def read(output: str) -> Seen:
    """What somebody sees of a terminal's output; sequences that nobody but the renderer writes are taken away."""
    links = frozenset(match["url"] for match in LINK.finditer(output) if match["url"])
    words = CURSOR.sub("", STYLE.sub("", LINK.sub("", output)))
    words = ERASED.sub("", ERASED_ABOVE.sub("", words))
    faults = tuple(f"a live control character {match[0]!r}" for match in CONTROL.finditer(words))
    return Seen(words=words, private=True, links=links, faults=faults)


def buttons(document: Document) -> dict[str, Action]:
    """What can be done next, by label; here a person would type it."""
    rows = [block.actions for block in document.blocks if isinstance(block, Card | Actions)]
    return {action.label: action for row in rows for action in row}


@dataclass
class TerminalDriver:
    """Somebody in front of a terminal, rich or plain."""

    engine: Engine
    rich: bool
    latest: Document = field(default_factory=Document)

    async def say(self, line: str, *, user: str = "U1") -> Seen:
        """Type the line, read the screen."""
        output = io.StringIO()
        console = Console(file=output, force_terminal=True, width=WIDTH, color_system="standard", legacy_windows=False)
        await Chat(self._remembering(), RichScreen(console) if self.rich else PlainScreen(output)).answer(
            f"/papers {line}"
        )
        seen = read(output.getvalue())
        return seen if self.rich else plain(seen.words)

    async def press(self, label: str, *, answer: str = "", user: str = "U1") -> Seen:
        """Type what the button stands for."""
        return await self.say(f"{buttons(self.latest)[label].command} {answer}".strip())

    async def mention(self, line: str) -> tuple[Seen, Seen]:
        """Type it; there is nobody else."""
        return await self.say(line.replace("\n", " ").removeprefix("/papers")), Seen(words="")

    def _remembering(self) -> Engine:
        driver = self

        class Remembering(Engine):
            async def handle(self, parsed: Parsed):  # type: ignore[no-untyped-def]
                async for reply in driver.engine.handle(parsed):
                    if isinstance(reply, Final):
                        driver.latest = reply.document
                    yield reply

            def parse(self, request: Request) -> Parsed:
                return driver.engine.parse(request)

        return Remembering((), {})


def plain(output: str) -> Seen:
    """Plain text has no markup; what stands alone in a card's line is the nearest to a link."""
    faults = tuple(f"a live control character {match[0]!r}" for match in CONTROL.finditer(output))
    ours = frozenset(re.findall(r"^ +(https://\S+)$", output, re.MULTILINE))
    return Seen(words=output, private=True, links=ours, faults=faults)


class TestRichTerminal(AdapterContract):
    """With colours."""

    others_can_see = False

    @pytest.fixture
    def driver(self, engine: Engine) -> TerminalDriver:
        """Somebody at a rich terminal."""
        return TerminalDriver(engine, rich=True)

    def see(self, document: Document) -> Seen:
        """The document on a screen."""
        output = io.StringIO()
        console = Console(file=output, force_terminal=True, width=WIDTH, color_system="truecolor")
        console.print(render(document), highlight=False, markup=False, emoji=False)
        return read(output.getvalue())


class TestPlainTerminal(AdapterContract):
    """In a pipe."""

    others_can_see = False

    @pytest.fixture
    def driver(self, engine: Engine) -> TerminalDriver:
        """A script."""
        return TerminalDriver(engine, rich=False)

    def see(self, document: Document) -> Seen:
        """The document as plain text, where the only links are those that were built by code."""
        seen = plain(plain_document(document))
        return Seen(words=seen.words, private=True, faults=seen.faults)


def test_papers_may_be_left_out() -> None:
    assert as_request("/papers today").text == as_request("today").text == "today"
