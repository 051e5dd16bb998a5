"""The headings of papers as IEEE, ACM, Elsevier, AAAI and others print them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from bot.papers.fulltext import pdf
from bot.papers.fulltext.model import Parsed
from bot.testing.pdf import Mark, Words, make_pdf, page_of

PROSE = [
    "Small trees were planted in three fields, and their heights were measured each Monday by",
    "the same two people, who had not been told which soil a tree was standing in. The trees in",
    "mixed soil grew faster than the others did, and none of them was lost to the winter frost.",
    "A second year gave the same picture.",
] * 2
ENTRIES = [f"[{number}] A. Oak and B. Elm. On soil {number}. J. Trees {number}, 200{number}." for number in range(1, 8)]


@dataclass(frozen=True)
class Head:
    """A line that does not look like the running text."""

    text: str
    size: float = 10
    font: str = "Times-Bold"
    drop: float = 20  # points below the line before


def _typeset(content: Sequence[str | Head]) -> bytes:
    """Pages of these lines: running text in Times of ten points, headings as they say."""
    pages: list[list[Mark]] = [[]]
    y = 740.0
    for one in content:
        line = one if isinstance(one, Head) else Head(one, 10, "Times-Roman", 12)
        y -= line.drop
        if y < 60:
            pages.append([])
            y = 728
        pages[-1].append(Words(text=line.text, size=line.size, font=line.font, y=y))
    return make_pdf(pages)


def _headings(content: Sequence[str | Head]) -> list[tuple[int, str]]:
    return [(section.level, section.heading) for section in pdf.parse(_typeset(content)).sections]


def _plain(lines: Sequence[str]) -> Parsed:
    return pdf.parse(make_pdf([page_of(lines[start : start + 55]) for start in range(0, len(lines), 55)]))


def _plain_headings(lines: Sequence[str]) -> list[str]:
    return [section.heading for section in _plain(lines).sections]


def _text(parsed: Parsed) -> str:
    return " ".join(section.text for section in parsed.sections)


def test_ieee() -> None:
    content: list[str | Head] = [
        Head("Abstract-We measure how trees grow.", 9),
        Head("Index Terms-trees, soil, growth, fields, winter, frost, measurement, heights, of all the", 9),
        Head("I. INTRODUCTION", font="Times-Roman"), *PROSE,
        Head("II. RELATED WORK", font="Times-Roman"), *PROSE,
        Head("A. Trees in Poor Soil", font="Helvetica-Oblique"), *PROSE,
        Head("B. Trees in Good Soil", font="Helvetica-Oblique"), *PROSE,
        Head("V. CONCLUSION", font="Times-Roman"), *PROSE,
        Head("ACKNOWLEDGMENT", font="Times-Roman"), "We thank the farmers.",
        Head("REFERENCES", font="Times-Roman"), *ENTRIES,
    ]  # fmt: skip
    assert _headings(content) == [
        (1, "Abstract"), (1, "I. INTRODUCTION"), (1, "II. RELATED WORK"), (2, "A. Trees in Poor Soil"),
        (2, "B. Trees in Good Soil"), (1, "V. CONCLUSION"), (1, "ACKNOWLEDGMENT"),
    ]  # fmt: skip


def test_acm() -> None:
    content: list[str | Head] = [
        Head("Growing Trees", 17), "A. Oak, Oslo",
        Head("ABSTRACT", 11), *PROSE, Head("CCS CONCEPTS", 11), "Trees and soil.",
        Head("1 INTRODUCTION", 11), *PROSE, Head("2 METHOD", 11), Head("2.1 Trees", 11), *PROSE,
        "3 Oak trees were left out, as they were lost to a storm in the second winter of the study,", "and 2 elms.",
        Head("4 RESULTS", 11), *PROSE, Head("ACKNOWLEDGMENTS", 11), "We thank the farmers.",
        Head("REFERENCES", 11), *ENTRIES, Head("A FURTHER TREES", 11), *PROSE,
    ]  # fmt: skip
    assert [heading for _, heading in _headings(content)] == [
        "ABSTRACT", "CCS CONCEPTS", "1 INTRODUCTION", "2 METHOD", "2.1 Trees", "4 RESULTS", "ACKNOWLEDGMENTS",
        "A FURTHER TREES",
    ]  # fmt: skip


def test_elsevier() -> None:
    content: list[str | Head] = [
        Head("Abstract"), *PROSE, Head("Keywords: trees, soil", font="Times-Roman"),
        Head("1. Introduction"), *PROSE, Head("2. Material and methods"), *PROSE,
        Head("2.1. Trees", font="Helvetica-Oblique"), *PROSE, Head("2.2. Fields", font="Helvetica-Oblique"), *PROSE,
        "3. Heights were read with a ruler, which was done on Mondays, at noon, by the same person as", "before.",
        Head("4. Conclusions"), *PROSE, Head("References"), *ENTRIES,
    ]  # fmt: skip
    assert _headings(content) == [
        (1, "Abstract"), (1, "1. Introduction"), (1, "2. Material and methods"), (2, "2.1. Trees"), (2, "2.2. Fields"),
        (1, "4. Conclusions"),
    ]  # fmt: skip


def test_aaai() -> None:
    content: list[str | Head] = [
        Head("Growing Trees", 16), "A. Oak",
        Head("Abstract", 10), *PROSE, Head("Introduction", 12), *PROSE, "Our contributions are:",
        "1. We propose a Way to Grow Trees", "2. We release a Data Set of Trees",
        Head("Growing Trees in Poor Soil", 12), *PROSE, Head("Measuring Heights", 11), *PROSE,
        Head("Choosing Fields", 11), *PROSE, Head("Conclusion", 12), *PROSE, Head("References", 12), *ENTRIES,
    ]  # fmt: skip
    assert _headings(content) == [
        (1, "Abstract"), (1, "Introduction"), (1, "Growing Trees in Poor Soil"), (2, "Measuring Heights"),
        (2, "Choosing Fields"), (1, "Conclusion"),
    ]  # fmt: skip


def test_a_heading_of_two_lines_is_whole() -> None:
    content: list[str | Head] = [
        Head("1 Introduction", 12), *PROSE,
        Head("2 Measuring the Growth of Trees in", 12), Head("Fields of Poor Soil", 12, drop=14), *PROSE,
        Head("3 Results", 12), Head("3.1 Heights", 12, drop=14), *PROSE,
    ]  # fmt: skip
    parsed = pdf.parse(_typeset(content))
    assert [section.heading for section in parsed.sections] == [
        "1 Introduction", "2 Measuring the Growth of Trees in Fields of Poor Soil", "3 Results", "3.1 Heights",
    ]  # fmt: skip
    assert parsed.sections[1].text.startswith("Small trees")


def test_bold_words_in_text_and_tables_open_no_section() -> None:
    content: list[str | Head] = [
        Head("1 Introduction", 12), *PROSE, Head("2 Trees", 12), *PROSE,
        Head("Which trees? We took oaks and elms from a nursery near Oslo, where they had been", drop=12), *PROSE,
        Head("Model", 8), Head("Results", 8), *PROSE, Head("3 Conclusion", 12), *PROSE,
    ]  # fmt: skip
    assert [heading for _, heading in _headings(content)] == ["1 Introduction", "2 Trees", "3 Conclusion"]


def test_a_document_that_is_no_paper_has_headings_in_large_letters() -> None:
    content: list[str | Head] = []
    for title in ("Oaks of Norway", "Elms", "What Frost Does"):
        content += [Head(title, 14), *PROSE]
    assert [heading for _, heading in _headings(content)] == ["Oaks of Norway", "Elms", "What Frost Does"]


def test_headings_that_look_like_text_are_told_by_their_numbers() -> None:
    lines = [
        "Abstract-We measure how trees grow.",
        "Index Terms-trees, soil, growth, fields, winter, frost, heights, and all",
        "I. INTRODUCTION", *PROSE, "II. RELATED WORK", *PROSE, "III. METHOD", *PROSE,
    ]  # fmt: skip
    assert _plain_headings(lines) == ["Abstract", "I. INTRODUCTION", "II. RELATED WORK", "III. METHOD"]


def test_the_first_heading_may_be_missed() -> None:
    lines = ["Abstract", *PROSE, "2 Related Work", *PROSE, "3 Growing Trees", *PROSE, "4 Results", *PROSE]
    assert _plain_headings(lines) == ["Abstract", "2 Related Work", "3 Growing Trees", "4 Results"]


def test_contributions_with_numbers_are_no_sections() -> None:
    contributions = ["Our contributions are as follows:", "1. We propose a Way to Grow", "2. We release a Data Set"]
    lines = ["Abstract", *PROSE, "Introduction", *PROSE, *contributions, "Method", *PROSE, "Results", *PROSE]
    assert _plain_headings(lines) == ["Abstract", "Introduction", "Method", "Results"]


def test_an_item_that_goes_on_in_the_next_line_is_no_section() -> None:
    items = ["1. Watering: Trees were watered once a day, in the morning, with a can of ten litres, and", "at noon."]
    assert _plain_headings([*PROSE, *items, *PROSE]) == [""]


@pytest.mark.parametrize(
    "contents",
    [
        ["Contents", "1 Introduction 2", "2 Method 4", "2.1 Trees 4", "3 Results 7"],
        ["Table of Contents", "1 Introduction . . . . . . . 2", "2 Method . . . . 4", "2.1 Trees", "of all kinds 4"],
        ["1 Introduction .... 2", "2 Method ..... 4", "2.1 Trees .... 4", "2.2 Soil .... 5", "3 Results .... 7"],
        ["Contents", "Introduction", "2", "Method", "4", "Results", "7"],
    ],
)  # fmt: skip
def test_contents_use_up_no_numbers(contents: list[str]) -> None:
    body = ["1 Introduction", *PROSE, "2 Method", *PROSE, "2.1 Trees", *PROSE, "3 Results", *PROSE]
    assert _plain_headings(["Abstract", *PROSE, *contents, *body]) == [
        "Abstract", "1 Introduction", "2 Method", "2.1 Trees", "3 Results",
    ]  # fmt: skip


def test_references_without_a_heading_are_left_out() -> None:
    parsed = _plain(["1 Introduction", *PROSE, "2 Conclusion", *PROSE, *PROSE, "Acknowledgments", "Thanks.", *ENTRIES])
    assert "A. Oak and B. Elm" not in _text(parsed)
    assert "second year" in _text(parsed)


@pytest.mark.parametrize("entries", [ENTRIES[:3], [f"[{number}] We ask how trees grow." for number in range(1, 8)]])
def test_a_list_that_names_no_works_stays(entries: list[str]) -> None:
    assert entries[0] in _text(_plain(["1 Introduction", *PROSE, "2 Results", *PROSE, *entries]))
