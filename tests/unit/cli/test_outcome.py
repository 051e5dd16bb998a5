"""How the command line ends."""

from __future__ import annotations

import errno

import pytest

from bot.cli.outcome import exit_code


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
