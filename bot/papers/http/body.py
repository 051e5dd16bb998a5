"""Reading an answer's body without letting it swell: a few kilobytes of gzip can unpack to a gigabyte.

httpx unpacks each piece that arrives as a whole; here it is unpacked in small steps and counted at each.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

import httpx

from bot.papers.http.patience import Refused

ACCEPTED = "gzip"  # the only packing that is asked for
MAX_STEP = 256 * 1024  # bytes unpacked at once

_GZIP = 16 + zlib.MAX_WBITS  # zlib's way of saying: with gzip's header


async def read_capped(response: httpx.Response, max_bytes: int, name: str) -> bytes:
    """A streamed answer's body, unpacked, to its end; `name` is the source's, for the error's sentence.

    Raises:
        Refused: it goes on past `max_bytes`.
        httpx.DecodingError: it is packed in a way that was not asked for, or wrongly.
    """
    body = bytearray()
    async for piece in _unpacked(response):
        body += piece
        if len(body) > max_bytes:
            raise Refused(f"{name}'s answer is larger than the {max_bytes / 1e6:.0f} MB that are read.")
    return bytes(body)


async def _unpacked(response: httpx.Response) -> AsyncIterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        async for piece in response.aiter_raw():
            yield piece
        return
    if encoding != ACCEPTED:
        raise httpx.DecodingError("the answer is packed in a way that was not asked for")
    unpack = zlib.decompressobj(_GZIP)
    received = False
    try:
        async for packed in response.aiter_raw():
            received = received or bool(packed)
            while packed:
                yield unpack.decompress(packed, MAX_STEP)
                packed = unpack.unconsumed_tail
    except zlib.error as error:
        raise httpx.DecodingError("the answer is packed wrongly") from error
    yield unpack.flush()
    if received and not unpack.eof:
        raise httpx.DecodingError("the answer is packed wrongly")
