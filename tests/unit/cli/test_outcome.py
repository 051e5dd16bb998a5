"""How the command line ends."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
from contextlib import suppress

import pytest

from paperwire.cli.outcome import exit_code

pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "Free some space"),
        (PermissionError(errno.EACCES, "Permission denied", "/data/x"), "(/data/x): Permission denied. Check the data"),
    ],
)
def test_what_the_system_refuses_comes_with_a_step(
    error: OSError, step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def refused() -> int:
        raise error

    assert exit_code(refused) == 1
    assert step in capsys.readouterr().err


def test_what_nobody_foresaw_shows_no_values_of_variables(capsys: pytest.CaptureFixture[str]) -> None:
    async def broken() -> int:
        token = "xoxb-canary"
        raise RuntimeError(len(token))

    assert exit_code(broken) == 1
    shown = capsys.readouterr()
    assert "xoxb-canary" not in shown.out + shown.err
    assert "Traceback" not in shown.err
    assert "reference" in shown.err


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_wakes_a_loop_that_waits_and_ends_the_work() -> None:
    cleaned_up = []

    async def endless() -> int:
        wakes = signal.set_wakeup_fd(-1)
        signal.set_wakeup_fd(wakes)
        assert wakes != -1
        try:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.get_running_loop().create_future()
            return 0
        finally:
            cleaned_up.append(True)

    assert exit_code(endless) == 130
    assert cleaned_up


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_second_ctrl_c_waits_for_nothing() -> None:
    async def stubborn() -> int:
        with suppress(asyncio.CancelledError):
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.get_running_loop().create_future()
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.get_running_loop().create_future()
        return 0

    assert exit_code(stubborn) == 130
