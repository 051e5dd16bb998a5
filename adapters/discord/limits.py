"""Discord's limits, in one table.  Source: discord-api-docs, interactions and resources, August 2026.

Discord does not say whether it counts code points or UTF-16 units; `length` counts the larger, and text keeps a margin.
"""

from __future__ import annotations

COMPONENTS = 40  # of one message, nested ones included
TEXT = 4000  # displayed characters over all text components of a message
TEXT_BUDGET = 3920  # what is used of them: 2 % margin
BUTTONS_IN_ROW = 5
BUTTON_LABEL = 80
BUTTON_LINK = 512
CUSTOM_ID = 100
ALT_TEXT = 1024
MEDIA_LINK = 2048
ATTACHMENTS = 10

MODAL_TITLE = 45
FORM_COMPONENTS = 5  # labels and texts at the top of a form
INPUT_LABEL = 45
INPUT_PLACEHOLDER = 100
INPUT_LENGTH = 4000

CHOICES = 25
CHOICE = 100
DESCRIPTION = 100  # of a command, an option, a field of a form

THREAD_NAME = 100
NONCE = 25

MESSAGES = 8  # of one answer; our own, so that no answer floods a channel
FOREIGN_FOLLOWUPS = 5  # where the app is installed to the user only (error 40094)


def length(text: str) -> int:
    """Characters as Discord may count them: UTF-16 units, which are never fewer than code points."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
