"""Parsing outside the event loop and outside this process, with limits on size, time and memory.

Processes are started when first needed and kept, as starting one costs more than a parse.  One that overruns its
time is killed; one that dies over a document fails that document alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import Literal

from bot.errors import Unreadable
from bot.papers.fulltext.codec import load_parsed
from bot.papers.fulltext.model import Parsed

MAX_BYTES = 30_000_000
MAX_ANSWER = 60_000_000
SECONDS = 60.0
MEMORY = 1_500_000_000  # bytes of address space, most of it never touched
PROCESSES = 2
DOCUMENTS = 100  # that one process reads before a fresh one takes its place
_LENGTH = 4

Kind = Literal["html", "markdown", "pdf"]


class Workshop:
    """A few parsing processes."""

    def __init__(self, *, processes: int = PROCESSES, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._free = asyncio.Semaphore(processes)
        self._idle: list[_Bench] = []

    async def parse(self, kind: Kind, body: bytes, address: str) -> Parsed:
        """Parse one document.  `address` is its public address, against which pictures are resolved.

        Raises:
            Unreadable: it is too large, takes too long or too much memory, or is not what it should be.
        """
        if len(body) > MAX_BYTES:
            raise Unreadable("The document is larger than 30 MB.")
        async with self._free:
            bench = self._idle.pop() if self._idle else await _Bench.start(self._memory)
            try:
                async with asyncio.timeout(self._seconds):
                    answer = await bench.ask(kind, body, address)
            except TimeoutError:
                raise Unreadable("Reading the document took too long.") from None
            except (asyncio.IncompleteReadError, ConnectionError):
                raise Unreadable("The document could not be read within the limits.") from None
            finally:
                await self._put_back(bench)
        return _understood(answer)

    async def close(self) -> None:
        """End the processes."""
        while self._idle:
            await self._idle.pop().kill()

    async def _put_back(self, bench: _Bench) -> None:
        if bench.is_ready and bench.documents < DOCUMENTS:
            self._idle.append(bench)
        else:
            await bench.kill()


class _Bench:
    """One process."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.documents = 0
        self.is_ready = True  # not in the middle of a document

    @classmethod
    async def start(cls, memory: int) -> _Bench:
        """Start a process; nothing of the environment, where secrets are, is handed on."""
        command = (sys.executable, "-m", "bot.papers.fulltext.worker", str(memory))
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=_environment()
        )
        return cls(process)

    async def ask(self, kind: Kind, body: bytes, address: str) -> bytes:
        """Send a document and wait for the answer.  Raises `IncompleteReadError` or `ConnectionError` if it dies."""
        self.documents += 1
        self.is_ready = False
        header = json.dumps({"kind": kind, "address": address, "size": len(body)}).encode()
        source, sink = self._process.stdout, self._process.stdin
        if source is None or sink is None:
            raise ConnectionError
        sink.write(len(header).to_bytes(_LENGTH, "big") + header)
        sink.write(body)
        await sink.drain()
        length = int.from_bytes(await source.readexactly(_LENGTH), "big")
        if length > MAX_ANSWER:
            raise ConnectionError
        answer = await source.readexactly(length)
        self.is_ready = True
        return answer

    async def kill(self) -> None:
        """End the process, whatever it is doing."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


def _environment() -> dict[str, str]:
    """What Python needs to find the same packages."""
    return {"PYTHONPATH": ":".join(path for path in sys.path if path), "PYTHONUTF8": "1"}


def _understood(answer: bytes) -> Parsed:
    message = json.loads(answer)
    if "parsed" in message:
        return load_parsed(json.dumps(message["parsed"]).encode())
    raise Unreadable(str(message.get("unreadable", ""))[:200])
