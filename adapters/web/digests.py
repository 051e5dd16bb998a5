"""What the listener answers about digests: feeds, and the way to end mails.

Whoever knows an address may use it; nobody can guess one.  Ending needs a POST, by a mail program's own button
(RFC 8058) or by the one on the page: programs that follow links in mails to look for harm must not end anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape

import structlog

from adapters.web.atom import CONTENT_TYPE, atom_feed, last_change, title_of
from adapters.web.guessing import GuessLimit
from bot.digests.links import Links, Purpose
from bot.digests.model import Kind, Target
from bot.digests.ports import DeliveryRepository
from bot.documents.html import html_page
from bot.errors import StoreError
from bot.presence import HttpRequest, HttpResponse

NAME = "digests"  # the part of the path that leads here
ENTRIES = 30  # six weeks of daily digests
FRESH = 900  # seconds for which a reader need not ask again
HTML = "text/html; charset=utf-8"
_CAREFUL = {  # the address is a secret, and the pages need nothing from elsewhere
    "Referrer-Policy": ["no-referrer"],
    "X-Content-Type-Options": ["nosniff"],
    "X-Robots-Tag": ["noindex"],
    "Content-Security-Policy": [
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ],
}
_BUTTON = """<h1 style="font-size:22px">Stop these digests?</h1>
<p>{subject} will get no more of them.</p>
<form method="post"><button style="font:inherit;padding:8px 16px">Unsubscribe</button></form>"""

_LATER = {"Retry-After": "60"}

OfSubscription = Callable[[Target, Kind], Awaitable[bool]]
Answer = Callable[[HttpRequest, Target, Kind], Awaitable[HttpResponse]]

log = structlog.get_logger(__name__)


class DigestPages:
    """Answers below `/digests/`.

    Args:
        exists: whether there is such a subscription.
        end: ends one; whether there was one.
    """

    def __init__(
        self, links: Links, deliveries: DeliveryRepository, exists: OfSubscription, end: OfSubscription
    ) -> None:
        self._links = links
        self._deliveries = deliveries
        self._exists = exists
        self._end = end
        self._guesses = GuessLimit()
        self._answers: dict[Purpose, dict[str, Answer]] = {
            Purpose.FEED: {"GET": self._feed, "HEAD": self._feed},
            Purpose.END: {"GET": self._ask, "HEAD": self._ask, "POST": self._unsubscribe},
        }

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """Show a feed, ask whether to end, or end."""
        purpose, _, token = request.path.removeprefix(f"/{NAME}/").partition("/")
        if purpose not in tuple(Purpose):
            return _nothing_there()
        named = self._links.named(Purpose(purpose), token)
        if named is None:
            return _nothing_there() if self._guesses.allows_wrong() else _too_many()
        answers = self._answers[Purpose(purpose)]
        answer = answers.get(request.method)
        if answer is None:
            return _page(405, "That cannot be done here.", {"Allow": ", ".join(answers)})
        try:
            return await answer(request, *named)
        except StoreError as error:
            log.warning("page_failed", action="answer_page", purpose=purpose, why=error.sentence)
            return _page(503, "That cannot be done just now. Please try again in a minute.", _LATER)

    async def _feed(self, request: HttpRequest, target: Target, kind: Kind) -> HttpResponse:
        if not await self._exists(target, kind):
            return _nothing_there()
        issues = await self._deliveries.issues(target, kind, ENTRIES)
        body = atom_feed(
            issues,
            title=title_of(target, kind),
            address=self._links.of(Purpose.FEED, target, kind),
            name=self._links.name(target, kind),
        ).decode()
        changed = last_change(issues)
        tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
        headers = {
            "Content-Type": [CONTENT_TYPE],
            "ETag": [tag],
            "Last-Modified": [format_datetime(changed, usegmt=True)],
            "Cache-Control": [f"private, max-age={FRESH}"],
            **_CAREFUL,
        }
        if _has_it(request, tag, changed):
            return HttpResponse(status=304, headers=headers)
        return HttpResponse(status=200, headers=headers, body=body)

    async def _ask(self, _request: HttpRequest, target: Target, kind: Kind) -> HttpResponse:
        if not await self._exists(target, kind):
            return _page(200, f"{target.channel} gets none of these digests.")
        return _html(200, "Unsubscribe", _BUTTON.format(subject=escape(target.channel)))

    async def _unsubscribe(self, _request: HttpRequest, target: Target, kind: Kind) -> HttpResponse:
        await self._end(target, kind)
        return _page(200, f"{target.channel} gets no more of these digests.")


def _has_it(request: HttpRequest, tag: str, changed: datetime) -> bool:
    """Whether the reader's copy is still good.  A tag decides where there is one (RFC 9110, section 13.2.2)."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    tags = headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in tags.split(",")]
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.replace(tzinfo=since.tzinfo or UTC) >= changed


def _nothing_there() -> HttpResponse:
    return _page(404, "There is nothing here. The address may have been cut, or the subscription has ended.")


def _too_many() -> HttpResponse:
    return _page(429, "Too many wrong addresses were tried. Please try again in a minute.", _LATER)


def _page(status: int, sentence: str, more: Mapping[str, str] | None = None) -> HttpResponse:
    return _html(status, "Paperwire", f"<p>{escape(sentence)}</p>", more)


def _html(status: int, title: str, body: str, more: Mapping[str, str] | None = None) -> HttpResponse:
    headers = {"Content-Type": [HTML], "Cache-Control": ["no-store"], **_CAREFUL}
    headers |= {name: [value] for name, value in (more or {}).items()}
    return HttpResponse(status=status, headers=headers, body=html_page(title, body))
