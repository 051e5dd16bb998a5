"""The command line."""

from paperwire.cli.app import main

__all__ = ["main"]
