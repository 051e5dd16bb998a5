"""Where concrete parts are put together; the only package that names them.

`open_app` makes the engine with everything behind it.  Tests and the demonstration call the same with `Parts` of their
own.  Libraries that cost start-up time are imported where they are needed, if they are needed.
"""

from paperwire.bootstrap.app import App, Parts, demo_parts, open_app
from paperwire.bootstrap.digesting import make_links
from paperwire.bootstrap.keys import KEY_ADVICE, KEY_DIFFERS, key_differs
from paperwire.bootstrap.models import make_counter, make_meter, open_embedder, open_model
from paperwire.bootstrap.sources import open_fetcher
from paperwire.bootstrap.store import open_store, upgrade_database

__all__ = [
    "KEY_ADVICE",
    "KEY_DIFFERS",
    "App",
    "Parts",
    "demo_parts",
    "key_differs",
    "make_counter",
    "make_links",
    "make_meter",
    "open_app",
    "open_embedder",
    "open_fetcher",
    "open_model",
    "open_store",
    "upgrade_database",
]
