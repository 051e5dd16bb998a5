"""Slack as the command line sees it: settings and stores go in, the adapter's parts come out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.chat.commands import COMMANDS
from bot.digests.ports import Poster
from paperwire.doctor.model import Check, Result, Verdict
from paperwire.settings import Settings

if TYPE_CHECKING:
    from adapters.slack.app import SlackStore
    from adapters.slack.config import SlackConfig
    from paperwire.bootstrap import App


def is_wanted(settings: Settings) -> bool:
    """Whether there is any token or secret of Slack's."""
    return config_of(settings).is_wanted


async def serve(app: App) -> None:
    """Serve until cancelled.  Raises `BotError` where Slack will not have the bot."""
    from adapters.slack.app import SlackApp

    config = config_of(app.settings)
    slack = SlackApp(engine=app.engine, config=config, store=store_of(app), clock=app.clock)
    with app.presence.of("slack", slack.hears, None if config.uses_sockets else slack.answer_http):
        await slack.run()


@asynccontextmanager
async def open_poster(app: App) -> AsyncIterator[Poster]:
    """What posts digests to Slack, whether or not this process also answers there."""
    from adapters.slack.clients import Clients, OneToken
    from adapters.slack.installs import Installations
    from adapters.slack.outbox import Outbox
    from adapters.slack.poster import SlackPoster

    config = config_of(app.settings)
    installs = Installations(app.store.vault, app.store.leases) if not config.bot_token else None
    clients = Clients(installs or OneToken(config.bot_token), config.api_url)
    await clients.start()
    if installs is not None:
        installs.renew_with(clients, config)
    try:
        yield SlackPoster(Outbox(clients))
    finally:
        await clients.close()


def setup_text(*, http: bool) -> str:
    """The manifest and the next steps."""
    from adapters.slack.manifest import setup_text

    return setup_text(COMMANDS, sockets=not http)


def checks(settings: Settings) -> Sequence[Check]:
    """What the doctor looks at."""
    return (SlackCheck(settings),) if is_wanted(settings) else ()


def config_of(settings: Settings) -> SlackConfig:
    """Slack's part of the settings."""
    from adapters.slack.config import SlackConfig

    return SlackConfig(
        api_url=settings.slack_api_url,
        bot_token=_secret(settings.slack_bot_token),
        app_token=_secret(settings.slack_app_token),
        signing_secret=_secret(settings.slack_signing_secret),
        client_id=settings.slack_client_id or "",
        client_secret=_secret(settings.slack_client_secret),
        managers=tuple(filter(None, (name.strip() for name in settings.slack_managers.split(",")))),
        http=settings.http is not None,
    )


def store_of(app: App) -> SlackStore:
    """The adapter's part of the store."""
    from adapters.slack.app import SlackStore

    store = app.store
    return SlackStore(
        events=store.events,
        open_replies=store.open_replies,
        conversations=store.conversations,
        vault=store.vault,
        leases=store.leases,
        managers=store.managers,
        workspaces=store.workspaces,
    )


@dataclass(frozen=True, slots=True)
class SlackCheck:
    """Whether Slack accepts the tokens, and they have every scope."""

    settings: Settings
    name: str = "Slack"

    async def run(self) -> Result:
        """Look."""
        from adapters.slack.doctor import look

        found = await look(config_of(self.settings))
        if found:
            verdict = Verdict.WARNING if all(fault.bearable for fault in found) else Verdict.FAULT
            said = " ".join(fault.sentence for fault in found)
            return Result(verdict, said, "`paperwire setup slack` prints the manifest to compare with.")
        return Result(Verdict.OK, "The tokens are accepted and have every scope.")


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value is not None else ""
