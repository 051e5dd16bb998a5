"""Draw docs/chat.svg: the terminal chat, on the built-in demonstration, at a fixed moment.

TZ=UTC python -m scripts.picture
"""

from __future__ import annotations

import asyncio
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from adapters.terminal.app import Chat
from adapters.terminal.screen import RichScreen
from bot.testing.clock import FakeClock
from paperwire.bootstrap import demo_parts, open_app
from paperwire.demo.parts import DemoFetcher
from paperwire.settings import Settings

PICTURE = Path(__file__).parent.parent / "docs" / "chat.svg"
LINES = ("today top 3", "show #1")
AT = datetime(2026, 7, 10, 18, 0, tzinfo=UTC)
WIDTH = 96
FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)  # loaded from elsewhere; the reader's own monospace will do


async def draw() -> str:
    """The chat as SVG."""
    console = Console(
        record=True,
        width=WIDTH,
        file=io.StringIO(),
        force_terminal=True,
        force_interactive=False,  # a record would hold every frame of the line that moves
        color_system="truecolor",
    )
    clock = FakeClock(AT)
    parts = replace(demo_parts(), clock=clock, fetcher=DemoFetcher(clock))
    async with open_app(Settings.model_validate({}), parts) as app:
        chat = Chat(app.engine, RichScreen(console))
        for line in LINES:
            console.print(f"[bold]papers>[/] {line}\n")
            await chat.answer(line)
    return FONTS.sub("", console.export_svg(title="paperwire", unique_id="chat"))


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(asyncio.run(draw()), encoding="utf-8")
