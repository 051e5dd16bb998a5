"""What the doctor finds, and what a start refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.slack.config import SlackConfig
from adapters.slack.doctor import faults, look
from bot.errors import Unauthorized
from tests.integration.slack.conftest import Running
from tests.servers.slack import ALL_SCOPES, APP_TOKEN, BOT_TOKEN, Fault, SlackServer


@pytest.fixture
def config(slack: SlackServer) -> SlackConfig:
    """A set-up that works."""
    return SlackConfig(api_url=slack.api_url, bot_token=BOT_TOKEN, app_token=APP_TOKEN)


async def test_a_good_set_up_has_no_faults(config: SlackConfig) -> None:
    assert await faults(config) == []


async def test_a_wrong_bot_token_is_named_and_not_shown(config: SlackConfig) -> None:
    (fault,) = await faults(replace(config, bot_token="xoxb-wrong"))
    assert fault.startswith("SLACK_BOT_TOKEN: Slack refuses the token")
    assert "xoxb-wrong" not in fault


async def test_a_wrong_app_token_is_named(config: SlackConfig) -> None:
    (fault,) = await faults(replace(config, app_token="xapp-wrong"))
    assert fault.startswith("SLACK_APP_TOKEN: Slack refuses the token")


async def test_each_missing_scope_is_named_with_what_it_is_for(slack: SlackServer, config: SlackConfig) -> None:
    slack.scopes = "app_mentions:read,assistant:write,channels:read,commands,groups:read,users:read"
    found = await faults(config)
    assert [("chat:write" in fault, "im:history" in fault) for fault in found] == [
        (True, False),
        (False, True),
    ]
    assert "install the app again" in found[0]


async def test_an_app_that_cannot_upload_pictures_works_and_the_doctor_says_so(
    slack: SlackServer, config: SlackConfig, running: Running
) -> None:
    slack.scopes = ALL_SCOPES.replace("files:write,", "")
    assert await faults(config) == []
    (hint,) = await look(config)
    assert hint.bearable
    assert "files:write" in hint.sentence
    async with running() as app:
        assert await app.hears()


async def test_a_slack_out_of_reach_is_told(config: SlackConfig) -> None:
    (fault, *_) = await faults(replace(config, api_url="http://127.0.0.1:9/api/", app_token="xapp-1"))
    assert "cannot be reached" in fault


async def test_a_start_with_a_wrong_token_says_so_once(slack: SlackServer, running: Running) -> None:
    with pytest.raises(Unauthorized, match="SLACK_APP_TOKEN"):
        async with running(app_token="xapp-wrong"):
            pass
    assert len([method for method, _ in slack.calls if method == "apps.connections.open"]) == 1


async def test_a_start_waits_for_a_slack_that_is_away(slack: SlackServer, running: Running) -> None:
    slack.go_wrong("auth.test", Fault(error="service_unavailable", status=503))
    async with running():
        assert len([method for method, _ in slack.calls if method == "auth.test"]) == 2


async def test_a_start_waits_out_a_limit(slack: SlackServer, config: SlackConfig) -> None:
    slack.go_wrong("auth.test", Fault(status=429, retry_after=0))
    assert await faults(config) == []
