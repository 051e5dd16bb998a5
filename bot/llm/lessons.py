"""What is learnt from a server's refusals and answers: a table of symptoms and adaptations.

A refusal is read as lower-case text.  The first row whose symptom fits, and whose adaptation changes what is sent,
is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.llm.dialect import FORMS, WIDE_ROOM, Dialect, Parameters
from bot.llm.heard import Heard
from bot.llm.model import ModelCall
from bot.llm.schemas import LIMITS, limits

Adaptation = Callable[[Dialect, ModelCall, re.Match[str]], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A symptom in the text of a refusal, and what to do about it."""

    symptom: re.Pattern[str]
    adapt: Adaptation


def learn_from_refusal(dialect: Dialect, call: ModelCall, sent: Parameters, complaint: str) -> bool:
    """Take a refusal of `sent` to heart; whether it is worth asking again."""

    def differs() -> bool:
        return dialect.parameters(call, stream="stream" in sent) != sent

    if differs():  # another call has learnt it meanwhile
        return True
    for lesson in LESSONS:
        if found := lesson.symptom.search(complaint.lower()):
            lesson.adapt(dialect, call, found)
            if differs():
                return True
    return False


def learn_from_answer(dialect: Dialect, heard: Heard) -> None:
    """Give thoughts room from now on if there were any, and more if they left none for the answer."""
    if heard.is_cut_while_thinking:
        dialect.room = max(dialect.room, WIDE_ROOM)
    elif heard.has_thoughts:
        dialect.room = dialect.room or WIDE_ROOM
    dialect.proven = heard.finish != "length"


def _put_system_into_user_turn(dialect: Dialect, call: ModelCall, found: re.Match[str]) -> None:
    dialect.system_first = False


def _limit_context(dialect: Dialect, call: ModelCall, found: re.Match[str]) -> None:
    told = _N_CTX.search(found.string) or found
    dialect.context = int(re.sub(r"\D", "", told["tokens"]))


def _limit_cap(dialect: Dialect, call: ModelCall, found: re.Match[str]) -> None:
    dialect.most = int(found["tokens"])


def _drop_named_rule(dialect: Dialect, call: ModelCall, found: re.Match[str]) -> None:
    named = {spelled.replace("_", "") for spelled in found.re.findall(found.string)}
    dialect.dropped_rules |= {rule for rule in limits(call.schema or {}) if rule.lower() in named}


def _drop_strict(dialect: Dialect, call: ModelCall, found: re.Match[str]) -> None:
    dialect.dropped_rules.add("strict")


def _drop_all_rules(dialect: Dialect, call: ModelCall, found: re.Match[str]) -> None:
    if dialect.form == "json_schema":
        dialect.dropped_rules |= set(limits(call.schema or {}))


def _step_down(dialect: Dialect, call: ModelCall, found: re.Match[str]) -> None:
    if call.schema is not None:
        dialect.form = FORMS[min(FORMS.index(dialect.form) + 1, len(FORMS) - 1)]


def _drop_parameter(dialect: Dialect, call: ModelCall, found: re.Match[str]) -> None:
    unknown = (name for name in found.re.findall(found.string) if name not in dialect.dropped)
    dialect.dropped |= {next(unknown, found[0])}


def _drop_effort(dialect: Dialect, call: ModelCall, found: re.Match[str]) -> None:
    dialect.dropped.add("reasoning_effort")


def _stop_streaming(dialect: Dialect, call: ModelCall, found: re.Match[str]) -> None:
    dialect.dropped |= {"stream", "stream_options"}


def _swap_cap(dialect: Dialect, call: ModelCall, found: re.Match[str]) -> None:
    if dialect.cap_swapped:  # both names were tried
        return
    dialect.cap_swapped = True
    dialect.cap = "max_tokens" if dialect.cap == "max_completion_tokens" else "max_completion_tokens"


_RULES = "|".join(
    spelling for rule in sorted(LIMITS) for spelling in {rule.lower(), re.sub(r"(?<!^)(?=[A-Z])", "_", rule).lower()}
)
_NUMBER = r"\D{0,60}?(?P<tokens>\d{2,7})"
# No model reads less than a thousand tokens, so a smaller number is of something else.
_CONTEXT = r"(?<!\d)(?P<tokens>\d{1,3}(?:[,'_ ]\d{3}){1,2}|\d{4,7})(?!\d)"
_N_CTX = re.compile(rf"n_ctx\D{{1,10}}{_CONTEXT}")  # llama.cpp names the prompt's length before it

LESSONS = tuple(
    Lesson(re.compile(symptom), adapt)
    for symptom, adapt in (
        # Gemma and Mistral templates; vLLM, llama.cpp, mistral.rs
        (r"system role|roles must alternate|only user and assistant roles", _put_system_into_user_turn),
        # vLLM, llama.cpp, OpenAI: prompt and cap together are too much
        (rf"(?:context length|context window|context size|n_ctx).{{0,60}}?{_CONTEXT}", _limit_context),
        # OpenAI "at most 4096 completion tokens", DeepSeek "[1, 8192]", Groq "less than or equal to", Anthropic "9 > 8"
        (
            rf"max_(?:completion_)?tokens.{{0,80}}?(?:at most|less than or equal to|\[1,|\d >){_NUMBER}",
            _limit_cap,
        ),
        # Gemini 'Unknown name "maxItems"', OpenAI "'maxItems' is not permitted"
        (rf"\b(?:{_RULES})\b", _drop_named_rule),
        (r"[\"'`]strict[\"'`]", _drop_strict),
        # Gemini "the schema has too many states", llama.cpp "failed to parse grammar"
        (r"\bschema\b|grammar|too many states", _drop_all_rules),
        (r"response_format|json_schema|json_object|structured output|\bschema\b|grammar|too many states", _step_down),
        (r"stream(?:ing)? is not supported|not support stream(?:ing)?\b", _stop_streaming),
        (r"temperature|stream_options|reasoning_effort", _drop_parameter),
        (r"not support thinking|thinking is not supported", _drop_effort),  # Ollama
        (r"max_tokens|max_completion_tokens", _swap_cap),
    )
)
