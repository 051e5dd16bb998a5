"""The form of a subscription: what `subscribe` is told, as fields."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat.commands import WISHES
from bot.chat.engine import Asked
from bot.chat.forms import Field, Form
from bot.chat.grammar import Kind as Means
from bot.chat.wishes import OPTIONS, Wishes, target_of
from bot.digests.model import Kind, Subscription
from bot.digests.options import DAY_NAMES, MOST_PAPERS, faults_in

MEANS = {argument.name: argument.kind for argument in WISHES}
DAYS = tuple((name, name.capitalize()) for name in DAY_NAMES)
EDITIONS = (("final", "The newest list that is complete"), ("live", "The day's list as far as it is"))
EMPTY_DAYS = (("silent", "Say nothing"), ("say", "Say why there is nothing"))


class SubscriptionForm:
    """Implements `bot.chat.forms.FormMaker` for `subscribe`."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes

    async def form(self, asked: Asked) -> Form:
        """Filled with what is subscribed there, else with the defaults.  In private it asks for the channel first."""
        elsewhere = asked.request.direct and not asked.invocation.get("channel")
        known, wish = await self._wishes.read(asked, target_of(asked))
        what = "round-up of the week" if wish.kind is Kind.WEEKLY else "digest"
        return Form(
            title=f"{'Change' if known else 'Subscribe to'} the {what}",
            submit="Save" if known else "Subscribe",
            line=asked.request.text,
            fields=((_channel(),) if elsewhere else ()) + _fields(wish),
        )

    def faults(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        """What is wrong with what was filled in: a sentence by field."""
        faults = faults_in({OPTIONS.get(name, name): value for name, value in fields.items()})
        return {name: faults[option] for name in fields if (option := OPTIONS.get(name, name)) in faults}


def _channel() -> Field:
    return Field(name="channel", label="Channel", kind=Means.CHANNEL, required=True)


def _fields(wish: Subscription) -> tuple[Field, ...]:
    schedule = wish.schedule
    days = ",".join(DAY_NAMES[day] for day in sorted(schedule.weekdays))
    fields = (
        _field("time", "Time of day", f"{schedule.at:%H:%M}", required=True),
        _field("zone", "Time zone", schedule.zone, "A name such as Europe/Berlin", required=True),
        _field("days", "Days", days, choices=DAYS, many=wish.kind is not Kind.WEEKLY, required=True),
        _field("about", "Only papers about", ", ".join(wish.topics), "Topics with commas; empty for all papers"),
        _field("top", "Papers at most", str(wish.top), f"From 1 to {MOST_PAPERS}", required=True),
        _field("without", "No papers about", ", ".join(wish.muted), "Topics with commas"),
        _field("language", "Language of the summaries", wish.language, "Such as en, de or pt-BR", required=True),
    )
    if wish.kind is Kind.WEEKLY:
        return fields
    return (
        *fields,
        _field("edition", "Which list", wish.edition.value, choices=EDITIONS, required=True),
        _field("empty", "On days without papers", wish.empty_days.value, choices=EMPTY_DAYS, required=True),
    )


def _field(
    name: str,
    label: str,
    value: str,
    help: str = "",
    *,
    choices: tuple[tuple[str, str], ...] = (),
    many: bool = False,
    required: bool = False,
) -> Field:
    return Field(
        name=name,
        label=label,
        kind=MEANS[name],
        value=value,
        help=help,
        choices=choices,
        many=many,
        required=required,
    )
