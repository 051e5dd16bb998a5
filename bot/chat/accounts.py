"""What was spent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict

from bot.chat.engine import Asked
from bot.chat.request import Final, Reply
from bot.documents.model import Block, Document, Facts, Footnote, Paragraph, Text, text
from bot.ports import Clock, DayUsage, UsageLedger

_ADVICE = " With OPENAI_API_KEY set, a model writes summaries."  # for whoever runs the bot


class Accounts:
    """Handler of `usage`.  `budget` is the tokens a workspace may use a day; 0 means any number."""

    def __init__(self, ledger: UsageLedger, clock: Clock, *, budget: int, model: str | None) -> None:
        self._ledger = ledger
        self._clock = clock
        self._budget = budget
        self._model = model

    async def usage(self, asked: Asked) -> AsyncIterator[Reply]:
        """Tokens and cost of this workspace since midnight UTC."""
        day = self._clock.now().date()
        rows = await self._ledger.usage(asked.request.place.workspace, day)
        tokens = sum(row.prompt_tokens + row.completion_tokens for row in rows)
        data = {
            "day": day.isoformat(),
            "model": self._model,
            "tokens": tokens,
            "budget": self._budget,
            "cost_usd": _cost(rows),
            "rows": [asdict(row) for row in rows],
        }
        advice = _ADVICE if self._model is None and asked.request.runs_bot else ""
        sentence, limit = Paragraph(text(self._sentence(tokens, rows) + advice)), Footnote(text(self._limit()))
        blocks: tuple[Block, ...] = (sentence, *_table(rows), limit)
        yield Final(Document("Used today", blocks, private=True, data=data))

    def _sentence(self, tokens: int, rows: Sequence[DayUsage]) -> str:
        if self._model is None:
            return "No language model is set up, so nothing is spent."
        if not rows:
            return "Nothing yet: today's answers came without a call to the language model."
        calls = sum(row.calls for row in rows)
        cost = _cost(rows)
        price = "at a price that is not known here" if cost is None else f"about ${cost:.4f}"
        return f"{tokens:,} tokens in {calls:,} call{'' if calls == 1 else 's'}, {price}."

    def _limit(self) -> str:
        if self._budget:
            return f"This workspace may use {self._budget:,} tokens a day; the count starts anew at midnight UTC."
        return "There is no daily limit; the count starts anew at midnight UTC."


def _cost(rows: Sequence[DayUsage]) -> float | None:
    known = [row.cost for row in rows if row.cost is not None]
    return sum(known) if known or not rows else None


def _table(rows: Sequence[DayUsage]) -> tuple[Facts, ...]:
    lines: list[tuple[str, Text]] = [
        (f"{row.purpose}, {row.model}", text(f"{row.prompt_tokens:,} read, {row.completion_tokens:,} written"))
        for row in rows
    ]
    return (Facts(tuple(lines)),) if lines else ()
