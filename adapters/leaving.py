"""What aiohttp says of a message on its way, so that a claim's age is checked in the step in which its bytes leave."""

from __future__ import annotations

import aiohttp

from bot.digests.claims import about_to_leave, in_doubt

SERVER_FAULT = 500  # from this status on, nobody knows whether the request had its effect


def leaving_trace() -> aiohttp.TraceConfig:
    """For a session whose posts may stand in a block of `bot.digests.claims.leaving`.

    aiohttp announces each piece of a request's body right before it writes it, without a turn of the loop in between.
    (It announces the headers a turn earlier: they wait for the body.)  A body of which a piece was kept back is not
    whole, so the platform does nothing about it.
    """

    async def ask(*_: object) -> None:
        about_to_leave()

    async def learn(_: aiohttp.ClientSession, __: object, end: aiohttp.TraceRequestEndParams) -> None:
        if end.response.status >= SERVER_FAULT:
            in_doubt()

    trace = aiohttp.TraceConfig()
    trace.on_request_chunk_sent.append(ask)
    trace.on_request_end.append(learn)
    return trace
