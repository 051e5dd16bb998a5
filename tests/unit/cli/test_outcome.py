"""How the command line ends."""

from __future__ import annotations

import errno

import pytest

from bot.cli.outcome import exit_code

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
