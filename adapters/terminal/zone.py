"""The time zone of the machine that the terminal belongs to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

LINK = Path("/etc/localtime")  # a link to the zone's rules on Linux and macOS
RULES = "zoneinfo/"


def local_zone(environment: Mapping[str, str] | None = None, link: Path = LINK) -> str:
    """Its IANA name, from `TZ` or from the machine's own setting; "" where neither names one."""
    given = (os.environ if environment is None else environment).get("TZ", "").removeprefix(":")
    found = given or (os.path.realpath(link).partition(RULES)[2] if link.is_symlink() else "")
    return found if _is_known(found) else ""


def _is_known(name: str) -> bool:
    try:
        return bool(name) and bool(ZoneInfo(name))
    except (ValueError, OSError, KeyError):  # no path within the rules, a folder there, or nothing at all
        return False
