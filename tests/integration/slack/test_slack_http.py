"""HTTP mode: signatures, installation by OAuth, renewal of tokens, removal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.oauth.installation_store import Bot

from adapters.slack import installs
from adapters.slack.app import SlackApp
from adapters.slack.events import team_of
from adapters.slack.installs import STATE_SECONDS, SignedStates
from bot.chat.request import Place
from bot.clock import SystemClock
from bot.errors import Unauthorized
from bot.presence import Presence
from bot.testing.store import FakeEventLog, FakeStore
from tests.integration.slack.conftest import Running
from tests.integration.slack.small_engine import Calls
from tests.integration.slack.test_slack_conversations import seen
from tests.servers.slack import Fault, SlackServer
from tests.servers.slack_user import OverHttp, SlackUser
from tests.servers.web import web_server

SECRET = "a signing secret"
OVER_HTTP = {"app_token": "", "signing_secret": SECRET, "http": True}


@dataclass(frozen=True, slots=True)
class Site:
    """The adapter, and where the server listens that hands it Slack's requests."""

    app: SlackApp
    url: str


@pytest.fixture
async def web(running: Running) -> AsyncIterator[OverHttp]:
    """The adapter over HTTP with one bot token."""
    async with running(**OVER_HTTP) as app, listening(app) as url:
        yield OverHttp(url, SECRET)


@pytest.fixture
async def many(running: Running) -> AsyncIterator[Site]:
    """The adapter over HTTP for many workspaces."""
    oauth = {"bot_token": "", "client_id": "1.2", "client_secret": "a client secret"}
    async with running(**OVER_HTTP, **oauth) as app, listening(app) as url:
        yield Site(app, url)


@asynccontextmanager
async def listening(app: SlackApp) -> AsyncIterator[str]:
    """The web server in front of the adapter; its address."""
    presence = Presence()
    with presence.of("slack", app.hears, app.answer_http):
        async with web_server(presence) as url:
            yield url


