"""Pages of a list: which papers to show, and the button for those that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.chat.grammar import Invocation
from bot.documents.model import Action, Actions
from bot.errors import BadInput
from bot.reading.cards import counted

PAGE_SIZE = 10
MAX_PAGE_SIZE = 50
MAX_PAGE = 1_000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a list that was asked for; `number` counts from 1."""

    number: int = 1
    size: int = PAGE_SIZE

    @property
    def first(self) -> int:
        """The index of its first item, from 0."""
        return (self.number - 1) * self.size

    @property
    def end(self) -> int:
        """The index after its last item."""
        return self.first + self.size

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        """Its items.

        Raises:
            BadInput: the list ends before.
        """
        if self.first >= len(items) and self.number > 1:
            raise BadInput(
                f"There is no page {self.number}: this list has {counted(len(items), 'paper')}, {self.size} a page."
            )
        return items[self.first : self.end]

    def more(self, command: str, *, left: int) -> tuple[Actions, ...]:
        """A row with the button for the next page, where `left` items follow; else nothing."""
        if left <= 0:
            return ()
        top = f" top {self.size}" if self.size != PAGE_SIZE else ""
        label = f"Show the next {self.size} ({left} left)" if left > self.size else f"Show the last {left}"
        return (Actions((Action(label, f"{command} page {self.number + 1}{top}"),)),)


def read_page(invocation: Invocation) -> Page:
    """The page asked for, by `page` and `top`, which the engine has seen to be numbers that can be."""
    return Page(int(invocation.get("page", "1")), int(invocation.get("top", str(PAGE_SIZE))))
