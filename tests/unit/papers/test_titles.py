"""Titles in plain Unicode; nothing that is not LaTeX is touched, and nothing is lost."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.papers.text import clean, clean_title, short_authors

PLAIN = st.text(st.characters(exclude_characters="\\$^_{", exclude_categories=["Cc", "Cf", "Cs"]))
LATEX = st.lists(
    st.sampled_from(
        [*"\\$^_{}%&#~ a1", "\\textbf{", "\\frac", "\\alpha", "$O(n^2)$", "\\begin{x}", "word", "\\'e", "\\\\"]
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Sorting in $O(n^2)$ Time", "Sorting in O(n²) Time"),
        ("$\\tau^2$-Walk and $\\pi_0$: Robots", "τ²-Walk and π₀: Robots"),
        ("Flows on $\\mathbb{R}^n$", "Flows on ℝⁿ"),
        ("Layers (AB^{2}C-D)", "Layers (AB²C-D)"),
        ("V_{0.5}: Values", "V_0.5: Values"),
        ("$x^{n,k}$ Powers", "x^(n,k) Powers"),
        ("\\textbf{Bold} \\method: Words", "Bold method: Words"),
        ("\\emph{one \\textbf{two}}", "one two"),
        ("R\\textsuperscript{2}AG, the 1\\textsuperscript{st} H\\textsubscript{2}O", "R²AG, the 1st H₂O"),
        ("$\\rm Foo$ and $\\rm Foo^2$", "Foo and Foo²"),
        ("Codes over $\\{0,1\\}$ and $\\{0, 1\\}^n$", "Codes over {0,1} and {0, 1}ⁿ"),
        ("A \\href{https://example.org/a_b}{\\textbf{Linked} Title}", "A Linked Title"),
        ("A \\href{https://example.org}{Linked} Title", "A Linked Title"),
        ("texttt{D}ual-texttt{H}ead", "Dual-Head"),
        ("R^textbf{2AI}: Towards", "R^2AI: Towards"),
        ("G\\\"odel, Poincar\\'e", "Gödel, Poincaré"),
        ("Read \\& Write", "Read & Write"),
        ("A Network\\\\ for Series", "A Network for Series"),
        ("A Network\\ for Series", "A Network for Series"),
        ("\\$OneMillion", "$OneMillion"),
        ("Earn $1 million or $2 million", "Earn $1 million or $2 million"),
        ("From $5 to $10", "From $5 to $10"),
        ("For $5-$10 and $1-$2", "For $5-$10 and $1-$2"),
        ("Bugs for 1$: Cheap", "Bugs for 1$: Cheap"),
        ("Paper for Under $0.1", "Paper for Under $0.1"),
        ("50% faster than 64%", "50% faster than 64%"),
        ("snake_case and {braces}", "snake_case and {braces}"),
        ("\\texttt{kettle}: Boiling", "kettle: Boiling"),
        ("$\\texttt{kettle}$ at last", "kettle at last"),
        ("A {\\em nice} and {\\bf bold} {\\textsc{Title}}", "A nice and bold Title"),
        ("{B}oiling {W}ater with {GPT-4} and {{3D}}", "Boiling Water with GPT-4 and 3D"),
        ("Sets {1, 2} of {a,b}", "Sets {1, 2} of {a,b}"),
        ("From GPT-4$\\to$5", "From GPT-4→5"),
        ("CO$_2$5 and K$^2$-Net", "CO₂5 and K²-Net"),
        ("\\~word", "w̃ord"),
        ("\\alpha{\\word}", "αword"),
        ("\\textbf{^\\\\word}", "^ word"),
        ("\\method{GPT} and \\DeepSeek{}-V3", "method GPT and DeepSeek-V3"),
        ("\\frac{1}{2", "frac 1{2"),
        ("Broken $x^{2 here", "Broken $x^{2 here"),
        ("μLO: Two\n  Lines", "μLO: Two Lines"),
    ],
)
def test_latex_in_titles_becomes_unicode(title: str, plain: str) -> None:
    assert clean_title(title) == plain


@given(PLAIN)
def test_a_title_without_latex_only_has_its_white_space_collapsed(title: str) -> None:
    assert clean_title(title) == " ".join(title.split())[:1000].strip()


@given(LATEX | st.text())
def test_any_title_gives_one_shown_line(title: str) -> None:
    assert_is_one_line(clean_title(title))


@given(LATEX)
def test_words_are_never_lost(title: str) -> None:
    def letters(text: str) -> str:  # an accent may stand on a word's first letter: \\~word is w̃ord
        return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))

    assert letters(clean_title(title)).count("word") == title.count("word")


@given(st.text())
def test_clean_text_is_one_line_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert_is_one_line(cleaned)
    assert clean(cleaned) == cleaned


def assert_is_one_line(text: str) -> None:
    assert text == " ".join(text.split())
    assert not {unicodedata.category(char) for char in text} & {"Cc", "Cs"}
    text.encode()


def test_characters_that_turn_or_hide_text_are_dropped() -> None:
    assert clean("a\u202eb\u200bc\ufeffd\u2066e\U000e0041f\x1b[31mg\ud800h") == "abcdef[31mgh"


def test_joiners_that_spell_words_stay() -> None:
    assert clean("می\u200cخواهم 👩\u200d🔬") == "می\u200cخواهم 👩\u200d🔬"


@given(st.lists(st.from_regex(r"[A-Z][a-z]{1,8}", fullmatch=True), max_size=30), st.integers(1, 5))
def test_authors_are_all_named_or_counted(authors: list[str], limit: int) -> None:
    short = short_authors(authors, limit)
    others = re.search(r" and (\d+) others?$", short)
    named = [name for name in short.removesuffix(others[0] if others else "").split(", ") if name]
    assert named == authors[: len(named)]
    assert len(named) + int(others[1] if others else 0) == len(authors)


def test_six_hundred_authors_are_a_short_line() -> None:
    assert short_authors(["A", "B", "C", *["D"] * 661]) == "A, B, C and 661 others"
    assert short_authors(["A", "B", "C", "D"]) == "A, B, C and 1 other"
