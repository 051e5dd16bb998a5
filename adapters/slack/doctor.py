"""Whether Slack would let us work: tokens, scopes, and the transport.  Each fault is one sentence with its fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.slack.clients import web_client
from adapters.slack.config import SlackConfig
from adapters.slack.manifest import SCOPES
from adapters.slack.outbox import call
from bot.errors import BotError, SettingsError, Transient


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in a sentence with its fix; `passing` if it may be over by itself."""

    sentence: str
    passing: bool = False


async def faults(config: SlackConfig) -> list[str]:
    """What is wrong with the set-up, in sentences; empty if nothing is.  Never raises for what Slack answers."""
    return [fault.sentence for fault in await look(config)]


async def look(config: SlackConfig) -> list[Fault]:
    """The same, with what may be over by itself told apart."""
    try:
        config.check()
    except SettingsError as error:
        return [Fault(error.sentence)]
    found = await _bot_faults(config) if config.bot_token else []
    return found + (await _app_faults(config) if config.app_token else [])


async def _bot_faults(config: SlackConfig) -> list[Fault]:
    client = web_client(config.api_url, config.bot_token)
    try:
        answer = await call(client.auth_test, attempts=1)
    except BotError as error:
        return [Fault(f"SLACK_BOT_TOKEN: {error.sentence}", passing=isinstance(error, Transient))]
    granted = {scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",") if scope.strip()}
    return _scope_faults(sorted(set(SCOPES) - granted)) if granted else []


async def _app_faults(config: SlackConfig) -> list[Fault]:
    client = web_client(config.api_url)
    try:
        await call(lambda: client.apps_connections_open(app_token=config.app_token), attempts=1)
    except BotError as error:
        return [Fault(f"SLACK_APP_TOKEN: {error.sentence}", passing=isinstance(error, Transient))]
    return []


def _scope_faults(missing: Sequence[str]) -> list[Fault]:
    return [
        Fault(
            f"SLACK_BOT_TOKEN lacks the scope {scope}, without which Paperwire cannot {SCOPES[scope]}; "
            "add it under OAuth & Permissions and install the app again."
        )
        for scope in missing
    ]
