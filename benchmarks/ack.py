"""Time to acknowledge on a platform, against a bare bot of that platform's library, side by side in one run."""

from __future__ import annotations

import argparse
from typing import Any

from benchmarks import ack_discord, ack_slack

NAME = "ack"
PLATFORMS = {"slack": ack_slack, "discord": ack_discord}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--platform` and `--count`."""
    parser.add_argument("--platform", choices=sorted(PLATFORMS), help="one platform; all without it")
    parser.add_argument("--count", type=int, help="how many commands")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """The figures of one platform, or of each by its name."""
    if options.platform:
        figures: dict[str, Any] = PLATFORMS[options.platform].run(options)
        return figures
    return {name: platform.run(options) for name, platform in PLATFORMS.items()}
