"""How many tokens a text has.

tiktoken counts exactly, but fetches its encodings from the network without any time-out.  Here it is asked only if
the file it needs is on disk and whole; else an estimate that errs upwards takes over at once.
`paperwire encodings` puts the files there.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from bot.llm.model import Message, ModelCall

LONGEST_TOKEN = 10  # characters; few are longer, and none on average
CACHE_VARIABLE = "TIKTOKEN_CACHE_DIR"  # tiktoken's own name for it
NEWEST = "o200k_base"  # taken for names that tiktoken does not know

# tiktoken's names for its cached files (SHA-1 of their addresses) and their SHA-256, from tiktoken_ext/openai_public.py
FILES = {
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}

# What a chat message costs beside its text: https://github.com/openai/openai-cookbook, "How to count tokens"
_PER_MESSAGE, _PER_CALL = 3, 3

_PIECES = re.compile(r"[A-Za-z]+|[0-9]+|[^\sA-Za-z0-9]", re.ASCII)
_BLOCK = 20_000  # characters; tiktoken slows down on very long unbroken text


class TokenCounter:
    """Counts as the given model would, or estimates.

    The encoding is loaded at the first count (0.2 s): the first one belongs in a thread.
    """

    def __init__(self, model: str, folder: Path | None = None) -> None:
        """Look for encodings in `folder`, else where tiktoken itself looks."""
        self._model = model
        self._folder = folder or cache_folder()

    @property
    def exact(self) -> bool:
        """Whether tokens are counted rather than estimated."""
        return self._count is not estimate

    def count(self, text: str) -> int:
        """Tokens of a text, whatever it holds."""
        return self._count(text)

    def count_messages(self, messages: Iterable[Message]) -> int:
        """Tokens of a chat as it is billed."""
        return _PER_CALL + sum(_PER_MESSAGE + 1 + self.count(message.content) for message in messages)

    def count_call(self, call: ModelCall) -> int:
        """Tokens of a call's prompt, with its schema, which is billed too."""
        schema = json_compact(call.schema) if call.schema is not None else ""
        return self.count_messages(call.messages) + self.count(schema)

    @cached_property
    def _count(self) -> Callable[[str], int]:
        return _load(self._model, self._folder) or estimate


def json_compact(value: object) -> str:
    """JSON with no spaces between, as a schema travels."""
    import json

    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def cache_folder(data: Path | None = None) -> Path:
    """Where encodings are kept: where tiktoken was told to, else in the data folder, else tiktoken's usual place."""
    usual = data / "encodings" if data else Path(tempfile.gettempdir()) / "data-gym-cache"
    return Path(os.environ.get(CACHE_VARIABLE) or usual)


def estimate(text: str) -> int:
    """Tokens without an encoding, rather too many than too few.

    Words of up to six letters, three digits, and each sign or foreign character count as one token.  On English
    abstracts this gives about a fifth more than o200k_base does.
    """
    return sum(_estimated(piece) for piece in _PIECES.findall(text))


def _estimated(piece: str) -> int:
    per_token = 6 if piece[0].isalpha() else 3
    return -(-len(piece) // per_token)


def _load(model: str, folder: Path) -> Callable[[str], int] | None:
    import tiktoken

    encoding_name = _encoding_name(model)
    if not _is_whole(folder, encoding_name):
        return None
    try:
        with _looking_in(folder):
            encoding = tiktoken.get_encoding(encoding_name)
    except (OSError, ValueError):
        return None

    def count(text: str) -> int:
        blocks = (text[start : start + _BLOCK] for start in range(0, len(text), _BLOCK))
        return sum(len(encoding.encode_ordinary(block)) for block in blocks)

    return count


@contextmanager
def _looking_in(folder: Path) -> Iterator[None]:
    """Have tiktoken look there, which can be told by the environment alone; it is as before afterwards."""
    before = os.environ.get(CACHE_VARIABLE)
    os.environ[CACHE_VARIABLE] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(CACHE_VARIABLE)
        os.environ |= {} if before is None else {CACHE_VARIABLE: before}


def _encoding_name(model: str) -> str:
    import tiktoken

    try:
        name = tiktoken.encoding_name_for_model(model)
    except KeyError:
        return NEWEST
    return name if name in FILES else NEWEST


def _is_whole(folder: Path, encoding_name: str) -> bool:
    name, digest = FILES[encoding_name]
    try:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    except OSError:
        return False
