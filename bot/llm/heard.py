"""What has come of one answer so far."""

from __future__ import annotations

from bot.llm.pieces import Piece, Reported
from bot.llm.thinking import BEGINS_JSON, ThoughtFilter, without_unopened


class Heard:
    """Collects the pieces of an answer; `is_json` says whether it is expected to be JSON."""

    def __init__(self, *, is_json: bool) -> None:
        self._is_json = is_json
        self._texts: list[str] = []
        self._thoughts: list[str] = []
        self._all: list[str] = []
        self._filter = ThoughtFilter(is_json=is_json)
        self.finish: str | None = None
        self.refused = False
        self.strange = False
        self.usage: Reported | None = None
        self.length = 0  # characters that came, thoughts included

    def take(self, piece: Piece) -> str:
        """Note a piece; what of the answer is sure after it."""
        self.usage = piece.usage or self.usage
        self.finish = piece.finish or self.finish
        self.refused = self.refused or piece.refused
        self.strange = self.strange or piece.strange
        self._all += (piece.thoughts, piece.text)
        self.length += len(piece.thoughts) + len(piece.text)
        if piece.thoughts:
            self._thoughts.append(piece.thoughts)
        return self._keep(self._filter.feed(piece.text))

    def end(self) -> str:
        """The last piece."""
        return self._keep(self._filter.end())

    @property
    def text(self) -> str:
        """The answer without its thoughts; JSON that is all there is of thoughts is the answer in the wrong field."""
        text = "".join(self._texts)
        if not (self._is_json and text.lstrip().startswith(BEGINS_JSON)):  # whose words may speak of marks
            text = without_unopened(text)
        thoughts = "".join(self._thoughts).strip()
        is_misplaced = self._is_json and self.finish != "length" and thoughts[:1] == "{" and thoughts[-1:] == "}"
        return thoughts if is_misplaced and not text.strip() else text

    @property
    def written(self) -> str:
        """All that came, thoughts included, for counting."""
        return "".join(self._all)

    @property
    def has_thoughts(self) -> bool:
        """Whether the model thought before it answered."""
        return bool(self._thoughts) or self._filter.thought or bool(self.usage and self.usage.thoughts)

    @property
    def is_cut_while_thinking(self) -> bool:
        """Whether the length limit came before the first word of the answer."""
        text = self.text
        return self.finish == "length" and not (text.strip() and ("{" in text or not self._is_json))

    def _keep(self, text: str) -> str:
        if text:
            self._texts.append(text)
        return text
