"""From what a model sent to a `Completion`, or to the name of what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.errors import AnswerCut, AnswerEmpty, AnswerFiltered, AnswerMalformed, ModelRefused
from bot.llm import jsonform
from bot.llm.model import Completion

CUT = "The language model's answer was cut at its length limit."


def finished(
    answer: Completion,
    *,
    finish: str | None,
    refused: bool = False,
    strange: bool = False,
    schema: Mapping[str, Any] | None = None,
) -> Completion:
    """The answer, checked, with its data where a schema was asked for.

    `answer.text` is without thoughts; `finish` is the server's finish reason ("stop", "length", "content_filter");
    `strange` says that the server sent content of a form that nobody knows.

    Raises:
        ModelRefused, AnswerFiltered, AnswerCut, AnswerEmpty, AnswerMalformed: each carries the answer.
    """
    if refused:
        raise ModelRefused("The language model declined to answer.", answer=answer)
    if finish == "content_filter":
        raise AnswerFiltered("The model provider's content filter stopped the answer.", answer=answer)
    if finish == "length":
        raise AnswerCut(CUT, answer=answer)
    if strange:
        raise AnswerMalformed("The language model's server sent an answer of an unknown form.", answer=answer)
    if not answer.text.strip():
        raise AnswerEmpty("The language model answered with nothing; please try again.", answer=answer)
    if schema is None:
        return answer
    try:
        return replace(answer, data=jsonform.parse(answer.text, schema))
    except jsonform.NotOfForm as fault:
        raise AnswerMalformed("The language model's answer was not of the form asked for.", answer=answer) from fault