@dataclass(frozen=True)
class Consent:
    """What a browser holds after it has opened the page of the installation."""

    state: str
    cookie: str

    async def come_back(self, site: Site, code: str = "good") -> int:
        """Return from Slack's page with a code; the status of the last page."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
            query, headers = {"code": code, "state": self.state}, {"Cookie": self.cookie}
            async with browser.get(f"{site.url}/slack/oauth_redirect", params=query, headers=headers) as page:
                return page.status


async def begin_install(site: Site) -> Consent:
    """Open the page of the installation."""
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser,
        browser.get(f"{site.url}/slack/install") as page,
    ):
        link = next(part for part in (await page.text()).split('"') if "oauth/v2/authorize" in part)
        cookie = page.headers["Set-Cookie"].partition(";")[0]
    return Consent(parse_qs(urlsplit(link.replace("&amp;", "&")).query)["state"][0], cookie)


async def install(site: Site, code: str = "good") -> int:
    """Go through the installation as a browser does; the status of the last page."""
    return await (await begin_install(site)).come_back(site, code)


async def test_a_signed_command_is_answered(slack: SlackServer, web: OverHttp) -> None:
    await SlackUser(slack, web).command("today")
    assert await seen(slack, "Trending papers")


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"shift": -600}, {"shift": 600}])
async def test_a_forged_or_stale_signature_is_refused(
    slack: SlackServer, web: OverHttp, wrong: dict[str, object]
) -> None:
    forged = OverHttp(**({"url": web.url, "secret": SECRET} | wrong))  # type: ignore[arg-type]
    with pytest.raises(aiohttp.ClientResponseError, match="401"):
        await SlackUser(slack, forged).command("today")
    assert not [method for method, _ in slack.calls if method.startswith("chat.")]


async def test_zones_are_offered_over_http(slack: SlackServer, web: OverHttp) -> None:
    assert "Europe/Berlin" in await SlackUser(slack, web).zones("berl")


async def test_slack_may_verify_the_address(web: OverHttp) -> None:
    answer = await web.deliver("events_api", {"type": "url_verification", "challenge": "c", "token": "t"})
    assert answer == {"challenge": "c"} or answer == {"text": "c"}


async def test_a_retry_after_a_success_is_not_answered_again(slack: SlackServer, web: OverHttp) -> None:
    await SlackUser(slack, web).mention("search once", times=3)
    await SlackUser(slack, web).mention("search last")
    await seen(slack, "last")
    assert len([message for message in slack.visible("C1") if "once" in message.words]) == 1


async def test_a_retry_whose_first_attempt_died_is_taken_up(
    slack: SlackServer, web: OverHttp, store: FakeStore
) -> None:
    user = SlackUser(slack, web)
    event = {"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@UBOT> search again", "ts": "1783.1"}
    await store.events.begin("slack:T1:C1:1783.1", timedelta())
    await web.deliver("events_api", user.event_payload(event), retry=1)
    assert await seen(slack, "You searched for: again")


async def test_a_workspace_installs_itself_and_is_answered(slack: SlackServer, many: Site, store: FakeStore) -> None:
    assert await install(many) == 200
    assert await store.vault.keys("slack") == ["T2"]
    await SlackUser(slack, OverHttp(many.url, SECRET), team="T2").command("today")
    assert await seen(slack, "Trending papers")


async def test_a_made_up_installation_is_refused(many: Site, store: FakeStore) -> None:
    callback = f"{many.url}/slack/oauth_redirect"
    query = {"code": "good", "state": "1.made.up"}
    async with aiohttp.ClientSession() as browser, browser.get(callback, params=query) as page:
        assert page.status == 400
    assert not await store.vault.keys("slack")


async def test_a_consent_works_once(slack: SlackServer, many: Site) -> None:
    consent = await begin_install(many)
    statuses = await asyncio.gather(consent.come_back(many), consent.come_back(many))
    assert sorted(statuses) == [200, 401]
    assert await consent.come_back(many) == 401
    assert len([method for method, _ in slack.calls if method == "oauth.v2.access"]) == 1
    assert await install(many) == 200


@pytest.mark.parametrize("ahead", [STATE_SECONDS + 5.0, 3 * 3600.0])
async def test_a_consent_of_a_clock_that_was_ahead_is_void(monkeypatch: pytest.MonkeyPatch, ahead: float) -> None:
    states = SignedStates("key", FakeEventLog())
    monkeypatch.setattr(installs, "time", SimpleNamespace(time=lambda: time.time() + ahead))
    state = await states.async_issue()
    monkeypatch.undo()
    assert not await states.async_consume(state)
    assert await states.async_consume(await states.async_issue())


async def test_a_refused_code_installs_nothing(many: Site, store: FakeStore) -> None:
    assert await install(many, code="bad") == 401
    assert not await store.vault.keys("slack")


async def test_a_workspace_without_installation_is_not_answered_and_costs_nothing(
    slack: SlackServer, many: Site, calls: Calls
) -> None:
    somebody = SlackUser(slack, OverHttp(many.url, SECRET), team="T7")
    assert await somebody.command("today") == {}
    await somebody.mention("what is it about?")
    await many.app.inbox.drained()
    assert not [method for method, _ in slack.calls if method == "chat.postMessage"]
    assert not calls.questions


async def test_a_token_that_ends_soon_is_renewed_without_anybody_asking(
    slack: SlackServer, store: FakeStore, running: Running, many: Site
) -> None:
    await install(many)
    before = await many.app.installs.token("T2")
    bot = await many.app.installs.async_find_bot(enterprise_id=None, team_id="T2")
    assert bot is not None
    await many.app.installs.async_save_bot(soon_to_end(bot))
    await many.app.installs.renew_all()
    after = await many.app.installs.async_find_bot(enterprise_id=None, team_id="T2")
    assert after is not None
    assert after.bot_token != before
    assert after.bot_token_expires_at is not None
    assert after.bot_token_expires_at > time.time() + 7_200


async def test_a_renewal_that_cannot_reach_slack_leaves_the_token_and_the_next_workspace(
    slack: SlackServer, many: Site, store: FakeStore
) -> None:
    await install(many)
    bot = await many.app.installs.async_find_bot(enterprise_id=None, team_id="T2")
    assert bot is not None
    await many.app.installs.async_save_bot(soon_to_end(bot))
    await store.vault.put("slack", "T1", "slack:T1", b"not what it was")
    slack.go_wrong("oauth.v2.access", Fault(drop=True))
    await many.app.installs.renew_all()
    assert await many.app.installs.token("T2")
    await many.app.installs.renew_all()
    assert await many.app.installs.token("T2") != bot.bot_token


async def test_two_who_renew_at_once_use_the_refresh_token_once(slack: SlackServer, many: Site) -> None:
    await install(many)
    bot = await many.app.installs.async_find_bot(enterprise_id=None, team_id="T2")
    assert bot is not None
    await many.app.installs.async_save_bot(soon_to_end(bot))
    slack.go_wrong("oauth.v2.access", Fault(delay=0.05, after=False))
    user = SlackUser(slack, OverHttp(many.url, SECRET), team="T2")
    await user.command("search one")
    await user.command("search two", channel="D1")
    await many.app.inbox.drained()
    assert [m for m, a in slack.calls if a.get("grant_type") == "refresh_token"] == ["oauth.v2.access"]


async def test_an_uninstall_takes_token_and_data_away(slack: SlackServer, many: Site, store: FakeStore) -> None:
    await install(many)
    place = Place("slack:T2", "C1")
    await store.conversations.show_list(place, ["2606.01234"], SystemClock().now())
    await SlackUser(slack, OverHttp(many.url, SECRET), team="T2").uninstall()
    await many.app.inbox.drained()
    assert not await store.vault.keys("slack")
    assert not await store.conversations.shown_list(place)
    with pytest.raises(Unauthorized):
        await many.app.installs.token("T2")


@pytest.mark.parametrize(("tokens", "left"), [({"bot": ["UBOT"]}, []), ({"oauth": ["U1"]}, ["T2"])])
async def test_only_the_bots_revoked_token_is_an_uninstall(
    many: Site, slack: SlackServer, store: FakeStore, tokens: dict[str, list[str]], left: list[str]
) -> None:
    await install(many)
    web = OverHttp(many.url, SECRET)
    event = {"type": "tokens_revoked", "tokens": tokens}
    await web.deliver("events_api", SlackUser(slack, web, team="T2").event_payload(event))
    await many.app.inbox.drained()
    assert await store.vault.keys("slack") == left


def soon_to_end(bot: Bot) -> Bot:
    """The same installation, an hour before its token ends."""
    bot.bot_token_expires_at = int(time.time()) + 3_600
    return bot


@pytest.mark.parametrize(
    ("signature", "stamp", "body"),
    [
        ("v0=1", "now", "{not json"),
        ("v0=1", "now", "payload=%7B"),
        ("v0=1", "now", "[" * 100_000),
        ("v0=1", "now", '{"a":' * 100_000),
        ("v0=\u00e9", "now", "{}"),
        ("v0=1", "abc", "{}"),
        ("v0=1", "9" * 5_000, "{}"),
        ("", "now", "{}"),
    ],
)
async def test_what_slack_did_not_sign_is_refused_before_it_is_read(
    web: OverHttp, signature: str, stamp: str, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": stamp.replace("now", f"{time.time():.0f}")}
    capsys.readouterr()
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{web.url}/slack/events", data=body.encode(), headers=headers) as answer,
    ):
        assert answer.status == 401
    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("body", ["{not json", "payload=%7B", '{"a":' * 100_000, "payload=1", "payload=[]"])
async def test_what_is_signed_and_no_object_is_a_bad_request(web: OverHttp, body: str) -> None:
    headers = web._signed(body)
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{web.url}/slack/events", data=body.encode(), headers=headers) as answer,
    ):
        assert answer.status == 400


async def test_a_command_where_the_app_is_not_installed_is_answered(slack: SlackServer, many: Site) -> None:
    user = SlackUser(slack, OverHttp(many.url, SECRET), team="T9")
    await user.command("today")
    assert (await seen(slack, "not installed")).only_for == "U1"


async def test_a_window_of_a_guest_goes_to_the_workspace_that_has_the_app(
    slack: SlackServer, user: SlackUser, calls: Calls
) -> None:
    await user.command("today")
    await user.press(await seen(slack, "Trending papers"), "Search for …")
    await slack.until(lambda: slack.views)
    guest = SlackUser(slack, user.transport, user="U1", team="TGUEST")
    await guest.submit("graphs", slack.views[-1] | {"app_installed_team_id": "T1"})
    assert await seen(slack, "You searched for: graphs")


def test_the_workspace_of_a_window_is_the_one_that_has_the_app() -> None:
    body = {"team": {"id": "TGUEST"}, "user": {"team_id": "TGUEST"}, "view": {"app_installed_team_id": "THOST"}}
    assert team_of(body) == ("THOST", "")
