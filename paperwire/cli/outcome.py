"""How a command of the command line ends: with an exit code, and never with a traceback.

0: done.  1: it could not be done; one sentence on stderr says why.  2: the command line itself is wrong (by typer).
130: interrupted by Ctrl-C.
"""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog

from bot.errors import BotError
from bot.logs import log_to_file

FAILED = 1
INTERRUPTED = 130

log = structlog.get_logger(__name__)


def exit_code(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run `work` on a loop of its own; its code, or that of the error it ended with."""
    _open_what_is_closed()
    os.umask(0o077)  # whatever libraries write, too, is for its owner alone
    log_to_file(None)  # until a command knows where to: structlog's own default would print the values of variables
    try:
        code = asyncio.run(_until_interrupted(work))
        sys.stdout.flush()
    except BotError as error:
        return _say(error.sentence)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        _let_go_of_stdout()
        return 0
    except OSError as error:
        return _say(_refusal(error))
    except Exception:
        reference = secrets.token_hex(3)
        log.exception("command_failed", action="run_command", reference=reference)
        return _say(f"Something went wrong, and it is not your fault (reference {reference}).")
    return code


async def _until_interrupted(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Do the work; INTERRUPTED if Ctrl-C ended it.  A second Ctrl-C no longer waits for the work to clean up.

    A signal wakes a loop that waits only where the loop itself handles it: without that, one that comes in the instant
    before the loop waits is not noticed until something else happens.
    """
    task, loop = asyncio.ensure_future(work()), asyncio.get_running_loop()

    def interrupt() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        task.cancel()

    with suppress(NotImplementedError):  # on Windows, where `asyncio.run` does what it can
        loop.add_signal_handler(signal.SIGINT, interrupt)
    try:
        return await task
    except asyncio.CancelledError:
        if not task.cancelled():
            raise
        return INTERRUPTED


def _open_what_is_closed() -> None:
    """Standard streams that the caller has closed lead nowhere; without this a first word to them would fail."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for the process's life


def _refusal(error: OSError) -> str:
    where = f" ({error.filename})" if isinstance(error.filename, str) else ""
    reason = f"The system refuses{where}: {error.strerror or type(error).__name__}."
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"{reason} Free some space on that disk, and try again."
    return f"{reason} Check the data folder (PAPERWIRE_DATA) and its rights; `paperwire doctor` says more."


def _say(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return FAILED


def _let_go_of_stdout() -> None:
    """So that Python's last flush does not fail aloud: https://docs.python.org/3/library/signal.html#note-on-sigpipe"""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
