"""When the doctor speaks of a model's end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from paperwire.doctor.language_model import NOTICE, is_at_openai, with_notice
from paperwire.doctor.model import Result, Verdict

WELL = Result(Verdict.OK, "It answers.")
END = date(2026, 12, 11)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (END - NOTICE - timedelta(days=1), Verdict.OK),
        (END - NOTICE, Verdict.WARNING),
        (END, Verdict.WARNING),
        (END + timedelta(days=400), Verdict.WARNING),
    ],
)
def test_notice_is_given_sixty_days_ahead_and_afterwards(today: date, expected: Verdict) -> None:
    result = with_notice(WELL, END, today)
    assert result.verdict is expected
    assert (END.isoformat() in result.sentence) is (expected is Verdict.WARNING)


def test_a_model_without_an_announced_end_is_well() -> None:
    assert with_notice(WELL, None, END) == WELL


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (None, True),
        ("https://api.openai.com/v1", True),
        ("https://eu.api.openai.com:443/v1/", True),
        ("https://api.openai.com.example.org/v1", False),
        ("http://localhost:11434/v1", False),
        ("nonsense", False),
    ],
)
def test_the_table_of_models_is_asked_of_openais_own(address: str | None, expected: bool) -> None:
    assert is_at_openai(address) is expected
