"""`python -m paperwire` is the command `paperwire`."""

from __future__ import annotations

from paperwire.cli import main

main()
