"""What the openai library raises, in the words of `bot.errors`.  Nothing of a server's own text is passed on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
import openai

from bot.errors import (
    AnswerFiltered,
    AnswerMalformed,
    BotError,
    ModelError,
    ModelNotFound,
    ModelUnavailable,
    RateLimited,
    Unauthorized,
)

LONGEST_WAIT = 20.0  # seconds that a server may ask for and still be waited for
TOO_SLOW = (
    "The language model does not answer in time; please try again in a few minutes. "
    "If this lasts, raise PAPERWIRE_MODEL_TIMEOUT."
)
_RETRIED = {408, 409, 425, 500, 502, 503, 504, 520, 522, 524, 529}
_STATUS_OF = {  # of errors that come with status 200 and no number of their own
    "rate_limit": 429,
    "too_many_requests": 429,
    "quota": 429,
    "overloaded": 503,
    "authentication": 401,
    "invalid_api_key": 401,
    "permission": 403,
    "not_found": 404,
    "invalid_request": 400,
    "context_length": 400,
    "content_filter": 400,
}
_UNNAMED = 502
_BAD_LUCK = "json_validate_failed"  # Groq's code for an answer that its own check refused


def complaint(error: openai.APIError) -> str:
    """All that a server said about a refusal, for looking up names in; not for people."""
    body = error.body if isinstance(error.body, str | dict) else ""
    return f"{error.message} {error.param or ''} {error.code or ''} {body}"[:4_000]


def passes(error: BaseException, now: datetime) -> bool:
    """Whether the same call may succeed after a short wait.  A server that hung once is not asked again."""
    if isinstance(error, openai.APIStatusError):
        is_busy = error.status_code == 429 and not _is_out_of_credit(error)
        may_pass = is_busy or error.status_code in _RETRIED or is_bad_luck(error)
        return may_pass and (asked_wait(error, now) or 0) <= LONGEST_WAIT
    return isinstance(error, openai.APIConnectionError) and not isinstance(error, openai.APITimeoutError)


def is_bad_luck(error: openai.APIError) -> bool:
    """Whether the server refused this one answer of the model, not the question."""
    return error.code == _BAD_LUCK


def failed_generation(error: openai.APIError) -> str:
    """The answer that the server refused, where it gives it; it may be near enough to what was asked for."""
    generated = error.body.get("failed_generation") if isinstance(error.body, dict) and is_bad_luck(error) else None
    return generated if isinstance(generated, str) else ""


def error_inside(error: object, request: httpx2.Request) -> openai.APIStatusError:
    """An error that came with status 200, as the status that it should have had."""
    body = error if isinstance(error, Mapping) else {"message": str(error)}
    response = httpx2.Response(_status_inside(body), request=request)
    return openai.APIStatusError(str(body.get("message", "")), response=response, body=body)


def _status_inside(error: Mapping[str, object]) -> int:
    for value in (error.get("code"), error.get("status"), error.get("status_code")):
        if str(value).isdecimal() and 400 <= int(str(value)) < 600:
            return int(str(value))
    said = f"{error.get('code')} {error.get('type')} {error.get('message')}".lower().replace(" ", "_")
    return next((status for word, status in _STATUS_OF.items() if word in said), _UNNAMED)


def asked_wait(error: BaseException, now: datetime) -> float | None:
    """Seconds that the server asks to wait (`Retry-After`, RFC 9110 section 10.2.3: seconds or a date)."""
    value = error.response.headers.get("retry-after", "") if isinstance(error, openai.APIStatusError) else ""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        instant = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (instant.replace(tzinfo=instant.tzinfo or UTC) - now).total_seconds())


def translated(error: openai.APIError, model: str, now: datetime) -> BotError:
    """The error to raise instead."""
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, model, now)
    if isinstance(error, openai.APITimeoutError):
        return ModelUnavailable(TOO_SLOW)
    if isinstance(error, openai.APIConnectionError):
        return ModelUnavailable("The language model's server cannot be reached; if this lasts, check OPENAI_BASE_URL.")
    return broken_off()


def broken_off() -> ModelUnavailable:
    """An answer began and did not end."""
    return ModelUnavailable("The language model broke off in the middle of its answer; please try again.")


def not_a_model() -> ModelUnavailable:
    """The server answered with something that is no chat completion."""
    return ModelUnavailable(
        "The server at OPENAI_BASE_URL answers, but not as a language model's server does; "
        "check that address (it usually ends in /v1)."
    )


def nothing_there() -> ModelUnavailable:
    """The server has nothing at the address."""
    return ModelUnavailable(
        "The server at OPENAI_BASE_URL has no chat completions there; "
        "check the address, which usually ends in /v1, such as http://127.0.0.1:11434/v1."
    )


def _of_status(error: openai.APIStatusError, model: str, now: datetime) -> BotError:
    said = complaint(error).lower()
    match error.status_code:
        case _ if is_bad_luck(error):
            return AnswerMalformed("The language model's answer was not of the form asked for.")
        case 401:
            return Unauthorized("The language model's server refuses the key; check OPENAI_API_KEY.")
        case 403:
            return Unauthorized(f"This key may not use the model {model}; check OPENAI_API_KEY and PAPERWIRE_MODEL.")
        case 402 | 429 if _is_out_of_credit(error):
            return Unauthorized("The language model's account has no credit left; top it up or change OPENAI_API_KEY.")
        case 429:
            return RateLimited(
                "The language model is busy; please try again in a moment.", retry_after=asked_wait(error, now)
            )
        case status if _names_unknown_model(status, said):
            return ModelNotFound(f"The server knows no model named {model}; set PAPERWIRE_MODEL to one that it has.")
        case 404:
            return nothing_there()
        case status if status >= 500 or status in _RETRIED:
            return ModelUnavailable("The language model's server has trouble; please try again in a few minutes.")
        case _ if "content_filter" in said or "content management policy" in said:
            return AnswerFiltered("The model provider's content filter stopped the question.")
        case _ if "context" in said and ("length" in said or "window" in said or "size" in said):
            return ModelError(f"That was too much text for the model {model} at once.")
        case status:
            return ModelError(f"The language model's server does not accept the request (HTTP {status}).")


def _names_unknown_model(status: int, said: str) -> bool:
    """Whether the refusal is about the model: a 404 may as well be about the address."""
    unknown = any(words in said for words in ("not found", "not exist", "not_found", "unknown model", "invalid model"))
    names_it = any(word in said for word in ("model", "deployment", "no endpoints found"))  # of Azure, of OpenRouter
    return status in (400, 404, 422, 500) and names_it and (unknown or status == 404)


def _is_out_of_credit(error: openai.APIStatusError) -> bool:
    return error.status_code == 402 or "insufficient_quota" in complaint(error)
