"""Slots in every IANA zone, for two years, at every half hour: one a local day, in order."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from bot.digests.schedule import Schedule

NAME = "zones"
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
ONE_DAY = timedelta(days=1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many zones."""
    parser.add_argument("--zones", type=int, default=None, help="only so many zones, evenly chosen; default: all")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Walk from slot to slot, and count what breaks the rule."""
    zones = sorted(available_timezones() - {"localtime"})
    if options.zones:
        zones = zones[:: max(1, len(zones) // options.zones)]
    began = perf_counter()
    slots = exceptions = 0
    for zone in zones:
        for half_hour in range(48):
            walked, broken = _walk(Schedule(time(half_hour // 2, 30 * (half_hour % 2)), zone))
            slots, exceptions = slots + walked, exceptions + broken
    return {
        "zones": len(zones),
        "slots": slots,
        "exceptions": exceptions,
        "seconds": round(perf_counter() - began, 1),
    }


def _walk(schedule: Schedule) -> tuple[int, int]:
    """How many slots there are, and how many are out of order or not on the day after the one before."""
    broken = 0
    day = FIRST - ONE_DAY
    due = datetime.combine(FIRST, time(0), ZoneInfo(schedule.zone)).astimezone(UTC) - timedelta(seconds=1)
    for count in range((LAST - FIRST).days + 1):
        next_day, next_due = schedule.next_slot(due)
        in_order = next_due > due and (next_day == day + ONE_DAY or count == 0)
        broken += not (in_order and _belongs(next_due.astimezone(schedule.tzinfo), next_day))
        day, due = next_day, next_due
    return (LAST - FIRST).days + 1, broken


def _belongs(local: datetime, day: date) -> bool:
    """Whether a slot lies in its day, or at its very end where the clock skips the day's last hour (as in Nuuk)."""
    return local.date() == day or local.replace(tzinfo=None) == datetime.combine(day + ONE_DAY, time(0))  # noqa: DTZ
