"""The parsing process: reads documents from its standard input, writes what it makes of them to its standard output.

It is started by `workshop.py` with limits on memory, so that a hostile document can at worst end this process.  Both
ways a message is a length (four bytes, big-endian) and that many bytes: a header as JSON with a document behind it,
and JSON back, either {"parsed": …} or {"unreadable": sentence}.  Only what parsing needs is imported here.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import BinaryIO

from bot.errors import Unreadable
from bot.papers.fulltext import html, markdown, pdf
from bot.papers.fulltext.model import Parsed

Parser = Callable[[bytes, str], Parsed]

PARSERS: Mapping[str, Parser] = {"html": html.parse, "markdown": markdown.parse, "pdf": pdf.parse}
LENGTH = struct.Struct(">I")
RECURSION_LIMIT = 5_000


def parse(kind: str, address: str, body: bytes) -> dict[str, object]:
    """One document as JSON values."""
    try:
        return {"parsed": asdict(PARSERS[kind](body, address))}
    except Unreadable as error:
        return {"unreadable": error.sentence}
    except (RecursionError, MemoryError, ValueError, LookupError, TypeError, AttributeError, OSError):
        return {"unreadable": "The document is damaged."}


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Parse what comes until the other side closes."""
    while header := source.read(LENGTH.size):
        request = json.loads(source.read(LENGTH.unpack(header)[0]))
        body = source.read(request["size"])
        answer = json.dumps(parse(request["kind"], request["address"], body)).encode()
        sink.write(LENGTH.pack(len(answer)) + answer)
        sink.flush()


def main() -> None:
    """Limit this process, then serve.  Arguments: bytes of address space."""
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(RECURSION_LIMIT)
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
