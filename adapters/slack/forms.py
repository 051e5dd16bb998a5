"""Forms as Slack's windows: each field as the input that suits its kind, and what was filled in, read back.

Block Kit's inputs: https://docs.slack.dev/reference/block-kit/block-elements
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from adapters.slack import limits
from adapters.slack.buttons import VERSION, plain_text
from adapters.slack.limits import Json
from bot.chat.forms import Field, Form
from bot.chat.grammar import Kind

FORM = VERSION + "form"
CHANNEL = VERSION + "channel"  # action id of the field that Slack tells us of as soon as it is filled in
ZONES = VERSION + "zones"  # action id of the field whose choices are asked of us while somebody types
VALUE = VERSION + "value"  # action id of the others
WAITING = "One moment …"
WARNING = VERSION + "warning"
_OWN = ("type", "callback_id", "title", "submit", "close", "private_metadata")  # what an app may set of a view


def form_view(form: Form, metadata: str) -> Json:
    """The window that shows a form; each block's id is its field's name."""
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain_text(form.title, limits.MODAL_TITLE),
        "submit": plain_text(form.submit, limits.MODAL_TITLE),
        "close": plain_text("Cancel", limits.MODAL_TITLE),
        "private_metadata": metadata,
        "blocks": [_block(field) for field in form.fields],
    }


def with_warning(view: Mapping[str, Any], sentence: str) -> Json:
    """An open form again, with a sentence below its first field, the channel; "" takes it away."""
    kept: Json = {name: view[name] for name in _OWN if name in view}
    first, *others = [block for block in view["blocks"] if block.get("block_id") != WARNING]
    warning: Json = {
        "type": "section",
        "block_id": WARNING,
        "text": plain_text(f"⚠️ {sentence}", limits.SECTION),
    }
    return kept | {"blocks": [first, *([warning] if sentence else []), *others]}


def filled_in(values: object) -> dict[str, str]:
    """What was filled in, by field: a view's `state.values`, of whatever form."""
    found = {}
    for name, elements in _map(values).items():
        for element in _map(elements).values():
            found[str(name)] = _value(_map(element))
    return found


def zone_options(typed: str) -> list[Json]:
    """Time zones with these letters in their names, those that begin with them first."""
    wanted = "_".join(typed.casefold().split())
    fitting = [zone for zone in zones() if wanted in zone.casefold()]
    fitting.sort(key=lambda zone: not zone.rpartition("/")[2].casefold().startswith(wanted))
    return [_option(zone, zone) for zone in fitting[: limits.OPTIONS]]


@cache
def zones() -> tuple[str, ...]:
    """The names of all time zones, sorted; read from disk at the first call."""
    return tuple(sorted(available_timezones()))


def _block(field: Field) -> Json:
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "label": plain_text(field.label, limits.INPUT_LABEL),
        "element": _element(field),
        "optional": not field.required,
    }
    if field.help:
        block["hint"] = plain_text(field.help, limits.INPUT_HINT)
    if field.kind is Kind.CHANNEL:
        block["dispatch_action"] = True
    return block


def _element(field: Field) -> Json:
    if field.choices:
        return _menu(field)
    return _ELEMENTS.get(field.kind, _line)(field)


def _menu(field: Field) -> Json:
    options = [_option(value, label) for value, label in field.choices[: limits.OPTIONS]]
    chosen = [option for option in options if option["value"] in field.chosen]
    menu: Json = {"action_id": VALUE, "options": options, "placeholder": plain_text("Choose", limits.PLACEHOLDER)}
    if field.many:
        return {"type": "multi_static_select", **menu, **({"initial_options": chosen} if chosen else {})}
    return {"type": "static_select", **menu, **({"initial_option": chosen[0]} if chosen else {})}


def _line(field: Field) -> Json:
    return {"type": "plain_text_input", "action_id": VALUE, "max_length": limits.INPUT_LENGTH, **_initial(field)}


def _number(field: Field) -> Json:
    return {"type": "number_input", "action_id": VALUE, "is_decimal_allowed": False, **_initial(field)}


def _time(field: Field) -> Json:
    return {"type": "timepicker", "action_id": VALUE, **({"initial_time": field.value} if field.value else {})}


def _zone(field: Field) -> Json:
    menu: Json = {
        "type": "external_select",
        "action_id": ZONES,
        "min_query_length": 2,
        "placeholder": plain_text("Type a city, such as Berlin", limits.PLACEHOLDER),
    }
    return menu | ({"initial_option": _option(field.value, field.value)} if field.value else {})


def _channel(field: Field) -> Json:
    menu: Json = {
        "type": "conversations_select",
        "action_id": CHANNEL,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "placeholder": plain_text("Choose a channel", limits.PLACEHOLDER),
    }
    return menu | ({"initial_conversation": field.value} if field.value else {})


_ELEMENTS: Mapping[Kind, Callable[[Field], Json]] = {
    Kind.CHANNEL: _channel,
    Kind.NUMBER: _number,
    Kind.TIME: _time,
    Kind.ZONE: _zone,
}


def _initial(field: Field) -> Json:
    return {"initial_value": field.value} if field.value else {}


def _option(value: str, label: str) -> Json:
    return {"text": plain_text(label, limits.OPTION_TEXT), "value": value}


def _value(element: Mapping[object, object]) -> str:
    several = element.get("selected_options")
    if isinstance(several, list):
        return ",".join(str(_map(option).get("value", "")) for option in several)
    one = _map(element.get("selected_option")).get("value")
    given = (one, *(element.get(name) for name in ("value", "selected_time", "selected_conversation")))
    return next((value for value in given if isinstance(value, str)), "")


def _map(value: object) -> Mapping[object, object]:
    return value if isinstance(value, Mapping) else {}
