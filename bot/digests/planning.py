"""Which digest a subscription is owed at an instant.  Pure functions: the tick asks, the store remembers.

- A daily digest in the `final` edition shows the newest list that was complete at its slot; `live` shows today's.
- However many slots were missed while the bot was down, one digest is owed: it takes every list since the last one.
- A slot older than six hours is not made up for; its papers come with the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.digests.model import Edition, Kind, Slot, Standing, Subscription
from bot.papers import calendar

WINDOW = timedelta(hours=6)  # how late a digest may still come
FRIDAY = 4
MOST_DAYS = 7  # list days that one digest takes in after a long silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do for a subscription that is due.

    `days` are the list days to draw papers from, oldest first; empty if there is no list to show (then `slot` is that
    of a notice).  `slot` is None if the time has passed: then `note` says so.
    """

    slot: Slot | None
    days: tuple[date, ...]
    due: datetime
    next_due_at: datetime
    note: str = ""


def first_due(subscription: Subscription, now: datetime) -> datetime:
    """When a new or changed subscription speaks next, in UTC: also today, if only its jitter is still to pass."""
    jitter = timedelta(seconds=subscription.jitter)
    return subscription.schedule.next_due(now - jitter) + jitter


def plan(standing: Standing, now: datetime) -> Plan:
    """What is owed at `now` (UTC), which is not before `standing.next_due_at`."""
    subscription = standing.subscription
    jitter = timedelta(seconds=subscription.jitter)
    _, due = subscription.schedule.last_slot(now - jitter)
    next_due_at = _with_jitter(subscription, subscription.schedule.next_due(due))
    if now - (due + jitter) > WINDOW:
        hours = round((now - due).total_seconds() / 3600)
        note = f"A digest was {hours} hours late and was skipped; its papers come with the next one."
        return Plan(slot=None, days=(), due=due, next_due_at=next_due_at, note=note)
    slot, days = owed_at(standing, due)
    return Plan(slot=slot, days=days, due=due, next_due_at=next_due_at)


def owed_at(standing: Standing, due: datetime) -> tuple[Slot, tuple[date, ...]]:
    """The slot that a subscription has at an instant, and the list days it draws from."""
    subscription = standing.subscription
    today = calendar.list_day(due)
    if subscription.kind is Kind.WEEKLY:
        monday = _last_whole_week(today)
        return Slot(subscription.target, Kind.WEEKLY, monday, Edition.FINAL), _week(monday)
    newest = today if subscription.edition is Edition.LIVE else calendar.previous_weekday(today)
    already = standing.last_list_day is not None and newest <= standing.last_list_day
    if calendar.is_weekend(newest) or (already and subscription.edition is Edition.FINAL):
        return Slot(subscription.target, Kind.DAILY, today, subscription.edition, notice=True), ()
    return Slot(subscription.target, Kind.DAILY, newest, subscription.edition), _days(standing, newest)


def _days(standing: Standing, newest: date) -> tuple[date, ...]:
    """The list days since the last digest, that one's included: papers may have come late to it."""
    oldest = standing.last_list_day or newest
    days = [newest]
    while days[0] > oldest and len(days) < MOST_DAYS:
        days.insert(0, calendar.previous_weekday(days[0]))
    return tuple(days)


def _last_whole_week(today: date) -> date:
    """The Monday of the newest week whose Friday's list is complete."""
    day = calendar.previous_weekday(today)
    while day.weekday() != FRIDAY:
        day = calendar.previous_weekday(day)
    return calendar.monday_of(day)


def _week(monday: date) -> tuple[date, ...]:
    return tuple(monday + timedelta(days=number) for number in range(5))


def _with_jitter(subscription: Subscription, instant: datetime) -> datetime:
    return instant + timedelta(seconds=subscription.jitter)
