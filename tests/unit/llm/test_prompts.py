"""Prompt files: every one renders, and says what it takes."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from jinja2 import UndefinedError
from jsonschema import Draft202012Validator

from bot.llm.prompts import load_prompt, parse_prompt

NAMES = sorted(file.name.removesuffix(".md") for file in files("prompts").iterdir() if file.name.endswith(".md"))
FILE = """---
version: 1
variables: [name]
max_tokens: 10
---
Be kind.
--- user ---
{{ fence }}
Hello, {{ name }}.
"""


class Anything(str):
    """A value that has every attribute and can be walked through: for rendering any template."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(f"{self}.{name}")

    def __iter__(self) -> Any:
        return iter([Anything("first"), Anything("second")] if len(self) < 20 else [])


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_renders_with_the_variables_it_declares(name: str) -> None:
    prompt = load_prompt(name)
    messages = prompt.render(**{variable: Anything(variable) for variable in prompt.variables})
    assert [message.role for message in messages][:2] == ["system", "user"]
    assert all(message.content for message in messages)


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_one_that_servers_take_strictly(name: str) -> None:
    for schema in _objects(load_prompt(name).schema):
        assert schema["additionalProperties"] is False
        assert set(schema["required"]) <= set(schema["properties"])


@pytest.mark.parametrize("name", NAMES)
def test_what_the_system_says_never_changes(name: str) -> None:
    prompt = load_prompt(name)
    variables = {variable: Anything(variable) for variable in prompt.variables}
    assert prompt.render(**variables)[0] == prompt.render(**variables)[0]


def test_the_fence_is_new_for_every_call() -> None:
    prompt = parse_prompt("greeting", FILE)
    assert prompt.render(name="Ada")[1] != prompt.render(name="Ada")[1]


def test_values_are_put_in_as_they_are() -> None:
    assert parse_prompt("greeting", FILE).render(name="<b> & {{ x }}")[1].content.endswith("Hello, <b> & {{ x }}.")


def test_what_a_prompt_does_not_use_changes_nothing() -> None:
    prompt = parse_prompt("greeting", FILE)
    assert prompt.render(name="Ada", mood="good")[0] == prompt.render(name="Ada")[0]


@pytest.mark.parametrize("variables", [{}, {"nam": "Ada"}])
def test_a_missing_variable_is_refused(variables: dict[str, str]) -> None:
    with pytest.raises(TypeError, match="greeting"):
        parse_prompt("greeting", FILE).render(**variables)


def test_a_template_that_uses_an_undeclared_variable_fails() -> None:
    with pytest.raises(UndefinedError):
        parse_prompt("greeting", FILE.replace("{{ name }}", "{{ nmae }}")).render(name="Ada")


def test_another_word_gives_another_hash() -> None:
    assert parse_prompt("a", FILE).hash != parse_prompt("a", FILE.replace("kind", "brief")).hash


@pytest.mark.parametrize("text", ["no settings", "---\nversion: 1\n---\nx", "---\n- a\n---\nx", "---\n: [\n---\nx"])
def test_a_file_of_another_form_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="greeting"):
        parse_prompt("greeting", text)


def test_a_call_has_the_files_settings() -> None:
    prompt = parse_prompt("greeting", FILE)
    call = prompt.call(purpose="greeting", name="Ada")
    assert (call.max_tokens, call.temperature, call.prompt_hash) == (10, 0.0, prompt.hash)


def _objects(schema: Any) -> list[dict[str, Any]]:
    """Every object's schema within; the schema itself is checked on the way."""
    if schema is None:
        return []
    Draft202012Validator.check_schema(schema)
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    own = [schema] if schema.get("type") == "object" else []
    return own + [found for part in inner for found in _objects(part)]
