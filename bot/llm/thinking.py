"""Dropping the thoughts that open models write before their answer, each family between marks of its own.

Only thoughts at the very beginning are thoughts; the same marks later on are part of the answer.  Some chat templates
write the opening mark themselves, so that the answer holds the closing one alone: then all before it is thoughts.
"""

from __future__ import annotations

import re

_PAIRS = {
    "<think>": "</think>",  # DeepSeek-R1, Qwen3, QwQ
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",  # Gemma, Gemini
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[THINK]": "[/THINK]",  # Magistral
    "◁think▷": "◁/think▷",  # Kimi
}
_CHANNELS = ("<|channel|>", "<|start|>")  # gpt-oss: https://cookbook.openai.com/articles/openai-harmony
_FINAL = r"<\|channel\|>final[^<|]{0,40}(?:<\|constrain\|>[^<|]{0,40})?<\|message\|>"
_CLOSINGS: dict[str, re.Pattern[str]] = {
    **{opening: re.compile(re.escape(closing)) for opening, closing in _PAIRS.items()},
    **dict.fromkeys(_CHANNELS, re.compile(_FINAL)),
}
_ANY_CLOSING = re.compile("|".join(map(re.escape, _PAIRS.values())))
_ANY_OPENING = re.compile("|".join(map(re.escape, _PAIRS)))
_LONGEST_CLOSING = 160  # characters; more than any closing mark has
BEGINS_JSON = tuple('{["`')  # the last one begins a fence


class ThoughtFilter:
    """Passes on a streamed answer without its opening thoughts, however the pieces are cut.

    With `is_json` the answer is expected to be JSON.  Words before it are held back, as they may turn out to be
    thoughts without an opening mark; without it such thoughts are passed on before their end is seen.
    """

    def __init__(self, *, is_json: bool = False) -> None:
        self._is_json = is_json
        self._held = ""
        self._shelved: list[str] = []  # held words of prose before `_held`, in which no mark ends
        self._has_opening = False  # whether they hold an opening mark
        self._closing: re.Pattern[str] | None = None  # of the thoughts that are under way
        self._is_prose = False  # held words that no mark opened
        self._answering = False
        self.thought = False  # whether there were any

    def feed(self, piece: str) -> str:
        """What of the answer is sure after this piece."""
        if self._answering:
            return piece
        self._held += piece
        while self._advance():
            pass
        return self._released()

    def end(self) -> str:
        """What was still held back when the answer ended: half an opening mark is an answer after all."""
        held = "".join((*self._shelved, self._held))
        self._shelved, self._held = [], ""
        return "" if self._answering or self._closing else held

    def _advance(self) -> bool:
        """Tell a little more of what is held; False once there is no more to tell."""
        if self._answering:
            return False
        return self._leave_thoughts() if self._closing or self._is_prose else self._begin()

    def _released(self) -> str:
        if not self._answering:
            return ""
        held, self._held = self._held, ""
        return held

    def _begin(self) -> bool:
        """Look at the first characters; whether they tell what begins here."""
        start = self._held = self._held.lstrip()
        opening = next((mark for mark in _CLOSINGS if start.startswith(mark)), None)
        if opening is not None:
            self._closing, self.thought = _CLOSINGS[opening], True
        elif any(mark.startswith(start) for mark in _CLOSINGS):  # so does every mark where nothing is there yet
            return False
        elif self._is_json and not start.startswith(BEGINS_JSON):
            self._is_prose = True
        else:
            self._answering = True
        return True

    def _leave_thoughts(self) -> bool:
        """Go on to the answer, if the thoughts have ended and a word of it is there; whether that is so."""
        found = (self._closing or _ANY_CLOSING).search(self._held)
        if self._is_prose and _ANY_OPENING.search(self._held, 0, found.start() if found else len(self._held)):
            self._has_opening = True
        if found is None or (self._is_prose and self._has_opening):
            self._shelve()
            return False
        answer = self._held[found.end() :].lstrip()
        if not answer:
            self._held = found[0]
            return False
        self.thought, self._held, self._shelved = True, answer, []
        self._answering = not self._is_prose
        self._is_prose = False  # else prose follows, which may be thoughts once more
        return True

    def _shelve(self) -> None:
        """Put aside what need not be searched again; of thoughts nothing is kept."""
        self._shelved += [self._held[:-_LONGEST_CLOSING]] if self._is_prose else []
        self._held = self._held[-_LONGEST_CLOSING:]


def without_unopened(text: str) -> str:
    """The answer without thoughts that only a closing mark ends."""
    closing = _ANY_CLOSING.search(text)
    if closing is None or _ANY_OPENING.search(text, 0, closing.start()):
        return text
    return text[closing.end() :].lstrip()
