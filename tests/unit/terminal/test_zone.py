"""The terminal's time zone."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.terminal.zone import local_zone

NOWHERE = Path("/nowhere/localtime")


@pytest.mark.parametrize(
    ("given", "zone"), [("Europe/Berlin", "Europe/Berlin"), (":Asia/Tokyo", "Asia/Tokyo"), ("", "")]
)
def test_environment_names_the_zone(given: str, zone: str) -> None:
    assert local_zone({"TZ": given}, NOWHERE) == zone


@pytest.mark.parametrize("given", ["Nowhere/Land", "/etc/passwd", "../../etc/passwd", "CET-1CEST,M3.5.0,M10.5.0/3"])
def test_what_is_no_zone_is_none(given: str) -> None:
    assert local_zone({"TZ": given}, NOWHERE) == ""


def test_machines_own_setting_counts_where_nothing_is_said(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to(tmp_path / "share" / "zoneinfo" / "America" / "New_York")
    assert local_zone({}, link) == "America/New_York"


def test_file_that_is_no_link_names_none(tmp_path: Path) -> None:
    file = tmp_path / "localtime"
    file.write_bytes(b"TZif")
    assert local_zone({}, file) == ""
