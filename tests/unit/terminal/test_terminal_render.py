"""Documents in a window with colours."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from adapters.terminal.render import render
from bot.documents.model import Action, Bars, Card, Document, Facts, Image, text

ADDRESS = "https://project.test/of/a/paper"


def shown(document: Document, width: int) -> list[str]:
    """The lines in a window of that many columns."""
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as capture:
        console.print(render(document))
    return [line.rstrip() for line in capture.get().splitlines()]


@pytest.mark.parametrize(("width", "lines"), [(80, 1), (40, 2)])
def test_a_narrow_window_has_names_over_their_values(width: int, lines: int) -> None:
    facts = Facts((("A rather long name", text(ADDRESS)),))
    found = shown(Document(blocks=(facts,)), width)
    assert len(found) == lines
    assert found[-1].endswith(ADDRESS)


def test_the_hint_is_about_the_first_card() -> None:
    cards = tuple(
        Card(
            paper_id=f"2607.0000{rank}", title="T", url="https://arxiv.org", rank=rank, actions=(Action("D", "show x"),)
        )
        for rank in (1, 2)
    )
    assert shown(Document(blocks=cards), 80)[-1] == "Next: show #1"


@pytest.mark.parametrize("width", [30, 60, 120])
def test_a_chart_is_bars_of_text(width: int) -> None:
    bars = Bars(("This week", "the week before"), (("Agents", (40, 20)), ("Code", (10, 11))))
    lines = shown(Document(blocks=(Image("A chart.", data=b"png", title="Topics", bars=bars),)), width)
    assert lines[:2] == ["Topics", "This week (the week before)"]
    assert (lines[2].startswith("Agents ██"), lines[3].rstrip().endswith("10 (11)")) == (True, True)
