"""What stands around a PDF's text: stamps, page numbers, running heads and the line numbers of a manuscript."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.papers.fulltext import pdf
from bot.papers.fulltext.line import Line
from bot.papers.fulltext.lines import lines
from bot.papers.fulltext.numbering import without_line_numbers
from bot.papers.fulltext.pdfium import PageText, split_lines
from bot.testing.pdf import Mark, Words, make_pdf, page_of

STAMP = "arXiv:2606.01234v2 [cs.CL] 3 Jun 2026"
PROSE = [
    "Small trees were planted in three fields, and their heights were measured each Monday by",
    "the same two people, who had not been told which soil a tree was standing in. The trees in",
    "mixed soil grew faster than the others did, and none of them was lost to the winter frost.",
] * 8


def _text(pages: Sequence[Sequence[Mark]]) -> str:
    return " ".join(section.text for section in pdf.parse(make_pdf(pages)).sections)


def _drawn_last(page: Sequence[str], *marks: Mark) -> list[Mark]:
    return [*page_of(page), *marks]


@pytest.mark.parametrize("between", [STAMP, "6", "Trees in Poor Soil 6"])
def test_what_stands_at_a_page_end_parts_no_word(between: str) -> None:
    def page(number: int, field: str) -> PageText:
        text = "\r\n".join([*PROSE, f"and in the {field} field this is clearly an outper"])
        return PageText(number, tuple(split_lines(f"{text}\ufffe{between}")))

    pages = [page(number, field) for number, field in enumerate(("first", "second", "third"), start=1)]
    read = lines(pages)
    assert between not in {line.text for line in read}
    assert [line.page for line in read if line.is_parted] == [1, 2, 3]


def test_a_stamp_that_runs_up_the_margin_is_in_no_sentence() -> None:
    stamp = Words(text=STAMP, x=20, y=200, size=20, upwards=True)
    broken_stamp = Words(text="[cs.CL] in June", x=40, y=200, size=20, upwards=True)
    second = ["on an ordinary day, which was not in winter. " + PROSE[0], *PROSE[1:]]
    text = _text([_drawn_last([*PROSE, "We planted all of them"], stamp, broken_stamp), page_of(second)])
    assert "We planted all of them on an ordinary day" in text
    assert "cs.CL" not in text


def test_heads_and_feet_are_told_by_their_place() -> None:
    def page(head: str, foot: str) -> list[Mark]:
        return [Words(text=head, y=770, size=8), *page_of(PROSE), Words(text=foot, y=400, size=8)]

    heads = ["Trees 2026, Oslo", "A. Oak et al.", "Growth of trees in poor soil", "Oslo, Norway"]
    text = _text([page(head, f"DOI 10.{number}/trees") for number, head in enumerate(heads)])
    assert not any(head in text for head in heads)
    assert "DOI" not in text


def test_the_lines_of_a_table_above_the_text_stay() -> None:
    table = [Words(text=f"Oak {row}.5 13.1 14.{row}", y=770 - 5 * row, size=5) for row in range(6)]
    assert "Oak 5.5 13.1 14.5" in _text([[*table, *page_of(PROSE)], page_of(PROSE), page_of(PROSE)])


def _numbered(texts: Sequence[str], form: str) -> list[Line]:
    return [Line(form.format(number=number, text=text), 1) for number, text in enumerate(texts, start=95)]


@pytest.mark.parametrize("form", ["{number:03} {text}", "{text} {number}"])
def test_line_numbers_are_no_part_of_the_lines(form: str) -> None:
    assert [line.text for line in without_line_numbers(_numbered(PROSE, form))] == PROSE


@pytest.mark.parametrize(
    "ruler", [[f"{number:03}" for number in range(30)], ["000 001 002 003 004 005", "006 007 008 009"]]
)
def test_rulers_beside_the_text_are_dropped(ruler: list[str]) -> None:
    page = [Line(text, 1) for text in [*ruler, *PROSE]]
    assert [line.text for line in without_line_numbers(page)] == PROSE


def test_every_fifth_line_may_have_a_number_in_the_margin() -> None:
    marks: list[Mark] = list(page_of(PROSE))
    for row in range(4, len(PROSE), 5):
        marks.insert(row + row // 5, Words(text=str(row + 1), x=50, y=740 - 12 * row, size=6))
    text = _text([marks])
    assert not any(word.isdigit() for word in text.split())


@pytest.mark.parametrize(
    "texts",
    [
        ["2 trees were lost.", "3 of them were oaks.", *PROSE],
        [f"{number} Oak {number}.5" for number in range(1, 8)] + PROSE,  # rows of a short table
        [f"{year} was a dry year" for year in (1990, 1995, 2000, 2005)] + PROSE,
    ],
)
def test_numbers_that_are_part_of_the_text_stay(texts: list[str]) -> None:
    assert [line.text for line in without_line_numbers([Line(text, 1) for text in texts])] == texts
