"""How many requests Slack and Discord take, as their documentation tells it, and no more than that.

The local servers refuse by these rules where they are asked to, and so do the platforms of simulations.  All times are
seconds by any clock that only goes forward.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """At most so many requests in any span of so many seconds."""

    most: int
    seconds: float


class Counter:
    """Counts by one rate, apart for each key.  A request that is refused is not counted."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._taken: defaultdict[Hashable, deque[float]] = defaultdict(deque)

    def wait(self, key: Hashable, now: float) -> float:
        """After how many seconds one more request would be taken; 0: at once."""
        taken = self._taken[key]
        while taken and taken[0] <= now - self._rate.seconds:
            taken.popleft()
        return 0.0 if len(taken) < self._rate.most else taken[0] + self._rate.seconds - now

    def take(self, key: Hashable, now: float) -> None:
        """Count one that was taken."""
        self._taken[key].append(now)

    def left(self, key: Hashable, now: float) -> tuple[int, float]:
        """How many more would be taken, and after how many seconds the first that was counted is forgotten."""
        self.wait(key, now)
        taken = self._taken[key]
        return self._rate.most - len(taken), taken[0] + self._rate.seconds - now if taken else 0.0


class SlackLimits:
    """https://docs.slack.dev/apis/web-api/rate-limits and https://docs.slack.dev/reference/methods/chat.postMessage.

    One message a second in a channel.  Short bursts pass, of how many is not said: here of two, the shortest there is,
    and of no more over a longer time.  In a workspace "several hundred" messages a minute, here 300.
    """

    CHANNEL = (Rate(2, 1.0), Rate(11, 10.0))
    WORKSPACE = Rate(300, 60.0)

    def __init__(self) -> None:
        self._channels = [Counter(rate) for rate in self.CHANNEL]
        self._workspaces = Counter(self.WORKSPACE)

    def refuse(self, workspace: str, channel: str, now: float) -> float:
        """Count a message and give 0; or, where it is one too many, the seconds of `Retry-After`."""
        counted: list[tuple[Counter, Hashable]] = [(counter, (workspace, channel)) for counter in self._channels]
        return _refuse([*counted, (self._workspaces, workspace)], now)


class DiscordLimits:
    """https://docs.discord.com/developers/topics/rate-limits, and what its headers say of posting in a channel.

    A bot makes 50 requests a second, whatever they are, and in a channel, of which a thread is one, five posts in five
    seconds.  Answers to interactions do not count.  Threads are counted over some minutes, of which Discord tells in
    headers alone (https://github.com/discord/discord-api-docs/issues/7816): here 50 in five.

    Args:
        channels: whether posts in channels count as well.
    """

    BOT = Rate(50, 1.0)
    CHANNEL = Rate(5, 5.0)
    THREADS = Rate(50, 300.0)
    POST = re.compile(r"/channels/(\d+)/(?:messages|threads)(?:/\d+/threads)?")
    UNCOUNTED = re.compile(r"/(?:interactions|webhooks)/.*")

    def __init__(self, *, channels: bool = True) -> None:
        self._bot = Counter(self.BOT)
        self._channels = Counter(self.CHANNEL) if channels else None
        self._threads = Counter(self.THREADS)

    def refuse(self, method: str, path: str, now: float) -> float:
        """Count a request and give 0; or, where it is one too many, the seconds of `retry_after`."""
        if self.UNCOUNTED.fullmatch(path):
            return 0.0
        counted: list[tuple[Counter, Hashable]] = [(self._bot, "")]
        post = self.POST.fullmatch(path) if method == "POST" else None
        if post and self._channels:
            counted.append((self._channels, (post[1], path.endswith("/threads"))))
        if post and path.endswith("/threads"):
            counted.append((self._threads, post[1]))
        return _refuse(counted, now)

    def told(self, method: str, path: str, now: float) -> dict[str, str]:
        """The headers that an answer bears of the window that a request was counted in, where it is a long one."""
        post = self.POST.fullmatch(path) if method == "POST" and path.endswith("/threads") else None
        if post is None:
            return {}
        left, seconds = self._threads.left(post[1], now)
        return {
            "X-RateLimit-Bucket": f"threads-{'forum' if path.count('/') == 3 else 'text'}",
            "X-RateLimit-Limit": str(self.THREADS.most),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset-After": f"{seconds:.3f}",
            "X-RateLimit-Reset": f"{time.time() + seconds:.3f}",
        }

    def fill_threads(self, channel: str, now: float) -> None:
        """Let others have opened so many threads in a channel that there is no room for more."""
        while not self._threads.wait(channel, now):
            self._threads.take(channel, now)


def _refuse(counted: Sequence[tuple[Counter, Hashable]], now: float) -> float:
    wait = max(counter.wait(key, now) for counter, key in counted)
    if not wait:
        for counter, key in counted:
            counter.take(key, now)
    return wait
