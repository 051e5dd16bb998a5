"""HTTP mode: the addresses that Slack and browsers ask at, answered by bolt."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.presence import HttpRequest, HttpResponse

EVENTS = "/slack/events"


async def answer(bolt: AsyncApp, request: HttpRequest) -> HttpResponse:
    """Events, commands and presses by POST; the pages of an installation by GET, where there is OAuth."""
    asked = AsyncBoltRequest(body=request.body, query=request.query, headers=dict(request.headers))
    said = await _said(bolt, request, asked)
    if "content-type" not in said.headers:
        said.headers["content-type"] = ["application/json" if said.body.startswith("{") else "text/plain"]
    return HttpResponse(status=said.status, headers=said.headers, body=said.body)


async def _said(bolt: AsyncApp, request: HttpRequest, asked: AsyncBoltRequest) -> BoltResponse:
    flow = bolt.oauth_flow
    if (request.method, request.path) == ("POST", EVENTS):
        return await bolt.async_dispatch(asked)
    if flow is not None and (request.method, request.path) == ("GET", flow.install_path):
        return await flow.handle_installation(asked)
    if flow is not None and (request.method, request.path) == ("GET", flow.redirect_uri_path):
        return await flow.handle_callback(asked)
    return BoltResponse(status=404)
