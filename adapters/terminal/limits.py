"""What a terminal bears."""

from __future__ import annotations

MAX_WIDTH = 100  # columns; longer lines are hard to read, however wide the window is
MIN_WIDTH = 24  # columns; a narrower window gets lines of this width, which it wraps by itself
HISTORY_LINES = 5_000  # what the history file may grow to before its oldest half is dropped
MENU_LINES = 5  # kept free under the prompt for completions
