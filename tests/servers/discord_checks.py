"""What Discord would refuse.

Limits are written here from Discord's documentation, apart from the adapter's own table, so that a slip there shows
here.  Where Discord's OpenAPI description lies beside the checkout, every request is held against it too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

OPENAPI = Path(__file__).parents[3] / "shared" / "data" / "discord" / "openapi.json"
V2 = 1 << 15
ROOT = "urn:discord"


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def walk(components: Any) -> Iterator[dict[str, Any]]:
    """Every component, nested ones too."""
    for component in components or []:
        yield component
        inner = component.get("components")
        yield from walk(inner if isinstance(inner, list) else [])
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                yield from walk([component[key]])


def message_faults(payload: Mapping[str, Any], *, follow_up: bool = False) -> list[str]:
    """What is wrong with a message that a bot sends or edits."""
    flags = payload.get("flags") or 0
    parts = list(walk(payload.get("components")))
    faults = component_faults(parts)
    if payload.get("allowed_mentions", {"parse": None}).get("parse") != []:
        faults.append("mentions are not switched off")
    if flags & V2 and any(payload.get(key) for key in ("content", "embeds", "poll", "sticker_ids")):
        faults.append("components V2 exclude content and embeds")
    if parts and not flags & V2 and any(part["type"] >= 9 for part in parts):
        faults.append("components V2 without their flag")
    if not parts and not payload.get("content") and not payload.get("embeds"):
        faults.append("an empty message")
    if units(payload.get("content") or "") > 2000:
        faults.append("content too long")
    if units(str(payload.get("nonce") or "")) > 25:
        faults.append("nonce too long")
    return faults


def component_faults(parts: list[dict[str, Any]]) -> list[str]:
    """What is wrong with the components of one message."""
    faults = []
    if len(parts) > 40:
        faults.append(f"{len(parts)} components")
    if sum(units(part.get("content", "")) for part in parts) > 4000:
        faults.append("more than 4000 characters displayed")
    ids = [part["custom_id"] for part in parts if "custom_id" in part]
    if len(ids) != len(set(ids)):
        faults.append("a custom_id twice")
    return faults + [fault for part in parts for fault in _part_faults(part)]


def _part_faults(part: Mapping[str, Any]) -> Iterator[str]:
    match part["type"]:
        case 1 if not 1 <= len(part["components"]) <= 5:
            yield "a row holds 1 to 5 buttons"
        case 2:
            if not 1 <= units(part.get("label") or "") <= 80:
                yield "button label"
            if units(part.get("url") or "") > 512:
                yield "button link"
        case 9 if not 1 <= len(part["components"]) <= 3:
            yield "a section holds 1 to 3 texts"
        case 10 if not part["content"].strip():
            yield "an empty text"
        case 11 if not 1 <= units(part.get("description") or "x") <= 1024:
            yield "picture description"
        case 12 if not 1 <= len(part["items"]) <= 10:
            yield "a gallery holds 1 to 10 pictures"
    if not 1 <= units(part.get("custom_id", "x")) <= 100:
        yield "custom_id"


def modal_faults(modal: Mapping[str, Any]) -> list[str]:
    """What is wrong with a form."""
    faults = []
    if not 1 <= units(modal["title"]) <= 45 or not 1 <= units(modal["custom_id"]) <= 100:
        faults.append("modal title or custom_id")
    if not 1 <= len(modal["components"]) <= 5:
        faults.append("a form holds 1 to 5 fields")
    for part in walk(modal["components"]):
        if part["type"] == 18 and not 1 <= units(part["label"]) <= 45:
            faults.append("field label")
        faults += [f"field {part['custom_id']}"] if part["type"] in (3, 4) and not _may_be_filled_in(part) else []
        if part["type"] == 18 and units(part.get("description") or "") > 100:
            faults.append("field description")
    names = [part["custom_id"] for part in walk(modal["components"]) if "custom_id" in part]
    return faults + (["a field twice"] if len(names) != len(set(names)) else [])


def _may_be_filled_in(field: Mapping[str, Any]) -> bool:
    if field["type"] == 4:
        most = field.get("max_length", 4000)
        return units(field.get("placeholder") or "") <= 100 and units(field.get("value") or "") <= most <= 4000
    options = field["options"]
    defaults = sum(bool(option.get("default")) for option in options)
    texts = [each for option in options for each in (option["label"], option["value"])]
    fits = 1 <= len(options) <= 25 and defaults <= field.get("max_values", 1) <= len(options)
    return fits and all(1 <= units(each) <= 100 for each in texts)


class Description:
    """Discord's own description of its API, if it is there; without it, everything passes."""

    def __init__(self, path: Path = OPENAPI) -> None:
        self._known = json.loads(path.read_text()) if path.is_file() else {"paths": {}}
        resource = Resource.from_contents(self._known, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(ROOT, resource)
        self._routes = [
            (_pattern(path), path) for path in sorted(self._known["paths"], key=lambda each: each.count("{"))
        ]

    def faults(self, method: str, path: str, body: Any) -> list[str]:
        """What is wrong with a request: an unknown route, or a body of another form; at most three."""
        if not self._routes:
            return []
        known = next((known for pattern, known in self._routes if pattern.fullmatch(path)), None)
        if known is None or method.lower() not in self._known["paths"][known]:
            return [f"no route {method} {path}"]
        if body is None:
            return []
        body = _ids_as_text(body)
        return [f"{method} {known}: {_innermost(error)}" for error in self._validator(method, known).iter_errors(body)][
            :3
        ]

    @lru_cache(maxsize=100)  # noqa: B019 (lives as long as the tests)
    def _validator(self, method: str, path: str) -> Draft202012Validator:
        content = self._known["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return Draft202012Validator({})
        steps = ("paths", path.replace("~", "~0").replace("/", "~1"), method.lower(), "requestBody", "content")
        pointer = "/".join([*steps, "application~1json", "schema"])
        return Draft202012Validator({"$ref": f"{ROOT}#/{pointer}"}, registry=self._registry)


@cache
def description() -> Description:
    """Discord's description, read once."""
    return Description()


_NAMED = ("channel", "role", "user")


def _ids_as_text(node: Any) -> Any:
    """Discord takes ids as numbers too, which its description does not say."""
    if isinstance(node, dict):
        return {
            key: str(value) if _is_id(node, key) and isinstance(value, int) else _ids_as_text(value)
            for key, value in node.items()
        }
    return [_ids_as_text(each) for each in node] if isinstance(node, list) else node


def _is_id(node: dict[str, Any], key: str) -> bool:
    """Whether that is the id of something (of a file that is attached, too), and not the number of a component."""
    return key.endswith("_id") or (key == "id" and ("filename" in node or node.get("type") in _NAMED))


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", r"[^/]+", re.escape(path)))


def _innermost(error: Any) -> str:
    while error.context:
        error = min(error.context, key=lambda each: len(each.message))
    return f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
