"""Accents that stand apart from their letters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.papers.fulltext.accents import composed


@pytest.mark.parametrize(
    ("apart", "whole"),
    [
        ("na¨ıve Bayes", "naïve Bayes"),
        ("Sch¨utze and Schu¨tze", "Schütze and Schütze"),  # before its letter, and after it
        ("Sch¨ utze, Schu¨ tze", "Schütze, Schütze"),  # with a blank where the letter was moved
        ("Jim´enez, Universit´e de Montr´eal", "Jiménez, Université de Montréal"),
        ("Lemaˆıtre", "Lemaître"),
        ("Franc¸ois, Fran¸cois", "François, François"),
        ("S¸ahin, ¸Sahin, ¨Ozg¨ur", "Şahin, Şahin, Özgür"),
        ("Erd˝os, Miloˇs, Dvoˇr´ak, ˇCech", "Erdős, Miloš, Dvořák, Čech"),
        ("S˜ao Paulo, Erdo˘gan, ˚Angstr¨om", "São Paulo, Erdoğan, Ångström"),
        ("une ´etude, voil`a", "une étude, voilà"),
        ("Sch\u0308utze", "Schütze"),  # a combining mark on a letter that cannot carry it
        ("Jose\u0301 Schu\u0308tze", "José Schütze"),
    ],
)
def test_an_accent_comes_onto_its_letter(apart: str, whole: str) -> None:
    assert unicodedata.normalize("NFC", composed(apart)) == whole


@pytest.mark.parametrize(
    "text",
    [
        "ˆy = f(x)",
        "yˆi and xˆadv",
        "x˜ ∼ p",
        "don´t, author´s, we´re",
        "a `quoted' word",
        "5´ or 3¨",
        "γ¯ = 3",
        "´",
        "",
    ],
)
def test_mathematics_and_quotation_marks_stay(text: str) -> None:
    assert composed(text) == text


@given(st.text(st.sampled_from("aeıußhyc ¨´ˆ¸`\u0301X1.")))
def test_no_letter_is_lost(text: str) -> None:
    def letters(of: str) -> list[str]:
        bare = unicodedata.normalize("NFD", of.replace("ı", "i"))
        return [char for char in bare if unicodedata.category(char) in ("Lu", "Ll", "Nd")]

    assert letters(composed(text)) == letters(text)
