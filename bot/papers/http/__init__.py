"""The network, as far as papers need it.  httpx and hishel stand behind this package alone.

A request passes, from the outside in:

1. `fetcher`: the same request in flight is shared; when everything below fails, an older answer is served.
2. tenacity, by the rules in `patience`: the only retry layer.  A server that hangs is not asked twice, as people wait.
3. hishel: RFC 9111 caching by ETag and freshness, in the file that `cache` looks after.
4. `wire`: allowed hosts and tokens (by `sources`), arXiv's line, time limits, the size cap, what counts as a failure.
"""

from bot.papers.http.fetcher import HttpFetcher
from bot.papers.http.sources import Sources
from bot.papers.http.wire import Timeouts

__all__ = ["HttpFetcher", "Sources", "Timeouts"]
