"""What Slack would refuse: the form and the limits of messages, views and their blocks.

Written from the Block Kit reference on docs.slack.dev, apart from the adapter's own table, so that a slip there shows
here.  Lengths are UTF-16 units.  The total over all blocks is the lowest at which a refusal was reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

TOTAL = 12_000
MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}
STYLES = {"primary", "danger"}


def units(value: str) -> int:
    """Length in UTF-16 units."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


def message_faults(payload: Json) -> list[str]:
    """What is wrong with the arguments of chat.postMessage, chat.update, chat.postEphemeral or a response_url."""
    found = []
    if not str(payload.get("text") or "").strip():
        found.append("no_text: a message needs a text for notifications and screen readers")
    if units(str(payload.get("text", ""))) > 4_000:
        found.append("msg_too_long: text")
    if payload.get("link_names") or payload.get("parse") == "full":
        found.append("names would be made into mentions")
    return found + block_faults(payload.get("blocks") or [], "message")


def view_faults(view: Json) -> list[str]:
    """What is wrong with a modal or a home view."""
    found = block_faults(view.get("blocks") or [], str(view.get("type")))
    if view.get("type") == "modal":
        for name in ("title", "submit", "close"):
            if name in view:
                found += list(_text(view[name], 24, name, kinds=("plain_text",)))
        if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
            found.append("a view with inputs needs a submit button")
    if units(str(view.get("private_metadata", ""))) > 3_000:
        found.append("private_metadata too long")
    if len(json.dumps(view).encode()) > 250_000:
        found.append("view_too_large")
    return found


def block_faults(blocks: Sequence[Json], surface: str) -> list[str]:
    """What is wrong with the blocks of a surface."""
    found = [fault for block in blocks for fault in _block(block)]
    if len(blocks) > MAX_BLOCKS[surface]:
        found.append(f"{len(blocks)} blocks")
    if surface == "message" and units(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > TOTAL:
        found.append("msg_blocks_too_long")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        found.append("block_id twice")
    return found


def _block(block: Json) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield from _text(block["text"], 150, "header", kinds=("plain_text",))
        case "section":
            yield from _text(block["text"], 3_000, "section")
            if "accessory" in block:
                yield from _element(block["accessory"], ("image", "button", "static_select"))
        case "context":
            if not 1 <= len(block["elements"]) <= 10:
                yield "context elements"
            for element in block["elements"]:
                yield from _text(element, 3_000, "context")
        case "actions":
            if not 1 <= len(block["elements"]) <= 25:
                yield "actions elements"
            ids = [element["action_id"] for element in block["elements"]]
            if len(ids) != len(set(ids)):
                yield "action_id twice in a block"
            for element in block["elements"]:
                yield from _element(element, ("button", "static_select"))
        case "image":
            yield from _image(block)
            if "title" in block:
                yield from _text(block["title"], 2_000, "image title", kinds=("plain_text",))
        case "input":
            yield from _text(block["label"], 2_000, "label", kinds=("plain_text",))
            if "hint" in block:
                yield from _text(block["hint"], 2_000, "hint", kinds=("plain_text",))
            yield from _input(block["element"])
        case "divider":
            return
        case other:
            yield f"unknown block {other}"


def _element(element: Json, kinds: Sequence[str]) -> Iterator[str]:
    if element["type"] not in kinds:
        yield f"a {element['type']} may not stand here"
    if element["type"] == "image":
        yield from _image(element)
        return
    if not 1 <= units(element["action_id"]) <= 255:
        yield "action_id"
    if element["type"] == "static_select":
        yield from _text(element["placeholder"], 150, "placeholder", kinds=("plain_text",))
        yield from _options(element["options"])
        return
    yield from _text(element["text"], 75, "button", kinds=("plain_text",))
    if units(element.get("value", "")) > 2_000:
        yield "button value"
    if units(element.get("url", "")) > 3_000:
        yield "button url"
    if element.get("style", "primary") not in STYLES:
        yield "button style"


def _options(options: Sequence[Json]) -> Iterator[str]:
    if not 1 <= len(options) <= 100:
        yield "options"
    values = [option["value"] for option in options]
    if len(values) != len(set(values)):
        yield "a value twice among the options"
    for option in options:
        yield from _text(option["text"], 75, "option", kinds=("plain_text",))
        if not 1 <= units(option["value"]) <= 150:
            yield "option value"


def _input(element: Json) -> Iterator[str]:
    if not 1 <= units(element["action_id"]) <= 255:
        yield "action_id"
    if "placeholder" in element:
        yield from _text(element["placeholder"], 150, "placeholder", kinds=("plain_text",))
    match element["type"]:
        case "plain_text_input":
            if not 1 <= element.get("max_length", 1) <= 3_000:
                yield "max_length"
            if units(element.get("initial_value", "")) > element.get("max_length", 3_000):
                yield "initial_value is longer than max_length"
        case "number_input":
            if "is_decimal_allowed" not in element or not element.get("initial_value", "1").lstrip("-").isdecimal():
                yield "number_input"
        case "timepicker":
            if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", element.get("initial_time", "09:00")):
                yield "initial_time"
        case "static_select" | "multi_static_select":
            yield from _options(element["options"])
            initial = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
            if any(option not in element["options"] for option in initial):
                yield "an initial option that is not among the options"
        case "external_select":
            if "initial_option" in element:
                yield from _options([element["initial_option"]])
        case "conversations_select":
            return
        case other:
            yield f"unknown input {other}"


def _image(image: Json) -> Iterator[str]:
    if "slack_file" in image:
        if "image_url" in image or not re.fullmatch(r"F[A-Z0-9]{8,}", image["slack_file"].get("id", "")):
            yield "slack_file"
    elif not str(image.get("image_url", "")).startswith("https://") or units(image["image_url"]) > 3_000:
        yield "image_url"
    if not 1 <= units(image.get("alt_text", "")) <= 2_000:
        yield "alt_text"


def _text(value: Json, limit: int, what: str, kinds: Sequence[str] = ("mrkdwn", "plain_text")) -> Iterator[str]:
    if value.get("type") not in kinds:
        yield f"{what} is not of {kinds}"
    if not 1 <= units(str(value.get("text", ""))) <= limit:
        yield f"{what} has {units(str(value.get('text', '')))} of {limit}"
    if value.get("type") == "mrkdwn" and "emoji" in value:
        yield f"{what}: emoji belongs to plain_text"
