"""Time that passes only while everybody sleeps: an event loop on which hours of waiting take no time at all.

Unlike `bot.testing.clock.FakeClock`, which moves on with each sleeper, this keeps all sleepers in order: whoever wakes
first runs first.  What is given to a thread runs at once, while time stands; other processes time would not wait for.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple

Result = TypeVar("Result")
Given = TypeVarTuple("Given")

START = datetime(2026, 7, 10, 7, 0, tzinfo=UTC)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time begins at 0 and leaps from one awakening to the next."""

    def __init__(self) -> None:
        self._leaping = _LeapingSelector()
        super().__init__(self._leaping)

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._leaping.seconds

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Given], Result], *args: *Given
    ) -> asyncio.Future[Result]:
        """Run it now."""
        done: asyncio.Future[Result] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # it is raised where the work is awaited
            done.set_exception(error)
        return done


class SimulatedClock:
    """Implements `bot.ports.Clock` by the time of a `SimulatedLoop`, which begins at `start`."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start

    def now(self) -> datetime:
        """The present instant in UTC."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Seconds since the beginning."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Sleep, in simulated time."""
        await asyncio.sleep(seconds)


def simulate(main: Coroutine[Any, Any, Result]) -> Result:
    """Run something to its end in simulated time."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(main)


class _LeapingSelector(selectors.DefaultSelector):
    """Finds what is ready; where nothing is, it lets time leap instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready by now; with no `timeout` nobody sleeps, and only the outside can wake anybody."""
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self.seconds += timeout
        return ready
