"""How the Slack adapter is set up: which transport, whose tokens."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.errors import SettingsError

COMMAND = "/papers"
PUBLIC_API = "https://slack.com/api/"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackConfig:
    """Settings of Slack.  With an app token Socket Mode, else HTTP; with a bot token one workspace, else OAuth.

    OAuth goes with HTTP alone, as its pages need an address.
    """

    api_url: str = PUBLIC_API
    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    managers: tuple[str, ...] = ()
    http: bool = False  # whether there is a server that HTTP mode is answered by

    @property
    def is_wanted(self) -> bool:
        """Whether anything of Slack's is set."""
        return bool(self.bot_token or self.app_token or self.signing_secret or self.client_id)

    @property
    def uses_sockets(self) -> bool:
        """Whether Slack is spoken to over Socket Mode."""
        return bool(self.app_token)

    @property
    def authorize_url(self) -> str:
        """Slack's page that asks for consent, on the same host as the API."""
        return self.api_url.rstrip("/").removesuffix("/api") + "/oauth/v2/authorize"

    def check(self) -> None:
        """Refuse a set-up that cannot work.

        Raises:
            SettingsError: names what is missing.
        """
        if not self.bot_token and not (self.client_id and self.client_secret):
            raise SettingsError("Slack needs SLACK_BOT_TOKEN, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for OAuth.")
        if self.bot_token and not self.bot_token.startswith("xoxb-"):
            raise SettingsError("SLACK_BOT_TOKEN must begin with xoxb-; it stands under OAuth & Permissions.")
        if self.app_token and not self.app_token.startswith("xapp-"):
            raise SettingsError("SLACK_APP_TOKEN must begin with xapp-; it stands under Basic Information.")
        if self.uses_sockets and not self.bot_token:
            raise SettingsError(
                "Socket Mode serves one workspace: set SLACK_BOT_TOKEN, or unset SLACK_APP_TOKEN to serve many."
            )
        if self.bot_token and self.client_id and not self.uses_sockets:
            raise SettingsError(
                "SLACK_BOT_TOKEN serves one workspace, SLACK_CLIENT_ID serves many: unset the one that is not meant."
            )
        if not self.uses_sockets and not self.signing_secret:
            raise SettingsError("Slack needs SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP.")
        if not self.uses_sockets and not self.http:
            raise SettingsError(
                "Slack over HTTP needs an address to listen at: set PAPERWIRE_HTTP, such as 0.0.0.0:8080."
            )
