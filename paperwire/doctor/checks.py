"""The checks of everything but platforms, whose adapters bring their own."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bot.clock import SystemClock
from bot.papers.arxiv import Arxiv
from bot.papers.calendar import list_day, previous_weekday
from bot.papers.huggingface import HuggingFace
from bot.ports import Fetcher
from bot.private import make_private_folder
from paperwire import bootstrap
from paperwire.doctor.language_model import look_at_model
from paperwire.doctor.model import Check, Result, Verdict
from paperwire.settings import Settings

LITTLE_SPACE = 200_000_000  # bytes free in the data folder
KNOWN_PAPER = "1706.03762"  # on arXiv for good


@dataclass(frozen=True, slots=True)
class Named:
    """A function as a check."""

    name: str
    look: Callable[[Settings], Awaitable[Result]]
    settings: Settings

    async def run(self) -> Result:
        """Look."""
        return await self.look(self.settings)


def own_checks(settings: Settings) -> Sequence[Check]:
    """The engine's own checks, in the order they are told."""
    looks = {
        "data folder": look_at_data_folder,
        "database": look_at_database,
        "secret key": look_at_secret_key,
        "Hugging Face": look_at_hugging_face,
        "arXiv": look_at_arxiv,
        "language model": look_at_model,
        "token counting": look_at_encodings,
    }
    return [Named(name, look, settings) for name, look in looks.items()]


def advice(settings: Settings) -> dict[str, str]:
    """What to mend where a check fails without a word about it, by the check's name."""
    is_own_model = settings.openai_base_url is not None
    model_settings = "OPENAI_BASE_URL, OPENAI_API_KEY" if is_own_model else "OPENAI_API_KEY"
    return {
        "database": _database_advice(settings),
        "Hugging Face": _source_advice(settings.hf_endpoint, "HF_ENDPOINT"),
        "arXiv": _source_advice(settings.arxiv_url, "PAPERWIRE_ARXIV_URL"),
        "language model": f"{settings.model} is asked for at {model_address(settings)}. "
        f"Check the network, {model_settings} and PAPERWIRE_MODEL.",
    }


def model_address(settings: Settings) -> str:
    """Where the model is asked, for people."""
    return _shown(settings.openai_base_url) if settings.openai_base_url else "OpenAI"


def _source_advice(address: str, setting: str) -> str:
    return f"It is asked at {_shown(address)}. Check the network, and {setting} where it is set."


def _database_advice(settings: Settings) -> str:
    if settings.database_url:
        return "Check that the server runs, and DATABASE_URL."
    return f"Its file lies in {settings.data}. Check the folder, or set PAPERWIRE_DATA to another one."


def _shown(address: str) -> str:
    """An address without the secrets that one may hold."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


async def look_at_data_folder(settings: Settings) -> Result:
    """Whether something can be written there, and how much."""
    folder = settings.data
    try:
        free = await asyncio.to_thread(_try_to_write, folder)
    except OSError as error:
        return Result(
            Verdict.FAULT,
            f"Nothing can be written to {folder} ({error.strerror}).",
            "Give the bot's user write access to it, or set PAPERWIRE_DATA to another folder.",
        )
    if free < LITTLE_SPACE:
        return Result(Verdict.WARNING, f"{folder} has {free // 1_000_000} MB left.", "Free some space on that disk.")
    return Result(Verdict.OK, f"{folder} can be written to.")


def _try_to_write(folder: Path) -> int:
    make_private_folder(folder)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"x" * 4096)
    return shutil.disk_usage(folder).free


async def look_at_database(settings: Settings) -> Result:
    """Whether it opens, is up to date (it is brought there), and answers."""
    async with bootstrap.open_store(settings, SystemClock()) as store:
        known = await store.papers.count()
    kind = "Postgres" if settings.database_url else "SQLite"
    return Result(Verdict.OK, f"{kind} answers, its tables are up to date, and it knows {known:,} papers.")


async def look_at_secret_key(settings: Settings) -> Result:
    """Whether this host has the same key as others on its database."""
    if await bootstrap.key_differs(settings, starting=False):
        return Result(Verdict.FAULT, bootstrap.KEY_DIFFERS, bootstrap.KEY_ADVICE)
    return Result(Verdict.OK, "No other host has used the database with another key.")


async def look_at_hugging_face(settings: Settings) -> Result:
    """Whether a recent list can be had."""
    clock = SystemClock()
    async with bootstrap.open_fetcher(settings, clock, cached=False) as fetcher:
        day = previous_weekday(list_day(clock.now()))
        listing = await HuggingFace(fetcher, settings.hf_endpoint).daily(day)
    return Result(
        Verdict.OK, f"{_shown(settings.hf_endpoint)} answers; its list of {day} has {len(listing.papers)} papers."
    )


async def look_at_arxiv(settings: Settings) -> Result:
    """Whether the interface for metadata answers."""
    async with bootstrap.open_fetcher(settings, SystemClock(), cached=False) as fetcher:
        await _ask_arxiv(fetcher, settings)
    return Result(Verdict.OK, f"{_shown(settings.arxiv_url)} answers.")


async def _ask_arxiv(fetcher: Fetcher, settings: Settings) -> None:
    await Arxiv(fetcher, settings.arxiv_url).papers([KNOWN_PAPER])


async def look_at_encodings(settings: Settings) -> Result:
    """Whether tokens are counted or estimated."""
    if await asyncio.to_thread(lambda: bootstrap.make_counter(settings).exact):
        return Result(Verdict.OK, "Tokens are counted exactly.")
    return Result(
        Verdict.WARNING,
        "Tokens are estimated with a margin, as tiktoken's encodings are not on this machine.",
        "`paperwire encodings` fetches them; budgets are then used more fully.",
    )
