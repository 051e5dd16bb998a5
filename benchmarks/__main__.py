"""`python -m benchmarks NAME --json`: run one benchmark; without a name, all of them into one table.

A benchmark is a module of this package with `NAME`, `run(options) -> dict`, and optionally `add_arguments(parser)`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

from rich.console import Console
from rich.table import Table

import benchmarks
from bot.errors import BadInput
from bot.logs import log_to_stderr

RECORDED = "README.md says under Measured where the recorded data come from."


class Benchmark(Protocol):
    """What a module offers to be one."""

    NAME: str

    def run(self, options: argparse.Namespace) -> dict[str, Any]:
        """Measure, and give the figures by their names."""


def main() -> int:
    """Run what the command line asks for; the exit code."""
    try:
        return _run()
    except ModuleNotFoundError as error:
        sys.exit(f"A benchmark needs {error.name}: run `pip install --editable '.[dev,semantic]'`.")
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is missing. {RECORDED}")
    except BadInput as error:
        sys.exit(f"{error.sentence} {RECORDED}")


def _run() -> int:
    known = {benchmark.NAME: benchmark for benchmark in discover()}
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    for_each = parser.add_subparsers(dest="name", metavar="NAME", help=", ".join(sorted(known)))
    for name, benchmark in sorted(known.items()):
        own = for_each.add_parser(name, help=(benchmark.__doc__ or "").partition("\n")[0])
        own.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON instead of a table")
        if hasattr(benchmark, "add_arguments"):
            benchmark.add_arguments(own)
    options = parser.parse_args()
    log_to_stderr(logging.WARNING)  # stdout is for the figures
    chosen = [options.name] if options.name else sorted(known)
    figures = {name: known[name].run(_defaults(parser, name) if not options.name else options) for name in chosen}
    if options.json:
        print(json.dumps(figures[options.name] if options.name else figures, indent=2, ensure_ascii=False))
    else:
        Console().print(_table(figures))
    return 0


def discover() -> Iterator[Benchmark]:
    """Every module of this package that is a benchmark."""
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name != "__main__":
            found = importlib.import_module(f"{benchmarks.__name__}.{module.name}")
            if hasattr(found, "NAME"):
                yield cast(Benchmark, found)


def _defaults(parser: argparse.ArgumentParser, name: str) -> argparse.Namespace:
    return parser.parse_args([name])


def _table(figures: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table("benchmark", "figure", "value")
    for name, measured in figures.items():
        for row, (figure, value) in enumerate(_flat(measured)):
            table.add_row("" if row else name, figure, value)
        table.add_section()
    return table


def _flat(figures: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


if __name__ == "__main__":
    sys.exit(main())
