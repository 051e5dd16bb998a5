"""The paper that somebody's message names."""

from __future__ import annotations

import pytest

from bot.chatkit.mentioned_papers import MOST_LOOKED_AT, first_paper_in


@pytest.mark.parametrize(
    ("said", "paper"),
    [
        ("see https://arxiv.org/abs/2606.01234v2.", "2606.01234v2"),
        ("see <https://arxiv.org/abs/2606.01234v2|paper>.", "2606.01234v2"),
        ("(https://huggingface.co/papers/2606.01234)", "2606.01234"),
        ("https://export.arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
        ("2606.01234 is good, 2606.01235 too", "2606.01234"),
        ("https://huggingface.co/papers/date/2026-07-10", ""),
        ("version 3.11 of 2026", ""),
        ("", ""),
        ("x " * MOST_LOOKED_AT + "2606.01234", ""),
    ],
)
def test_the_first_paper_that_a_message_names_is_found(said: str, paper: str) -> None:
    assert first_paper_in(said) == paper
