"""The app manifest: everything that Slack must know of us, made from the grammar and from the events we listen to.

The form is that of https://docs.slack.dev/reference/app-manifest.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from adapters.slack.config import COMMAND
from adapters.slack.home import prompts
from adapters.slack.limits import Json
from bot.chat.grammar import Command

SHORTCUT = "explain_paper"
EVENTS = ("app_context_changed", "app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")
SCOPES = {
    "app_mentions:read": "hear mentions",
    "assistant:write": "suggest prompts and show a status in the agent's view",
    "channels:read": "know who created a public channel",
    "chat:write": "answer",
    "commands": f"{COMMAND} and the message shortcut",
    "groups:read": "know who created a private channel",
    "im:history": "hear direct messages",
    "users:read": "know a person's language, zone, and whether they are an admin",
}
HELPFUL_SCOPES = {  # asked for as well, but an app that was installed without them works all the same
    "files:write": "show charts as pictures, and tells them in words",
}
DESCRIPTION = "Today's research papers, with summaries and answers you can check."
LONG_DESCRIPTION = (
    "Paperwire follows the papers that people talk about, reads them, and answers questions about them. "
    f"Type {COMMAND} today for the day's list, or mention @Paperwire with a question about a paper: each sentence of "
    "an answer points to the place in the paper where it stands. Answers of a language model are marked as such and "
    "can be wrong."
)
_ADDRESS = "https://your-host.example"


def manifest(commands: Sequence[Command], *, sockets: bool = True, address: str = _ADDRESS) -> Json:
    """The manifest for Socket Mode, or for HTTP at a public `address`."""
    events_url = {} if sockets else {"request_url": f"{address}/slack/events"}
    options_url = (
        {} if sockets else {"message_menu_options_url": f"{address}/slack/events"}
    )  # for zones, while one types
    oauth: Json = {"scopes": {"bot": all_scopes()}}
    if not sockets:
        oauth["redirect_urls"] = [f"{address}/slack/oauth_redirect"]
    return {
        "display_information": {
            "name": "Paperwire",
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
            "background_color": "#1f2937",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "agent_view": {"agent_description": DESCRIPTION, "suggested_prompts": prompts(commands)},
            "bot_user": {"display_name": "Paperwire", "always_online": True},
            "shortcuts": [
                {
                    "name": "Explain this paper",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Show the paper that is linked here",
                }
            ],
            "slash_commands": [_slash_command(commands, events_url)],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**events_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **events_url, **options_url},
            "org_deploy_enabled": not sockets,
            "socket_mode_enabled": sockets,
            "token_rotation_enabled": not sockets,
        },
    }


def all_scopes() -> list[str]:
    """Every scope that an installation asks for."""
    return sorted(SCOPES | HELPFUL_SCOPES)


def setup_text(commands: Sequence[Command], *, sockets: bool = True) -> str:
    """What `paperwire setup slack` prints: the manifest and the next steps."""
    made = json.dumps(manifest(commands, sockets=sockets), indent=2, ensure_ascii=False)
    steps = _SOCKET_STEPS if sockets else _HTTP_STEPS
    return f"{made}\n\n" + "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def _slash_command(commands: Sequence[Command], url: Json | dict[str, str]) -> Json:
    names = "|".join(command.name for command in commands if command.who != "operator")
    hint = names if len(names) <= 100 else names[:100].rpartition("|")[0] + "|…"
    place = {"url": url["request_url"]} if url else {}
    return {"command": COMMAND, "description": DESCRIPTION, "usage_hint": hint, "should_escape": True, **place}


_CREATE = (
    "Open https://api.slack.com/apps, choose “Create New App”, “From a manifest”, pick the workspace, and paste the "
    "text above."
)
_SOCKET_STEPS = (
    _CREATE,
    "Under “Install App”, install it; the token that begins with xoxb- is SLACK_BOT_TOKEN.",
    "Under “Basic Information”, “App-Level Tokens”, make one with the scope connections:write; it is SLACK_APP_TOKEN.",
    "Set both and start `paperwire run`. `paperwire doctor` says if anything is missing.",
    f"In a channel, `/invite @Paperwire`, then type {COMMAND} today.",
)
_HTTP_STEPS = (
    f"Put your public address in place of {_ADDRESS} in the text above.",
    _CREATE,
    "Under “Basic Information” stand SLACK_SIGNING_SECRET, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET.",
    "Set them and PAPERWIRE_HTTP (such as 0.0.0.0:8080), and start `paperwire run`.",
    f"Each workspace installs it at {_ADDRESS}/slack/install.",
)
