"""What people write after `subscribe`, read into a subscription.  Pure functions; every fault is a plain sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import time

from babel import Locale, UnknownLocaleError

from bot.digests.model import Edition, EmptyDays, Kind, Subscription, Target
from bot.digests.schedule import EVERY_DAY, WEEKDAYS, Schedule
from bot.errors import BadInput

DEFAULT_TIME = time(9)
MOST_PAPERS = 25  # one digest, one thread: more than this nobody reads, and platforms begin to slow down
MOST_TOPICS = 20
LONGEST_TOPIC = 60  # characters
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_GROUPS = {"weekdays": WEEKDAYS, "weekend": frozenset({5, 6}), "daily": EVERY_DAY, "every day": EVERY_DAY}


def read_options(base: Subscription, values: Mapping[str, str]) -> Subscription:
    """`base` with everything changed that `values` names.

    Args:
        base: the subscription as it is, or one with the defaults for this person and channel.
        values: the words of each option by name: at, in, on, top, about, without, language, edition, empty, weekly.

    Raises:
        BadInput: a value that cannot be read; the sentence says what would be right.
    """
    schedule = Schedule(
        at=read_time(values["at"]) if "at" in values else base.schedule.at,
        zone=values.get("in", base.schedule.zone),
        weekdays=read_weekdays(values["on"]) if "on" in values else base.schedule.weekdays,
    )
    kind = Kind.WEEKLY if values.get("weekly") else base.kind
    if kind is Kind.WEEKLY and "on" in values and len(schedule.weekdays) > 1:
        raise BadInput("The round-up of the week comes on one day of the week, such as Monday.")
    return replace(
        base,
        schedule=schedule,
        kind=kind,
        edition=Edition(values["edition"]) if "edition" in values else base.edition,
        top=read_top(values["top"]) if "top" in values else base.top,
        topics=read_topics(values["about"]) if "about" in values else base.topics,
        muted=read_topics(values["without"]) if "without" in values else base.muted,
        language=read_language(values["language"]) if "language" in values else base.language,
        empty_days=EmptyDays(values["empty"]) if "empty" in values else base.empty_days,
    )


def faults_in(values: Mapping[str, str]) -> Mapping[str, str]:
    """What is wrong with options that were filled in one by one: a sentence by option.  Takes values as above."""
    base = Subscription(target=Target("", ""), owner="", schedule=Schedule(at=DEFAULT_TIME, zone="UTC"))
    faults: dict[str, str] = {}
    for name, words in values.items():
        try:
            read_options(base, {name: words})
        except BadInput as error:
            faults[name] = error.sentence
    return faults


def read_time(words: str) -> time:
    """A wall time: `09:00`, `9`, `9am`, `5:30 pm`, `17h30`."""
    match = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?", words.strip().lower())
    if match:
        hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        elif half:
            hour = 24
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise BadInput("That is not a time of day. A time is written as hour:minute, such as 09:00 or 17:30.")


def read_weekdays(words: str) -> frozenset[int]:
    """Weekdays: `weekdays`, `mon, wed and fri`, `Tuesday-Saturday`, `daily`."""
    words = " ".join(words.lower().split())
    if words in DAY_GROUPS:
        return DAY_GROUPS[words]
    days: set[int] = set()
    for piece in re.split(r"\s*,\s*|\s+and\s+|\s+", re.sub(r"\s*[-–]\s*", "-", words)):
        first, dash, last = piece.partition("-")
        start, end = _weekday(first), _weekday(last if dash else first)
        days |= {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    return frozenset(days)


def _weekday(word: str) -> int:
    found = [number for number, name in enumerate(DAY_NAMES) if len(word) >= 2 and name.startswith(word)]
    if len(found) != 1:
        raise BadInput("Those are not weekdays. Write for example weekdays, daily, or Mon, Wed, Fri.")
    return found[0]


def read_top(words: str) -> int:
    """How many papers a digest holds."""
    if words.isascii() and words.isdigit() and 1 <= int(words[:4]) <= MOST_PAPERS:
        return int(words)
    raise BadInput(f"A digest holds from 1 to {MOST_PAPERS} papers; write for example top 8.")


def read_topics(words: str) -> tuple[str, ...]:
    """Topics separated by commas, in lower case, each once; `nothing` clears them."""
    topics = tuple(dict.fromkeys(" ".join(topic.lower().split()) for topic in words.split(",") if topic.strip()))
    if topics in ((), ("nothing",), ("anything",), ("everything",)):
        return ()
    if len(topics) > MOST_TOPICS or any(len(topic) > LONGEST_TOPIC for topic in topics):
        raise BadInput(f"Up to {MOST_TOPICS} topics of up to {LONGEST_TOPIC} characters each, separated by commas.")
    return topics


def read_language(word: str) -> str:
    """A language as a BCP 47 tag (`de`, `pt-BR`)."""
    try:
        locale = Locale.parse(word.strip(), sep="-" if "-" in word else "_")
    except (ValueError, UnknownLocaleError):
        raise BadInput("That is not a language tag. Write for example en, de or pt-BR.") from None
    return str(locale).replace("_", "-")


def write_options(wish: Subscription) -> str:
    """A subscription's options as people write them, so that it can be subscribed again."""
    schedule = wish.schedule
    options = {
        "weekly": " " if wish.kind is Kind.WEEKLY else "",
        "at": f"{schedule.at:%H:%M}",
        "in": schedule.zone,
        "on": "daily" if schedule.weekdays == EVERY_DAY else write_weekdays(schedule.weekdays),
        "top": str(wish.top),
        "language": wish.language,
        "edition": wish.edition.value,
        "empty days": wish.empty_days.value,
        "about": ", ".join(wish.topics),
        "without": ", ".join(wish.muted),
    }
    return " ".join(f"{name} {words}".strip() for name, words in options.items() if words)


def write_weekdays(days: frozenset[int]) -> str:
    """Weekdays as people say them: `every day`, `weekdays`, `Monday, Friday`."""
    if days == EVERY_DAY:
        return "every day"
    if days == WEEKDAYS:
        return "weekdays"
    return ", ".join(DAY_NAMES[day].capitalize() for day in sorted(days))
