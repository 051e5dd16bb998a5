"""Whether this host has the secret key that the others on its database have."""

from __future__ import annotations

from bot.digests.durable import living_workers
from paperwire.bootstrap.store import database_url
from paperwire.settings import Settings

KEY_DIFFERS = (
    "This host's secret key is not the one that the database was used with before. Slack installations made with the "
    "other key cannot be read here, and links to feeds and from mails are valid on one host only."
)
KEY_ADVICE = (
    "Set PAPERWIRE_SECRET_KEY to the same value on every host, or copy secret.key from the first host's data folder."
)


async def key_differs(settings: Settings, *, starting: bool) -> bool:
    """Whether the database was used with another secret key.

    Args:
        settings: of this host.
        starting: whether this host begins to serve.  The database then keeps its key where it knows none, or where
            nobody who delivers digests is left of those that have the other one.

    Raises:
        SettingsError, StoreError: the database cannot be opened, or the key file cannot be read or made.
    """
    from bot.store.database import Database
    from bot.store.key_check import accept_key, is_first_key
    from bot.store.leases import SqlLeases
    from bot.store.vault import cipher

    own = cipher(settings.secret_key, settings.data)
    database = await Database.open(database_url(settings), settings.data)
    try:
        if await is_first_key(database, own, keep=starting):
            return False
        if starting and not await living_workers(SqlLeases(database)):
            await accept_key(database, own)
        return True
    finally:
        await database.aclose()
