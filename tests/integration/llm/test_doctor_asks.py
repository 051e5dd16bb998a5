"""The doctor asks a model the way the bot will, and tells what came back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from paperwire.doctor.checks import advice
from paperwire.doctor.language_model import NOTICE, look_at_model
from paperwire.doctor.model import Result, Verdict
from paperwire.doctor.report import run_checks, with_advice
from paperwire.settings import Settings
from tests.servers.openai import Behaviour, OpenAIServer, fails, html, openai_server, says, says_json

FIELDS = ("line", "problem", "method", "result", "why")
WELL = says_json({"papers": [{"id": "2606.00001", "question": ""} | dict.fromkeys(FIELDS, "A lid saves 12%.")]})


class ModelCheck:
    """The check as the doctor runs it."""

    name = "language model"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def run(self) -> Result:
        """Look."""
        return await look_at_model(self._settings)


async def examined(*behaviours: Behaviour, path: str = "", shutdown: str | None = None) -> tuple[Result, OpenAIServer]:
    async with openai_server(*behaviours) as server:
        server.shutdown_date = shutdown
        address = server.url if not path else server.url.removesuffix("/v1") + path
        settings = Settings.model_validate({"OPENAI_BASE_URL": address, "PAPERWIRE_MODEL": "gpt-6-luna"})
        findings = await run_checks([ModelCheck(settings)])
    return with_advice(findings, advice(settings))["language model"], server


async def test_it_asks_with_schema_cap_and_stream() -> None:
    result, server = await examined(WELL)
    assert result.verdict is Verdict.OK
    (asked,) = server.asked
    assert asked["stream"] is True
    assert asked["response_format"]["type"] == "json_schema"
    assert asked["max_completion_tokens"] > 16
    assert asked["reasoning_effort"] == "low"


@pytest.mark.parametrize(
    "behaviour",
    [says("Gladly!"), says("", finish="stop"), says(json.dumps({"papers": []})[:5], finish="length")],
    ids=["no JSON", "nothing", "cut"],
)
async def test_an_answer_that_the_bot_could_not_use_is_a_fault_with_its_fix(behaviour: Behaviour) -> None:
    result, _ = await examined(behaviour)
    assert result.verdict is Verdict.FAULT
    assert result.fix


@pytest.mark.parametrize("path", ["/", "/v2", "/v1/chat"])
async def test_an_address_without_its_end_is_said_to_be_wrong(path: str) -> None:
    result, _ = await examined(WELL, path=path)
    assert result.verdict is Verdict.FAULT
    assert "OPENAI_BASE_URL" in result.sentence
    assert "/v1" in result.sentence


async def test_the_whole_address_of_the_endpoint_works() -> None:
    result, _ = await examined(WELL, path="/v1/chat/completions")
    assert result.verdict is Verdict.OK


async def test_an_unknown_model_is_told_from_a_wrong_address() -> None:
    unknown = fails(404, "The model `gpt-6-luna` does not exist.", code="model_not_found")
    result, _ = await examined(unknown)
    assert "PAPERWIRE_MODEL" in result.sentence
    result, _ = await examined(html(404))
    assert "OPENAI_BASE_URL" in result.sentence


@pytest.mark.parametrize("days", [1, NOTICE.days])
async def test_a_shutdown_that_the_server_announces_is_a_warning(days: int) -> None:
    day = (datetime.now(UTC) + timedelta(days=days)).date()
    result, _ = await examined(WELL, shutdown=day.isoformat())
    assert result.verdict is Verdict.WARNING
    assert day.isoformat() in result.sentence
    assert "PAPERWIRE_MODEL" in result.fix


@pytest.mark.parametrize("shutdown", ["9999-01-01", "soon", None])
async def test_a_far_or_unreadable_shutdown_is_none(shutdown: str | None) -> None:
    result, _ = await examined(WELL, shutdown=shutdown)
    assert result.verdict is Verdict.OK
