"""Whether Slack would let us work: tokens, scopes, and the transport.  Each fault is one sentence with its fix."""

from __future__ import annotations

from dataclasses import dataclass, replace

from adapters.slack.clients import web_client
from adapters.slack.config import SlackConfig
from adapters.slack.manifest import HELPFUL_SCOPES, SCOPES
from adapters.slack.outbox import call
from bot.errors import BotError, SettingsError, Transient


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in a sentence with its fix."""

    sentence: str
    passing: bool = False  # it may be over by itself
    bearable: bool = False  # the bot works, but less than it could


async def faults(config: SlackConfig) -> list[str]:
    """What keeps the bot from working, in sentences; empty if nothing does.  Never raises for what Slack answers."""
    return [fault.sentence for fault in await look(config) if not fault.bearable]


async def look(config: SlackConfig) -> list[Fault]:
    """Everything that is wrong with the set-up, or could be better."""
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
    if not granted:
        return []
    missing = [_lacking(scope, SCOPES[scope]) for scope in sorted(set(SCOPES) - granted)]
    return missing + [
        replace(_lacking(scope, use), bearable=True) for scope, use in HELPFUL_SCOPES.items() if scope not in granted
    ]


async def _app_faults(config: SlackConfig) -> list[Fault]:
    client = web_client(config.api_url)
    try:
        await call(lambda: client.apps_connections_open(app_token=config.app_token), attempts=1)
    except BotError as error:
        return [Fault(f"SLACK_APP_TOKEN: {error.sentence}", passing=isinstance(error, Transient))]
    return []


def _lacking(scope: str, use: str) -> Fault:
    return Fault(
        f"SLACK_BOT_TOKEN lacks the scope {scope}, without which Paperwire cannot {use}; "
        "add it under OAuth & Permissions and install the app again."
    )
