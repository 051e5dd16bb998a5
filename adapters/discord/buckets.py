"""Requests that must wait: as long as Discord says, and not because a window is long.

discord.py can refuse what would wait for long (`max_ratelimit_timeout`), which keeps a digest's place free for others.
But it refuses as soon as a window is long, with nearly all of its requests left: a channel takes 50 threads in five
minutes, and the second one was to wait for five minutes.
"""

from __future__ import annotations

from discord.http import Ratelimit

LONGEST = 30.0  # seconds; whatever is put off for longer is refused


class Bucket(Ratelimit):
    """A window of discord.py's that lets requests pass as long as it has room."""

    async def acquire(self) -> None:
        """Take one request, or wait.  Raises `discord.RateLimited` where the wait would be long."""
        if self.remaining > 0 and not self.is_expired():
            self._last_request = self._loop.time()
            self.remaining -= 1
            self.outgoing += 1
        else:
            await super().acquire()


class Buckets(dict[str, Ratelimit]):
    """Windows by name, made when they are asked for first: in place of an HTTP client's `_buckets`."""

    def __missing__(self, name: str) -> Ratelimit:
        made = self[name] = Bucket(LONGEST)
        return made
