"""HTTP mode: the addresses that Slack and browsers ask at, answered by bolt.

Whatever is not signed by Slack is refused before anything of it is parsed.
"""

from __future__ import annotations

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot.presence import HttpRequest, HttpResponse

log = structlog.get_logger(__name__)

EVENTS = "/slack/events"


async def answer(bolt: AsyncApp, verifier: SignatureVerifier, request: HttpRequest) -> HttpResponse:
    """Events, commands and presses by POST; the pages of an installation by GET, where there is OAuth."""
    said = await _said(bolt, verifier, request)
    if said.status in (400, 401) and request.path == EVENTS:
        log.info("request_refused", action="hear_slack", status=said.status)
    if "content-type" not in said.headers:
        said.headers["content-type"] = ["application/json" if said.body.startswith("{") else "text/plain"]
    return HttpResponse(status=said.status, headers=said.headers, body=said.body)


async def _said(bolt: AsyncApp, verifier: SignatureVerifier, request: HttpRequest) -> BoltResponse:
    flow = bolt.oauth_flow
    if (request.method, request.path) == ("POST", EVENTS):
        return await _heard(bolt, request) if is_signed(verifier, request) else BoltResponse(status=401)
    if flow is not None and (request.method, request.path) == ("GET", flow.install_path):
        return await flow.handle_installation(_bolt_request(request))
    if flow is not None and (request.method, request.path) == ("GET", flow.redirect_uri_path):
        return await flow.handle_callback(_bolt_request(request))
    return BoltResponse(status=404)


async def _heard(bolt: AsyncApp, request: HttpRequest) -> BoltResponse:
    try:
        asked = _bolt_request(request)
    except (ValueError, AttributeError, TypeError, RecursionError):  # it is no JSON, or no object
        return BoltResponse(status=400)
    return await bolt.async_dispatch(asked)


def is_signed(verifier: SignatureVerifier, request: HttpRequest) -> bool:
    """Whether a request was signed by Slack in the last five minutes."""
    try:
        return verifier.is_valid_request(request.body, dict(request.headers))
    except (ValueError, TypeError):  # a time that is no number, a signature that is not ASCII
        return False


def _bolt_request(request: HttpRequest) -> AsyncBoltRequest:
    return AsyncBoltRequest(body=request.body, query=request.query, headers=dict(request.headers))
