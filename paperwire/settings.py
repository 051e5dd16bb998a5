"""Settings: from the environment and a `.env` file, read once in `main`, never at import.

Names without prefix are those that other tools share (`OPENAI_API_KEY`, `DATABASE_URL`).  An unknown `PAPERWIRE_*`
name is an error: a typing mistake must not pass for a default.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot.digests.addresses import read_sender
from bot.errors import BadInput, SettingsError

PREFIX = "PAPERWIRE_"
ENV_FILE = Path(".env")
HIGHEST_PORT = 65_535
QUOTES = (("'", "'"), ('"', '"'), ("“", "”"), ("‘", "’"))
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~%/-]*)?")  # it stands in headers and links


class Settings(BaseModel):
    """Everything that can be set.  Each field's description stands in `.env.example` and the README."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    openai_api_key: SecretStr | None = Field(
        None,
        alias="OPENAI_API_KEY",
        description="key of the model's server; without one the bot works without a model",
    )
    openai_base_url: str | None = Field(
        None,
        alias="OPENAI_BASE_URL",
        description="any OpenAI-compatible server, such as http://127.0.0.1:11434/v1",
    )
    model: str = Field("gpt-6-luna", alias="PAPERWIRE_MODEL", description="name of the model")
    model_timeout: float = Field(
        180.0,
        ge=10,
        le=3600,
        alias="PAPERWIRE_MODEL_TIMEOUT",
        description="seconds to wait for a model's first word, or for a list of summaries; slow servers need more",
    )
    embeddings_model: str | None = Field(
        None,
        alias="PAPERWIRE_EMBEDDINGS_MODEL",
        description="embedding model on the same server; default: the extra `semantic`, where it is installed",
    )
    language: str = Field("en", alias="PAPERWIRE_LANGUAGE", description="language of summaries (BCP 47)")
    tokens_per_day: int = Field(
        0, ge=0, alias="PAPERWIRE_TOKENS_PER_DAY", description="token budget of one workspace a day; 0: none"
    )

    slack_bot_token: SecretStr | None = Field(None, alias="SLACK_BOT_TOKEN", description="Socket Mode: xoxb-…")
    slack_app_token: SecretStr | None = Field(None, alias="SLACK_APP_TOKEN", description="Socket Mode: xapp-…")
    slack_signing_secret: SecretStr | None = Field(None, alias="SLACK_SIGNING_SECRET", description="HTTP mode")
    slack_client_id: str | None = Field(None, alias="SLACK_CLIENT_ID", description="HTTP mode, OAuth")
    slack_client_secret: SecretStr | None = Field(None, alias="SLACK_CLIENT_SECRET", description="HTTP mode, OAuth")
    slack_managers: str = Field(
        "",
        alias="PAPERWIRE_SLACK_MANAGERS",
        description="ids of people who may change channels' subscriptions beside admins and creators: U012AB3CD,…",
    )
    slack_api_url: str = Field(
        "https://slack.com/api/",
        alias="SLACK_API_URL",
        description="Slack's base address (a proxy, a test server)",
    )
    discord_token: SecretStr | None = Field(None, alias="DISCORD_TOKEN", description="bot token")
    discord_api_url: str = Field(
        "https://discord.com/api/v10", alias="DISCORD_API_URL", description="Discord's base address"
    )
    discord_shards: str = Field(
        "auto", alias="PAPERWIRE_DISCORD_SHARDS", description="auto, or this process's part: 0-3/16"
    )

    smtp_url: SecretStr | None = Field(
        None,
        alias="PAPERWIRE_SMTP_URL",
        description="digests by mail: smtp://user:password@host:587 (STARTTLS) or smtps://…",
    )
    mail_from: str | None = Field(
        None, alias="PAPERWIRE_MAIL_FROM", description="whom mail comes from: Paperwire <papers@example.org>"
    )
    public_url: str | None = Field(
        None,
        alias="PAPERWIRE_PUBLIC_URL",
        description="https address by which people reach the listener: for feeds, and to end digests by mail",
    )

    database_url: SecretStr | None = Field(
        None, alias="DATABASE_URL", description="postgresql://…; default: a SQLite file in the data folder"
    )
    secret_key: SecretStr | None = Field(
        None,
        alias="PAPERWIRE_SECRET_KEY",
        description="encrypts stored tokens, 32 characters or more, older keys after commas; "
        "default: a key file in the data folder",
    )
    data: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("paperwire")),
        alias="PAPERWIRE_DATA",
        description="data folder; default: the platform's usual place",
    )
    hf_endpoint: str = Field("https://huggingface.co", alias="HF_ENDPOINT", description="Hugging Face's base address")
    hf_token: SecretStr | None = Field(None, alias="HF_TOKEN", description="raises Hugging Face's rate limits")
    arxiv_url: str = Field(
        "https://arxiv.org",
        alias="PAPERWIRE_ARXIV_URL",
        description="arXiv's base address for HTML, PDF and the API",
    )
    http: str | None = Field(
        None,
        alias="PAPERWIRE_HTTP",
        description="host:port for health, metrics, feeds and Slack's HTTP mode; unset: nothing listens",
    )

    @field_validator("openai_base_url", "slack_api_url", "discord_api_url", "hf_endpoint", "arxiv_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return value

    @field_validator("openai_base_url")
    @classmethod
    def _ends_before_the_endpoint(cls, value: str | None) -> str | None:
        """Servers' examples often show the whole address, of which the client adds the end itself."""
        return value.rstrip("/").removesuffix("/chat/completions") if value else value

    @field_validator("openai_api_key", "slack_bot_token", "slack_app_token", "discord_token", "hf_token")
    @classmethod
    def _fits_into_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        key = value.get_secret_value() if value else ""
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ValueError("holds a character that no key has; copy the key again")
        return value

    @field_validator("http")
    @classmethod
    def _is_host_and_port(cls, value: str | None) -> str | None:
        host, _, port = (value or ":0").rpartition(":")
        is_one = ":" not in host or (host.startswith("[") and host.endswith("]"))
        if not is_one or not (port.isascii() and port.isdecimal()) or int(port) > HIGHEST_PORT:
            raise ValueError("must be host:port, such as 0.0.0.0:8080 or [::1]:8080")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value.get_secret_value())
            rest = parts.path.strip("/") + parts.query + parts.fragment
            fits = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0 and not rest
        except ValueError:  # of the port; its message may hold the password
            fits = False
        if not fits:
            raise ValueError(
                "must look like smtp://user:password@host:587 or smtps://user:password@host; in a password, "
                "write @ as %40, / as %2F, : as %3A, # as %23 and ? as %3F"
            )
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_mail_address(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                read_sender(value)
            except BadInput:
                raise ValueError(
                    "must be a mail address without accents, or one with a name: Paperwire <papers@example.org>"
                ) from None
        return value

    @field_validator("public_url")
    @classmethod
    def _is_reached_safely(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            is_safe = parts.scheme == "https" or parts.hostname in LOOPBACK
            fits = bool(PUBLIC_URL.fullmatch(value)) and bool(parts.hostname) and is_safe and parts.port != 0
        except ValueError:  # of the host or the port
            fits = False
        if not fits:
            raise ValueError("must begin with https:// and hold a host, perhaps a port and a path, and nothing else")
        return value.rstrip("/")

    @field_validator("language")
    @classmethod
    def _is_language(cls, value: str) -> str:
        from babel import Locale, UnknownLocaleError

        try:
            Locale.parse(value, sep="-" if "-" in value else "_")
        except (UnknownLocaleError, ValueError):
            raise ValueError("must be a language tag such as en, de or pt-BR") from None
        return value

    @property
    def listen(self) -> tuple[str, int] | None:
        """Host and port to listen at, every interface where no host is named; None: nothing listens."""
        if self.http is None:
            return None
        host, _, port = self.http.rpartition(":")
        return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 (":8080" asks for every interface)

    @property
    def sends_mail(self) -> bool:
        """Whether digests can be mailed: by a server, from an address, with a way to end them."""
        return None not in (self.smtp_url, self.mail_from, self.public_url)

    @property
    def shows_feeds(self) -> bool:
        """Whether feeds can be read: at an address that people know, where something listens."""
        return None not in (self.public_url, self.http)

    @property
    def delivers_elsewhere(self) -> bool:
        """Whether digests have somewhere to go without any chat."""
        return self.sends_mail or self.shows_feeds

    @property
    def has_model(self) -> bool:
        """Whether a model is configured: a key, or a server of one's own that needs none."""
        return self.openai_api_key is not None or self.openai_base_url is not None


def names() -> list[str]:
    """Every name that can be set."""
    return [str(field.alias) for field in Settings.model_fields.values()]


def load(environment: Mapping[str, str] | None = None, env_file: Path = ENV_FILE) -> Settings:
    """Read `.env`, then the environment, which wins.

    Raises:
        SettingsError: a value that cannot be, or an unknown `PAPERWIRE_*` name; never quotes a value.
    """
    given = {key: value for key, value in dotenv_values(env_file).items() if value} if env_file.is_file() else {}
    given |= os.environ if environment is None else environment
    _refuse_unknown(given)
    try:
        values = {name: _bare(given.get(name, "")) for name in names()}
        return Settings.model_validate({name: value for name, value in values.items() if value})
    except ValidationError as error:
        faults = [f"{fault['loc'][0]} {_in_words(fault['msg'])}" for fault in error.errors(include_input=False)]
        raise SettingsError("These settings cannot be used: " + "; ".join(faults) + ".") from None


def _bare(value: str) -> str:
    """The value without the blanks, line ends and quotation marks that files and shells leave around one."""
    value = value.strip()
    for opening, closing in QUOTES:
        if len(value) > 1 and value.startswith(opening) and value.endswith(closing):
            return value[1:-1].strip()
    return value


def _in_words(message: str) -> str:
    """pydantic's message as the rest of a sentence that begins with the setting's name."""
    ours = message.removeprefix("Value error, ")
    return ours if ours != message else "is wrong: " + message[:1].lower() + message[1:]


def _refuse_unknown(given: Iterable[str]) -> None:
    known = names()
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0)
            raise SettingsError(f"There is no setting {name}. The nearest is {near[0]}.")
