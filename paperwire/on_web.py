"""The listener as the command line sees it: settings and a running app go in, the web server comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.digests.model import Kind, Target
from bot.digests.opt_in import end
from paperwire.bootstrap import make_links
from paperwire.settings import Settings

if TYPE_CHECKING:
    from adapters.web.metrics import Metrics
    from paperwire.bootstrap import App

PUBLIC_HOSTS = ("huggingface.co", "arxiv.org", "export.arxiv.org", "ar5iv.labs.arxiv.org")


async def serve(app: App, address: tuple[str, int], metrics: Metrics, platforms: Sequence[str]) -> None:
    """Serve at host and port until cancelled; `platforms` are the names of those that this process answers on.

    Raises:
        SettingsError: the address cannot be listened at.
    """
    from adapters.web.app import WebServer
    from adapters.web.readiness import Readiness

    readiness = Readiness(lambda: app.store.papers.get(""), app.presence, platforms)
    host, port = address
    with _digest_pages(app):
        await WebServer(host, port, readiness=readiness, presence=app.presence, metrics=metrics).run()


@contextmanager
def _digest_pages(app: App) -> Iterator[None]:
    """Feeds, and the way to end mails, where people know the address."""
    links = make_links(app.settings, app.store)
    if links is None:
        yield
        return
    from adapters.web.digests import NAME, DigestPages

    store = app.store

    async def exists(target: Target, kind: Kind) -> bool:
        return await store.subscriptions.get(target, kind) is not None

    async def always() -> bool:
        return True

    pages = DigestPages(links, store.deliveries, exists, partial(end, store.subscriptions, store.opt_ins))
    with app.presence.of(NAME, always, pages.answer):
        yield


def metrics_of(settings: Settings) -> Metrics:
    """What counts, with the sources' hosts as the settings name them."""
    from adapters.web.metrics import Metrics

    configured = (urlsplit(base).hostname or "" for base in (settings.hf_endpoint, settings.arxiv_url))
    return Metrics({*PUBLIC_HOSTS, *configured})
