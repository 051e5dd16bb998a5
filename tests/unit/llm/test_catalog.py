"""The table of models: what it says of names as people and servers write them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.llm.catalog import UNKNOWN, facts_of, known_models
from paperwire.settings import Settings


@pytest.mark.parametrize("name", known_models())
def test_prices_are_in_order(name: str) -> None:
    facts = facts_of(name)
    if facts.cached is not None and facts.input is not None and facts.output is not None:
        assert 0 < facts.cached < facts.input <= (facts.cache_write or facts.input) < facts.output


def test_a_dated_snapshot_is_its_model() -> None:
    assert facts_of("gpt-5-mini-2025-08-07") == facts_of("gpt-5-mini")
    assert facts_of("gpt-5-mini").shutdown == date(2026, 12, 11)


def test_a_variant_has_no_price_of_another_model() -> None:
    assert facts_of("gpt-6-luna-fast").input is None
    assert facts_of("gpt-6-luna-fast").reasoning


def test_nothing_is_known_of_a_strange_name() -> None:
    assert facts_of("llama3.3") == UNKNOWN


def test_the_default_model_is_in_the_table_and_stays() -> None:
    facts = facts_of(Settings.model_validate({}).model)
    assert facts.input is not None
    assert facts.shutdown is None
