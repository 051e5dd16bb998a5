"""Where the settings ask to listen."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingsError
from paperwire.settings import load


@pytest.mark.parametrize(
    ("given", "listen"),
    [("127.0.0.1:8080", ("127.0.0.1", 8080)), (":80", ("0.0.0.0", 80)), ("[::1]:8080", ("::1", 8080))],  # noqa: S104
)
def test_host_and_port_are_read(given: str, listen: tuple[str, int]) -> None:
    assert load({"PAPERWIRE_HTTP": given}, Path("no.env")).listen == listen


@pytest.mark.parametrize(
    "given", ["8080x", "localhost", "localhost:99999", "localhost:-1", "127.0.0.1:8080:9", "::1:80"]
)
def test_an_address_that_cannot_be_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="PAPERWIRE_HTTP"):
        load({"PAPERWIRE_HTTP": given}, Path("no.env"))


def test_without_an_address_nothing_listens() -> None:
    assert load({}, Path("no.env")).listen is None
