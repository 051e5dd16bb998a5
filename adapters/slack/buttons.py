"""Buttons, menus and modals: command lines on their way to Slack and back.

What a button stands for travels in its value, so it works after a restart and needs no memory here.  Values are short,
as Slack weighs a message by all of its JSON: the bare command where that is all; after `PRIVATE` one whose answer is
private; after `FILLS` one whose form comes first; after `QUESTION`, on lines of their own, one with the question to put
first; JSON for what has no short form.
`VERSION` leads every `action_id` and `callback_id`; a button with another one was made by another version of Paperwire.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from adapters.slack import limits
from adapters.slack.escape import escape, shorten
from adapters.slack.limits import Json
from adapters.slack.mrkdwn import plain_words
from bot.documents.model import Action, Input
from bot.documents.words import with_code

VERSION = "pw1:"
MODAL = VERSION + "ask"
WORDS = "words"  # block and action id of a modal's one field
PRIVATE = "~"
FILLS = "+"
QUESTION = "?"
ROW = 6  # more buttons than this are easier to choose from as a menu


@dataclass(frozen=True, slots=True)
class Press:
    """What pressing a button asks for: a command, and perhaps a question to put or a form to show first."""

    command: str
    private: bool = False
    fills: bool = False
    input: Input | None = None
    title: str = ""  # of the window that puts the question; the button's label, so the value need not hold it

    def encode(self) -> str:
        """As a button's value."""
        short = self._short()
        return short if Press.decode(short) == replace(self, title="") else self._long()

    def _short(self) -> str:
        if self.input is None:
            return (PRIVATE if self.private else "") + (FILLS if self.fills else "") + self.command
        return QUESTION + "\n".join((self.command, self.input.label, self.input.placeholder)).rstrip("\n")

    def _long(self) -> str:
        kept: Json = {"command": self.command}
        if self.private:
            kept["private"] = True
        if self.fills:
            kept["fills"] = True
        if self.input is not None:
            kept["input"] = [self.input.label, self.input.placeholder, self.input.max_length, self.input.multiline]
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def decode(cls, value: str, label: str = "") -> Press | None:
        """Back again, with what stood on the button; None for a value that is not ours."""
        if value.startswith("{"):
            return _from_json(value, label)
        if value.startswith(QUESTION):
            command, *asked = value.removeprefix(QUESTION).split("\n")
            if not 1 <= len(asked) <= 2:
                return None
            return cls(command, input=Input(asked[0], "".join(asked[1:])), title=label)
        rest = value.removeprefix(PRIVATE)
        command = rest.removeprefix(FILLS)
        return cls(command, private=rest != value, fills=command != rest) if command else None


def _from_json(value: str, label: str) -> Press | None:
    try:
        kept = json.loads(value)
        asked = kept.get("input")
        question = Input(str(asked[0]), str(asked[1]), int(asked[2]), bool(asked[3])) if asked else None
        private, fills = kept.get("private") is True, kept.get("fills") is True
        return Press(str(kept["command"]), private, fills, question, label if question else "")
    except (ValueError, TypeError, KeyError, IndexError):
        return None


def plain_text(text: str, limit: int) -> Json:
    """A text object without any markup, shortened to `limit`."""
    return {"type": "plain_text", "text": shorten(escape(text).strip() or "…", limit)}


def row(actions: Sequence[Action]) -> list[Json]:
    """Actions as blocks: buttons in rows, or a menu where there are many plain ones."""
    plain = [action for action in actions if _fits_menu(action)]
    if len(actions) <= ROW or len(plain) < 2:
        return _rows([_button(action, index) for index, action in enumerate(actions)])
    others = [action for action in actions if action not in plain]
    elements = [_button(action, index) for index, action in enumerate(others)]
    options = {option["value"]: option for option in map(_option, plain)}  # Slack wants each value once
    menus = [_menu(part, index) for index, part in enumerate(limits.parts(list(options.values()), limits.OPTIONS))]
    return _rows([*elements, *menus])


def modal(press: Press, metadata: str) -> Json:
    """The view that puts a button's question."""
    question = press.input or Input("Words")
    element: Json = {
        "type": "plain_text_input",
        "action_id": WORDS,
        "multiline": question.multiline,
        "max_length": max(1, min(question.max_length, limits.INPUT_LENGTH)),
        "focus_on_load": True,
    }
    if question.placeholder:
        element["placeholder"] = plain_text(question.placeholder, limits.PLACEHOLDER)
    field: Json = {
        "type": "input",
        "block_id": WORDS,
        "label": plain_text(question.label, limits.INPUT_LABEL),
        "element": element,
    }
    return {
        "type": "modal",
        "callback_id": MODAL,
        "title": plain_text(press.title or "Paperwire", limits.MODAL_TITLE),
        "submit": plain_text("Ask", limits.MODAL_TITLE),
        "close": plain_text("Cancel", limits.MODAL_TITLE),
        "private_metadata": metadata,
        "blocks": [field],
    }


def notice(sentence: str) -> Json:
    """A view that only says something."""
    return {
        "type": "modal",
        "title": plain_text("Paperwire", limits.MODAL_TITLE),
        "close": plain_text("Close", limits.MODAL_TITLE),
        "blocks": [{"type": "section", "text": plain_text(plain_words(with_code(sentence)), limits.SECTION)}],
    }


def _press(action: Action) -> Press:
    return Press(action.command, action.private, action.fills, action.input)


def _fits_menu(action: Action) -> bool:
    plain = action.url is None and action.input is None and action.style == "default"
    return plain and limits.size(_press(action).encode()) <= limits.OPTION_VALUE


def _button(action: Action, index: int) -> Json | None:
    """A button; None where what it stands for does not fit into one."""
    button: Json = {
        "type": "button",
        "action_id": f"{VERSION}{index}",
        "text": plain_text(action.label, limits.BUTTON_TEXT),
    }
    if action.style != "default":
        button["style"] = action.style
    if action.url is not None:
        fits = action.url.startswith("https://") and limits.size(action.url) <= limits.BUTTON_URL
        return button | {"action_id": f"{VERSION}url:{index}", "url": action.url} if fits else None
    value = _press(action).encode()
    return button | {"value": value} if limits.size(value) <= limits.BUTTON_VALUE else None


def _option(action: Action) -> Json:
    return {"text": plain_text(action.label, limits.OPTION_TEXT), "value": _press(action).encode()}


def _menu(options: Sequence[Json], index: int) -> Json:
    return {
        "type": "static_select",
        "action_id": f"{VERSION}menu:{index}",
        "placeholder": plain_text("Choose", limits.PLACEHOLDER),
        "options": options,
    }


def _rows(elements: Iterable[Json | None]) -> list[Json]:
    kept = [element for element in elements if element is not None]
    return [{"type": "actions", "elements": part} for part in limits.parts(kept, limits.ACTIONS)]
