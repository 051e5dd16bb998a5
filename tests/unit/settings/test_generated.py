"""What is generated from the code stands in the files as it would be generated now."""

from __future__ import annotations

import asyncio

from bot.chat.commands import COMMANDS
from paperwire.settings import load, names
from scripts import generate, picture


def test_the_readme_has_todays_tables() -> None:
    readme = (generate.ROOT / "README.md").read_text(encoding="utf-8")
    assert generate.with_tables(readme) == readme, "run: python -m scripts.generate"


def test_the_readme_names_every_command_and_setting() -> None:
    readme = (generate.ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in [*names(), *(command.name for command in COMMANDS)] if f"`{name}" not in readme]
    assert not missing


def test_the_example_of_the_environment_is_todays() -> None:
    example = (generate.ROOT / ".env.example").read_text(encoding="utf-8")
    assert generate.env_example() == example, "run: python -m scripts.generate"


def test_the_example_sets_nothing() -> None:
    assert load({}, generate.ROOT / ".env.example") == load({}, generate.ROOT / "no such file")


def test_the_picture_can_be_drawn() -> None:
    assert "Vidu" in asyncio.run(picture.draw())
