"""Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

The openai library reads them too, but does not tell whether a stream ended with `[DONE]` or was cut, and takes a body
that is plain JSON for a stream without events.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

DONE = "[DONE]"


async def events(response: httpx2.Response) -> AsyncIterator[str]:
    """The data of each event; an event that the end of the body cuts is dropped."""
    lines: list[str] = []
    async for line in response.aiter_lines():
        if line.startswith("data:"):
            lines.append(line[5:].removeprefix(" "))
        elif not line and lines:
            yield "\n".join(lines)
            lines.clear()
