"""The doctor's look at the language model: asked the way the bot asks it, and whether it is about to be shut down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from bot.clock import SystemClock
from bot.errors import AnswerCut, AnswerEmpty, AnswerMalformed, ModelError
from bot.llm.catalog import facts_of
from bot.llm.lifetimes import announced_shutdown
from bot.llm.model import Completion, ModelCall
from bot.llm.prompts import load_prompt
from bot.ports import Clock, LanguageModel
from paperwire import bootstrap
from paperwire.doctor.model import Result, Verdict
from paperwire.settings import Settings

OPENAI_HOST = "api.openai.com"
NOTICE = timedelta(days=60)  # ahead of a shutdown
PAPER = {
    "id": "2606.00001",
    "title": "Kettles That Whistle Sooner",
    "abstract": "Kettles boil slowly. We present a lid that keeps the steam in. It saves 12% of the time.",
    "note": "",
}
_UNUSABLE: Mapping[type[ModelError], tuple[str, str]] = {
    AnswerCut: (
        "answers, but its answer is cut at the length limit",
        "It may think for too long: turn its thinking down or off, or choose another PAPERWIRE_MODEL.",
    ),
    AnswerEmpty: ("answers with nothing", "Look into the server's log, or choose another PAPERWIRE_MODEL."),
    AnswerMalformed: (
        "answers, but not in the JSON form that the bot asks for",
        "Choose a PAPERWIRE_MODEL that follows a JSON Schema.",
    ),
}


async def look_at_model(settings: Settings) -> Result:
    """Ask for one summary as the bot does (schema, cap, streamed), which costs some hundred tokens."""
    clock = SystemClock()
    async with bootstrap.open_model(settings, clock) as model:
        if model is None:
            return Result(
                Verdict.WARNING,
                "No language model is set up: summaries come from Hugging Face and from the abstracts.",
                "Set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own.",
            )
        answer = await _probe(model, clock)
    if answer.verdict is Verdict.FAULT:
        return answer
    shutdown = await _shutdown(settings)
    return with_notice(answer, shutdown, clock.now().date())


async def _probe(model: LanguageModel, clock: Clock) -> Result:
    began = clock.now()
    call = load_prompt("summaries").call(purpose="doctor", language="English", papers=[PAPER])
    try:
        completion = await _answer(model, call)
    except ModelError as error:
        fault = _UNUSABLE.get(type(error))
        if fault is None:
            raise
        return Result(Verdict.FAULT, f"{model.name} {fault[0]}.", fault[1])
    seconds = (clock.now() - began).total_seconds()
    written = completion.usage.completion_tokens
    return Result(
        Verdict.OK, f"{model.name} answers in the form that the bot asks for ({written} tokens in {seconds:.1f} s)."
    )


async def _answer(model: LanguageModel, call: ModelCall) -> Completion:
    async for piece in model.stream(call):
        if isinstance(piece, Completion):
            return piece
    raise AnswerEmpty


async def _shutdown(settings: Settings) -> date | None:
    """The day on which the model goes: what its server says, else what the table says of a model at OpenAI."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    said = await announced_shutdown(settings.model, api_key=key, base_url=settings.openai_base_url)
    return said or (facts_of(settings.model).shutdown if is_at_openai(settings.openai_base_url) else None)


def is_at_openai(base_url: str | None) -> bool:
    """Whether requests go to OpenAI itself, perhaps in a region (eu.api.openai.com); without an address they do."""
    host = urlsplit(base_url).hostname if base_url else OPENAI_HOST
    return host is not None and (host == OPENAI_HOST or host.endswith(f".{OPENAI_HOST}"))


def with_notice(answer: Result, shutdown: date | None, today: date) -> Result:
    """Return the answer, as a warning from `NOTICE` ahead of the shutdown on."""
    if shutdown is None or shutdown - today > NOTICE:
        return answer
    verb = "shuts down" if shutdown > today else "was due to shut down"
    return replace(
        answer,
        verdict=Verdict.WARNING,
        sentence=f"{answer.sentence} It {verb} on {shutdown}.",
        fix="Set PAPERWIRE_MODEL to a newer model before that day.",
    )
