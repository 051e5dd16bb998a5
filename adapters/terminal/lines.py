"""Lines of a script, read without holding up the loop or the program's end.

A thread waits for input and feeds a queue.  It reads unbuffered and is a daemon: while it waits it holds no lock, so
that Ctrl-C ends the program at once even if no line ever comes.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from typing import TextIO

from adapters.terminal.errors import reading_input

End = BaseException | None  # why there are no more lines


async def read_lines(stream: TextIO | None) -> AsyncIterator[str]:
    """The lines of a stream as they come.  Raises `BadInput` if it cannot be read."""
    queue: asyncio.Queue[str | End] = asyncio.Queue()
    threading.Thread(target=_pump, args=(stream, queue, asyncio.get_running_loop()), daemon=True).start()
    while isinstance(item := await queue.get(), str):
        yield item
    with reading_input():
        if item is not None:
            raise item


def _pump(stream: TextIO | None, queue: asyncio.Queue[str | End], loop: asyncio.AbstractEventLoop) -> None:
    end: End = None
    with suppress(RuntimeError):  # the loop is closed: nobody wants to know any more
        try:
            for line in _unbuffered(stream):
                loop.call_soon_threadsafe(queue.put_nowait, line)
        except (OSError, ValueError) as error:
            end = error
        loop.call_soon_threadsafe(queue.put_nowait, end)


def _unbuffered(stream: TextIO | None) -> Iterable[str]:
    if stream is None:
        raise ValueError("the stream is closed")
    try:
        descriptor = stream.fileno()
    except OSError:  # a stream in memory
        return stream
    return _decoded(descriptor)


def _decoded(descriptor: int) -> Iterator[str]:
    with open(descriptor, "rb", buffering=0, closefd=False) as raw:
        for line in raw:
            yield line.decode("utf-8", errors="replace")
