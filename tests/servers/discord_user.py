"""People at the local Discord: they give commands, press buttons, fill in forms and write messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.servers.discord import (
    ALL_PERMISSIONS,
    LOADING,
    MANAGE_GUILD,
    DiscordServer,
    Interaction,
    admins_of,
    words_of,
)
from tests.servers.discord_checks import walk

Json = dict[str, Any]
COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5
STRING, INTEGER, USER, SUBCOMMAND = 3, 4, 6, 1
INPUT, LABEL = 4, 18


@dataclass
class Person:
    """Somebody in a channel of a guild: an admin, or whatever the `permissions` say (in messages: the roles)."""

    server: DiscordServer
    guild: str
    channel: str
    name: str = "somebody"
    id: str = "200000000000000001"
    permissions: str = ALL_PERMISSIONS
    brings_app: bool = False  # the app is installed to this person alone, not to the guild

    async def command(self, name: str, **options: str | int) -> Interaction:
        """Give a subcommand of `/papers`; returns at once."""
        given = " ".join(f"{key}: {value}" for key, value in options.items())
        self.server.note(self.name, f"gives /papers {name} {given}".rstrip())
        return await self._interact(COMMAND, self._invocation(name, options))

    async def typing(self, name: str, option: str, value: str) -> list[Json]:
        """Type into an option; the suggestions."""
        self.server.note(self.name, f"types into /papers {name} {option}: {value}")
        data = self._invocation(name, {option: value})
        data["options"][0]["options"][0]["focused"] = True
        interaction = await self._interact(AUTOCOMPLETE, data)
        await self.server.until(lambda: interaction.choices is not None)
        choices = interaction.choices or []
        self.server.note("Paperwire", f"suggests {[choice['name'] for choice in choices]}")
        return choices

    async def press(self, message: Json, label: str) -> Interaction:
        """Press a button of a message."""
        button = next(part for part in walk(message["components"]) if part["type"] == 2 and part["label"] == label)
        self.server.note(self.name, f"presses [{label}]")
        return await self._interact(COMPONENT, {"custom_id": button["custom_id"], "component_type": 2}, message)

    async def fill_in(self, asked: Interaction, answer: str) -> Interaction:
        """Write into the only field of the form that an interaction opened, and send it."""
        modal = await self.server.until(lambda: asked.modal)
        return await self.send_form(asked, {modal["components"][0]["component"]["custom_id"]: answer})

    async def send_form(self, asked: Interaction, answers: Mapping[str, str | list[str]]) -> Interaction:
        """Fill in some fields of the form that an interaction opened, leave the others as they are, and send it."""
        modal = await self.server.until(lambda: asked.modal)
        self.server.note(
            self.name, f"writes into the form: {', '.join(f'{name}: {value}' for name, value in answers.items())}"
        )
        parts = [_sent(number, part, answers) for number, part in enumerate(modal["components"])]
        return await self._interact(FORM, {"custom_id": modal["custom_id"], "components": parts})

    async def write(
        self, words: str, *, to_bot: bool = True, channel: str | None = None, reply_to: Json | None = None
    ) -> Json:
        """Write a message; the words arrive empty where Discord hides them from the bot."""
        me, where = self.server.me, channel or self.channel
        self.server.note(self.name, f"writes in #{self.server.channels[where]['name']}: {words}")
        message = self.server._new_message(where, {}, flags=0, author=self._user)
        message["content"] = f"<@{me['id']}> {words}" if to_bot and reply_to is None else words if to_bot else ""
        message["mentions"] = [me] if to_bot else []
        event = {**message, "guild_id": self.guild, "member": self._member} if self.guild else {**message}
        if reply_to is not None:
            event["message_reference"] = {"message_id": reply_to["id"], "channel_id": where, "guild_id": self.guild}
            event["referenced_message"], event["type"] = reply_to, 19
        await self.server.gateway.dispatch("MESSAGE_CREATE", event)
        return event

    async def answer(self, interaction: Interaction, seconds: float = 10.0) -> Json:
        """The message that answers an interaction, when it does not think any more."""

        def ready() -> Json | None:
            for key in (*interaction.messages, interaction.original):
                message = self.server.messages.get(key or "")
                if message is not None and not message["flags"] & LOADING and words_of(message).strip():
                    return message
            return None

        found: Json = await self.server.until(ready, seconds)
        return found

    async def _interact(self, kind: int, data: Json, message: Json | None = None) -> Interaction:
        key = self.server.snowflake()
        interaction = Interaction(key, f"token{key}", self.channel, kind, self.id)
        self.server.interactions[interaction.token] = interaction
        channel = self.server.channels[self.channel]
        event = {
            "id": key, "application_id": self.server.me["id"], "type": kind, "token": interaction.token, "version": 1,
            "data": data, "guild_id": self.guild, "channel_id": self.channel, "channel": channel,
            "guild": {"id": self.guild, "locale": "en-US", "features": []}, "member": self._member, "locale": "en-US",
            "guild_locale": "en-US", "app_permissions": self.server.may(self.guild), "entitlements": [], "context": 0,
            "authorizing_integration_owners": self._owners, "attachment_size_limit": 10_000_000,
        }  # fmt: skip
        if message is not None:
            event["message"] = message
        await self.server.gateway.dispatch("INTERACTION_CREATE", event)
        return interaction

    def _invocation(self, name: str, options: dict[str, str | int]) -> Json:
        group = next((each["id"] for each in self.server.commands if each["name"] == "papers"), "1")
        called = [value[2:-1] for value in map(str, options.values()) if _calls(value)]
        return {
            "id": group,
            "name": "papers",
            "type": 1,
            "options": [{"name": name, "type": SUBCOMMAND, "options": [_given(*option) for option in options.items()]}],
            "resolved": {"users": {key: self._user | {"id": key} for key in called}},
        }

    @property
    def _user(self) -> Json:
        return {"id": self.id, "username": self.name, "discriminator": "0", "avatar": None}

    @property
    def _owners(self) -> Json:
        """For whom the app is installed: for the guild (0), or for this person (1)."""
        return {"1": self.id} if self.brings_app else {"0": self.guild}

    @property
    def _member(self) -> Json:
        roles = [admins_of(self.guild)] if self.guild and int(self.permissions) & MANAGE_GUILD else []
        return {**self.server._member(self._user, roles), "permissions": self.permissions}


def _given(name: str, value: str | int) -> Json:
    """An option as a client sends it."""
    if isinstance(value, str) and _calls(value):
        return {"name": name, "type": USER, "value": value[2:-1]}
    return {"name": name, "type": INTEGER if isinstance(value, int) else STRING, "value": value}


def _calls(value: str) -> bool:
    return value.startswith("<@")


def _sent(number: int, part: Json, answers: Mapping[str, str | list[str]]) -> Json:
    """A component of a form, as a client sends it in."""
    if part["type"] != LABEL:
        return {"type": part["type"], "id": number}
    shown = part["component"]
    sent = {"type": shown["type"], "id": 100 + number, "custom_id": shown["custom_id"]}
    if shown["type"] == INPUT:
        value = answers.get(shown["custom_id"], shown.get("value", ""))
        return {"type": LABEL, "id": number, "component": {**sent, "value": value}}
    chosen = [option["value"] for option in shown.get("options", []) if option.get("default")]
    chosen += [default["id"] for default in shown.get("default_values", [])]
    return {"type": LABEL, "id": number, "component": {**sent, "values": answers.get(shown["custom_id"], chosen)}}
