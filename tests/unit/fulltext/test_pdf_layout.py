"""Lines of a PDF into headings, paragraphs, captions and rows."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Unreadable
from bot.papers.fulltext import pdf
from bot.papers.fulltext.headings import Headings
from bot.papers.fulltext.line import joined, joiner
from bot.papers.fulltext.lines import lines
from bot.papers.fulltext.looks import Look, Style
from bot.papers.fulltext.model import Parsed
from bot.papers.fulltext.pdfium import MAX_PAGES, PageText, TextLine, split_lines
from bot.testing.pdf import Words, make_pdf, page_of

FULL = "This line is as long as the lines of this paper are when they are full, which is about ninety"
BODY = [FULL, FULL, "and this is the end."] * 4


def _parse(*pages: Sequence[str]) -> Parsed:
    return pdf.parse(make_pdf([page_of(page) for page in pages]))


def _headings(*numbered: str) -> list[str]:
    tracker = Headings()
    return [line for line in numbered if tracker.match(line)]


def test_headings_open_sections_with_their_page() -> None:
    parsed = _parse(["Abstract", *BODY, "1 Introduction", *BODY], ["1.1 Why Trees Grow", *BODY, "2 Method", *BODY])
    assert [(one.heading, one.level, one.page) for one in parsed.sections] == [
        ("Abstract", 1, 1), ("1 Introduction", 1, 1), ("1.1 Why Trees Grow", 2, 2), ("2 Method", 1, 2),
    ]  # fmt: skip


def test_references_are_left_out_and_the_appendix_is_not() -> None:
    parsed = _parse(["1 Introduction", *BODY, "References", "[1] A book about trees. 1999."], ["A More Trees", *BODY])
    assert [section.heading for section in parsed.sections] == ["1 Introduction", "A More Trees"]
    assert "book" not in " ".join(section.text for section in parsed.sections)


def test_a_short_line_that_ends_a_sentence_ends_its_paragraph() -> None:
    blocks = _parse(["1 Introduction", *BODY]).sections[0].blocks
    assert [block.text for block in blocks] == [f"{FULL} {FULL} and this is the end."] * 4


def test_a_paragraph_goes_on_after_a_page_and_a_caption() -> None:
    first = ["1 Introduction", *BODY, FULL, "which they do not always do, as the next page shows, where we find that"]
    second = ["Figure 1: A tree.", "trees in poor soil do not grow.", *BODY]
    texts = [block.text for block in _parse(first, second).sections[0].blocks]
    assert any(text.endswith("where we find that trees in poor soil do not grow.") for text in texts)
    assert "Figure 1: A tree." in texts


def test_running_headers_and_page_numbers_are_dropped() -> None:
    pages = [["Trees in Poor Soil", *BODY, str(number)] for number in range(1, 6)]
    text = " ".join(section.text for section in _parse(*pages).sections)
    assert "Trees in Poor Soil" not in text
    assert not any(word.isdigit() for word in text.split())


def test_rows_of_numbers_are_a_table() -> None:
    parsed = _parse(["1 Results", *BODY, "Table 1: Heights.", "Oak 12.5 13.1 14.2", "Elm 9.1 9.4 10.0", *BODY])
    assert [block.text for block in parsed.sections[0].blocks if block.kind == "table"] == [
        "Oak 12.5 13.1 14.2\nElm 9.1 9.4 10.0"
    ]


def test_only_the_first_pages_of_a_long_document_are_read() -> None:
    parsed = _parse(*([BODY] * (MAX_PAGES + 3)))
    assert parsed.truncated == "Only the first 200 of 203 pages were read."


@pytest.mark.parametrize(
    ("given_lines", "found"),
    [
        (["1 Introduction", "2 Method", "2.1 Data", "2.2 Model", "3 Results"], 5),
        (["1. Introduction", "2. Related Work", "4. Results"], 3),  # one was missed
        (["1 Introduction", "7 Samurai", "2 Method"], 2),
        (["1 Introduction", "2. Train the network", "2 Method"], 2),  # an item, as its dot shows
        (["I. INTRODUCTION", "II. METHOD", "A. Data", "B. Model", "III. RESULTS"], 5),
        (["1 Introduction", "2 12.4 13.9"], 1),
        (["Introduction", "Related Work", "Conclusion"], 3),
        (["the introduction", "We show results.", "12", "3.14 is pi"], 0),
    ],
)
def test_numbers_tell_headings_from_other_lines(given_lines: list[str], found: int) -> None:
    assert len(_headings(*given_lines)) == found


def _page_text(number: int, text: str) -> PageText:
    return PageText(number, tuple(split_lines(text)))


def test_parted_words_are_whole_again() -> None:
    page = _page_text(1, "An ap\ufffeproach to self\ufffeattention, as self-attention is\r\ncalled, or at-\r\ntending.")
    join = joiner(line.text for line in page.lines)
    assert joined(lines([page]), join) == "An approach to self-attention, as self-attention is called, or attending."


@given(st.lists(st.text(), max_size=5))
def test_any_text_gives_clean_lines(texts: list[str]) -> None:
    for line in lines([_page_text(number, text) for number, text in enumerate(texts, start=1)]):
        assert line.text == " ".join(line.text.split()) != ""


@given(st.text(min_size=1), st.text(min_size=1))
def test_joining_loses_no_letter(first: str, second: str) -> None:
    assert joiner([first, second])(first, second).replace("-", "") == (first + second).replace("-", "")


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=255)), max_size=40))
def test_any_lines_are_read_or_refused(texts: list[str]) -> None:
    with contextlib.suppress(Unreadable):
        assert _parse(texts).sections


def _piece(text: str, left: float, right: float, base: float = 300, size: float = 10) -> TextLine:
    return TextLine(text, look=Look(Style("Times-Roman", size), is_uniform=True, left=left, right=right, base=base))


def test_a_line_that_is_broken_at_a_raised_sign_is_whole() -> None:
    pieces = (
        _piece("The share of trees of the height h", 72, 200),
        _piece("2", 200, 204, base=304, size=7),
        _piece(", which is rare", 205, 260),
        _piece("0.5", 290, 305),  # a cell of a table
        _piece("is as large as in the year before.", 72, 210, base=288),
    )
    assert [line.text for line in lines([PageText(1, pieces)])] == [
        "The share of trees of the height h 2, which is rare", "0.5", "is as large as in the year before.",
    ]  # fmt: skip


def test_pieces_without_end_make_no_endless_line() -> None:
    pieces = tuple(_piece("word", float(place), float(place + 1)) for place in range(5_000))
    assert max(len(line.text) for line in lines([PageText(1, pieces)])) < 2_000


def test_the_head_of_a_table_is_in_no_paragraph() -> None:
    def row(y: float, *cells: str) -> list[Words]:
        return [Words(text=cell, x=72 + 120 * column, y=y, size=9) for column, cell in enumerate(cells)]

    text = [Words(text=line, y=740 - 12 * number) for number, line in enumerate([*BODY, FULL, FULL])]
    table = [*row(500, "Soil", "Dev", "Test"), *row(488, "", "EM F1", "EM F1"), *row(476, "Poor", "12.5 13.1", "14.2")]
    below = ["which goes on below the table.", *BODY]
    after = [Words(text=line, y=440 - 12 * number) for number, line in enumerate(below)]
    blocks = pdf.parse(make_pdf([[*text, *table, *after]])).sections[0].blocks
    assert f"{FULL} {FULL} which goes on below the table." in [block.text for block in blocks]
    assert [block.kind for block in blocks if "EM" in block.text] == ["table"]


def test_words_of_a_figure_are_left_out_and_code_is_not() -> None:
    def text(top: float, texts: Sequence[str]) -> list[Words]:
        return [Words(text=line, y=top - 12 * row, font="Times-Roman") for row, line in enumerate(texts)]

    before, after = text(740, [*BODY, FULL]), text(440, ["ends here.", *BODY])
    label = Words(text="Height in metres", x=300, y=520, size=7)
    code = Words(text="grow(tree, soil)", x=300, y=290, size=8, font="Courier")
    texts = [block.text for block in pdf.parse(make_pdf([[*before, label, *after, code]])).sections[0].blocks]
    assert f"{FULL} ends here." in texts
    assert "Height in metres" not in " ".join(texts)
    assert "grow(tree, soil)" in texts


def test_the_text_below_a_caption_is_no_part_of_it() -> None:
    caption = [Words(text="Figure 1: How high the trees were in each of the three fields at", y=740, size=8)]
    caption += [Words(text="the end of the second winter, which is when they were measured.", y=730, size=8)]
    text = [Words(text=line, y=700 - 12 * number) for number, line in enumerate(BODY)]
    blocks = pdf.parse(make_pdf([[*caption, *text]])).sections[0].blocks
    assert [block.text.endswith("they were measured.") for block in blocks if block.kind == "caption"] == [True]
