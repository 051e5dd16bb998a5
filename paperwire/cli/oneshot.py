"""One command given on the command line: asked of the same engine as in chat, answered on stdout.

With `as_json` stdout holds one JSON value, the document's `data`; of an error it is `{"error": sentence, …}`.  Without
it an error is a sentence on stderr.  The exit code is 1 for an error either way.
"""

from __future__ import annotations

import sys

from bot.chat.request import Final
from bot.documents.model import Document
from bot.documents.plain import plain_document
from bot.errors import BotError
from bot.logs import log_to_file
from paperwire.bootstrap import App, Parts, demo_parts, open_app
from paperwire.cli.outcome import FAILED
from paperwire.cli.printing import print_json
from paperwire.settings import Settings, load


async def ask(line: str, *, as_json: bool = False, demo: bool = False) -> int:
    """Give one command, say what comes back, return the exit code."""
    try:
        settings, parts = surroundings(demo=demo)
        log_to_file(None if demo else settings.data)
        async with open_app(settings, parts, or_read_only=True, stays=False) as app:
            document = await _answer(app, line, as_json=as_json)
    except BotError as error:
        if not as_json:
            raise
        document = Document(data={"error": error.sentence, "kind": type(error).__name__})
    if as_json:
        print_json(document.data)
    elif is_error(document):
        sys.stderr.write(plain_document(document, zone=None) + "\n")
    return FAILED if is_error(document) else 0


def surroundings(*, demo: bool) -> tuple[Settings, Parts | None]:
    """Settings and parts: those of this machine, or those of the demonstration, which needs none.

    Raises:
        SettingsError: as `paperwire.settings.load`.
    """
    return (Settings.model_validate({}), demo_parts()) if demo else (load(), None)


def is_error(document: Document) -> bool:
    """Whether the engine said that it could not do what was asked."""
    return isinstance(document.data, dict) and "error" in document.data


async def _answer(app: App, line: str, *, as_json: bool) -> Document:
    """Handle the command; what is not JSON and no error is shown as it comes."""
    from adapters.terminal.app import as_command, open_screen

    last = Document()
    with open_screen().answer() as answer:
        async for reply in app.engine.handle(app.engine.parse(as_command(line))):
            if isinstance(reply, Final):
                last = reply.document
            if not as_json and not is_error(last):
                answer.show(reply)
    return last
