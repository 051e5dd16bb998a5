"""Telling Discord which commands there are: at deploy time, and only when something has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import discord
from discord import app_commands

_KEPT = frozenset(
    "name description type options choices value required autocomplete channel_types min_value max_value min_length "
    "max_length name_localizations description_localizations contexts integration_types default_member_permissions "
    "nsfw".split()
)
_UNORDERED = frozenset({"contexts", "integration_types", "channel_types"})


async def sync(client: discord.Client, tree: app_commands.CommandTree[Any]) -> bool:
    """Register the tree's global commands if they differ from the registered ones; whether they did.

    The client must be logged in.
    """
    if await is_current(client, tree):
        return False
    await tree.sync()
    return True


async def is_current(client: discord.Client, tree: app_commands.CommandTree[Any]) -> bool:
    """Whether Discord knows exactly the commands of the tree."""
    registered = await client.http.get_global_commands(client.application_id or 0)
    return fingerprint(registered) == fingerprint(command.to_dict(tree) for command in tree.get_commands())


def fingerprint(commands: Iterable[Mapping[str, Any]]) -> str:
    """A hash of command payloads that is the same for what was sent and for what Discord gives back of it."""
    canonical = sorted(
        (_canonical(command) for command in commands), key=lambda each: (each.get("type", 1), each["name"])
    )
    return hashlib.sha256(json.dumps(canonical, sort_keys=True).encode()).hexdigest()


def _canonical(node: Any) -> Any:
    """Without what Discord adds (ids, versions) and without values that mean the same as leaving them out."""
    if isinstance(node, Mapping):
        kept = {key: _canonical(value) for key, value in node.items() if key in _KEPT or "-" in key}
        for key in _UNORDERED & kept.keys():
            kept[key] = sorted(kept[key] or [])
        return {key: value for key, value in kept.items() if value not in (None, False, [], {}, "")}
    if isinstance(node, list | tuple):
        return [_canonical(each) for each in node]
    return node
