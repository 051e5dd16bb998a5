"""Write what is generated from the code: the tables of README.md between their markers, and .env.example.

    python -m scripts.generate

A test compares the files with what this would write.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.chat.commands import COMMANDS
from paperwire.settings import Settings

ROOT = Path(__file__).parent.parent
MARKED = re.compile(r"(<!-- (?P<name>[a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)
ENV_HEAD = """\
# Copy this file to .env and set what you need; everything is optional.
# Written by `python -m scripts.generate` from paperwire/settings.py.
"""


def main() -> None:
    """Write all files."""
    readme = ROOT / "README.md"
    readme.write_text(with_tables(readme.read_text(encoding="utf-8")), encoding="utf-8")
    (ROOT / ".env.example").write_text(env_example(), encoding="utf-8")


def with_tables(readme: str) -> str:
    """The README with each marked table made anew; a marker that names no table is left alone."""
    tables = {"commands": command_table, "settings": settings_table}

    def fill(match: re.Match[str]) -> str:
        make = tables.get(match["name"])
        return f"{match[1]}{make()}\n{match[3]}" if make else match[0]

    return MARKED.sub(fill, readme)


def command_table() -> str:
    """Every command with its help."""
    rows = (f"| `{_cell(command.brief)}` | {_cell(command.help)} |" for command in COMMANDS)
    return "\n".join(("| command | what it does |", "|---|---|", *rows))


def settings_table() -> str:
    """Every setting with its meaning and default."""
    rows = (
        f"| `{field.alias}` | {_cell(field.description or '')} | {_default(field)} |"
        for field in Settings.model_fields.values()
    )
    return "\n".join(("| setting | meaning | default |", "|---|---|---|", *rows))


def env_example() -> str:
    """Every setting as a line that is commented out, under its meaning."""
    entries = (
        f"# {field.description}\n#{field.alias}={_shown(field.default)}\n" for field in Settings.model_fields.values()
    )
    return "\n".join((ENV_HEAD, *entries))


def _default(field: FieldInfo) -> str:
    shown = _shown(field.default)
    return f"`{shown}`" if shown else ""


def _shown(default: Any) -> str:
    """A default as it would be written in the environment; nothing for those that are not simple values."""
    return str(default) if isinstance(default, str | int | float) and not isinstance(default, SecretStr) else ""


def _cell(value: str) -> str:
    return value.replace("|", "\\|")


if __name__ == "__main__":
    main()
