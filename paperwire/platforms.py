"""Which platforms a running bot serves.  Each adapter stands here by one entry, imported when it is wanted."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.digests.ports import Poster
from paperwire import on_discord, on_slack
from paperwire.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from paperwire.bootstrap import App
    from paperwire.doctor.model import Check


Duty = Callable[["App"], Awaitable[None]]  # something that lasts until it is cancelled


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform: whether the settings ask for it, how to serve it until cancelled, how digests are posted to it, and
    what the doctor looks at.
    """

    name: str
    wanted: Callable[[Settings], bool]
    serve: Duty
    open_poster: Callable[[App], AbstractAsyncContextManager[Poster]]
    checks: Callable[[Settings], Sequence[Check]]


PLATFORMS: tuple[Platform, ...] = (
    Platform("slack", on_slack.is_wanted, on_slack.serve, on_slack.open_poster, on_slack.checks),
    Platform("discord", on_discord.is_wanted, on_discord.serve, on_discord.open_poster, on_discord.checks),
)


def configured(settings: Settings) -> tuple[Platform, ...]:
    """The platforms that have what they need to start."""
    return tuple(platform for platform in PLATFORMS if platform.wanted(settings))


async def serve(app: App, duties: Sequence[Duty]) -> None:
    """Do all of them at once until SIGINT or SIGTERM, or until one of them fails; then let all of them finish.

    Raises:
        BotError: what one of them failed with.
    """
    stop = asyncio.Event()
    with _stopped_by_signals(stop.set):
        tasks = [asyncio.ensure_future(duty(app)) for duty in duties]
        stopping = asyncio.ensure_future(stop.wait())
        done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in (stopping, *tasks):
            task.cancel()
        await asyncio.gather(stopping, *tasks, return_exceptions=True)
        for task in done:
            with suppress(asyncio.CancelledError):
                task.result()


@contextmanager
def _stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
