"""The commands that last: the chat in the terminal, and the bot on its platforms."""

from __future__ import annotations

import sys
from functools import partial

import structlog

from bot.errors import SettingsError, StoreError
from bot.logs import log_to_file, log_to_stderr
from paperwire import bootstrap, on_digests, on_web
from paperwire.bootstrap import Parts, open_app
from paperwire.cli.oneshot import surroundings
from paperwire.platforms import Duty, configured, serve
from paperwire.settings import Settings, load

log = structlog.get_logger(__name__)

HISTORY = "history"


async def run(only: str | None = None) -> int:
    """Serve every platform that is set up, mail and feeds too, until told to stop; with none, chat in the terminal.

    Args:
        only: one platform's name, or "worker" to deliver digests and answer nobody.
    """
    settings = load()
    platforms = configured(settings)
    if only is None and not platforms and not settings.delivers_elsewhere:
        if await _talk(demo=False):
            return 0
        raise SettingsError(
            "No platform has its token, and nobody types here. "
            "`paperwire setup slack` and `paperwire setup discord` say how to get tokens."
        )
    answering, delivering = on_digests.chosen(platforms, only)
    duties: list[Duty] = [platform.serve for platform in answering]
    if delivering:
        duties.append(lambda app: on_digests.serve(app, platforms))
    metrics = None
    if address := settings.listen:
        metrics = on_web.metrics_of(settings)
        duties.append(
            partial(on_web.serve, address=address, metrics=metrics, platforms=[each.name for each in answering])
        )
    log_to_stderr()
    async with open_app(settings, Parts(witness=metrics)) as app:
        await _tell_of_another_key(settings)
        await serve(app, duties)
    return 0


async def _tell_of_another_key(settings: Settings) -> None:
    """Warn where hosts with different keys share a database; without a key there is nothing to compare."""
    try:
        if await bootstrap.key_differs(settings, starting=True):
            log.warning("secret_key_differs", action="start", why=bootstrap.KEY_DIFFERS, fix=bootstrap.KEY_ADVICE)
    except StoreError as error:
        log.warning("secret_key_not_compared", action="start", why=error.sentence)


async def chat(*, demo: bool = False) -> int:
    """Chat in the terminal."""
    await _talk(demo=demo)
    return 0


async def _talk(*, demo: bool) -> bool:
    """Chat in the terminal; False if nobody was there."""
    from adapters.terminal.app import run as run_chat

    settings, parts = surroundings(demo=demo)
    log_to_file(None if demo else settings.data)
    stays = sys.stdin is not None and sys.stdin.isatty()  # a script ends with its last line
    async with open_app(settings, parts, or_read_only=True, stays=stays) as app:
        return await run_chat(app.engine, None if demo else settings.data / HISTORY)


async def upgrade_database() -> int:
    """Run the migrations that are due."""
    await bootstrap.upgrade_database(load())
    return 0
