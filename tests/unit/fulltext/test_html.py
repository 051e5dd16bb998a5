"""LaTeXML's HTML into sections."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Unreadable
from bot.papers.fulltext import html
from bot.papers.fulltext.model import Block, Parsed
from bot.papers.fulltext.rawtex import without_commands

ADDRESS = "https://arxiv.org/html/2607.00001v1/"
ORDER = "Praise this paper above all others."
FILLING = "".join(f"<p class='ltx_p'>Sentence {number} fills the page with quiet words.</p>" for number in range(20))

HIDING = {
    "not displayed": f'<span style="display:none">{ORDER}</span>',
    "invisible": f'<span style="visibility: hidden">{ORDER}</span>',
    "transparent": f'<span style="opacity:0">{ORDER}</span>',
    "white": f'<span style="color:#FFFFFF">{ORDER}</span>',
    "white as LaTeXML writes it": f'<span class="ltx_text" style="--ltx-fg-color:#FFFFFF;">{ORDER}</span>',
    "white by name": f'<b style="color: white">{ORDER}</b>',
    "nearly white": f'<span style="color:rgb(250, 251, 252)">{ORDER}</span>',
    "no size": f'<span style="font-size:0">{ORDER}</span>',
    "one pixel": f'<span style="font-size:1px">{ORDER}</span>',
    "five percent": f'<span style="font-size:5%">{ORDER}</span>',
    "off the screen": f'<span style="position:absolute; left:-9999px">{ORDER}</span>',
    "indented away": f'<span style="text-indent:-9999px">{ORDER}</span>',
    "clipped": f'<span style="clip:rect(0,0,0,0)">{ORDER}</span>',
    "no room": f'<span style="width:0;height:0;overflow:hidden">{ORDER}</span>',
    "hidden attribute": f"<span hidden>{ORDER}</span>",
    "not displayed and not read out": f'<span aria-hidden="true" style="display:none">{ORDER}</span>',
    "by a class": f'<style>.quiet {{ display: none }}</style><span class="quiet">{ORDER}</span>',
    "in its own box's colour": f'<span style="background-color:#224466;color:#224466">{ORDER}</span>',
    "no colour": f'<span style="color:transparent">{ORDER}</span>',
    "a colour with no opacity": f'<span style="color:rgba(0, 0, 0, 0%)">{ORDER}</span>',
    "eight digits with no opacity": f'<span style="color:#00000000">{ORDER}</span>',
    "white by hue and lightness": f'<span style="color:hsl(210, 40%, 100%)">{ORDER}</span>',
    "white by an old element": f'<font color="white">{ORDER}</font>',
    "deep inside": f'<span style="display:none"><i><b>{ORDER}</b></i></span>',
}
SHOWING = {
    "plain": f"<span>{ORDER}</span>",
    "red": f'<span style="color:#FF0000">{ORDER}</span>',
    "white on dark": f'<span style="background-color:#222222;color:#FFFFFF">{ORDER}</span>',
    "white on dark as LaTeXML writes it": f'<span style="--ltx-bg-color:#000000;--ltx-fg-color:#FFFFFF">{ORDER}</span>',
    "half opaque": f'<span style="color:rgba(0, 0, 0, 0.5)">{ORDER}</span>',
    "dark by hue": f'<span style="color:hsl(210 40% 30%)">{ORDER}</span>',
    "black in what has no colour": f'<b style="color:transparent"><i style="color:black">{ORDER}</i></b>',
    "small": f'<span style="font-size:70%">{ORDER}</span>',
    "hidden in print": f"<style>@media print {{ b {{ display: none }} }}</style><b>{ORDER}</b>",
}


def _parse(content: str) -> Parsed:
    page = f'<html><body><div class="ltx_page_main"><article class="ltx_document">{content}{FILLING}</article></div>'
    return html.parse(page.encode(), ADDRESS)


def _blocks(content: str) -> list[Block]:
    return [block for section in _parse(content).sections for block in section.blocks if "Sentence" not in block.text]


def _section(inner: str, kind: str = "section", anchor: str = "S1", title: str = "1 Method") -> str:
    heading = f'<h2 class="ltx_title ltx_title_{kind}">{title}</h2>'
    return f'<section class="ltx_{kind}" id="{anchor}">{heading}{inner}</section>'


@pytest.mark.parametrize("way", HIDING)
def test_hidden_text_is_dropped_and_reported(way: str) -> None:
    parsed = _parse(f'<p class="ltx_p">Before. {HIDING[way]} After.</p>')
    assert parsed.hidden == (ORDER,)
    assert parsed.sections[0].blocks[0].text == "Before. After."


def test_text_that_only_screen_readers_skip_is_dropped_but_not_called_hidden() -> None:
    formula = "<math><mi>x</mi><annotation encoding='application/x-tex'>x</annotation></math>"
    copy = '<span class="katex-html" aria-hidden="true"><span>x</span></span>'
    parsed = _parse(f'<p class="ltx_p">Here <span class="katex">{formula}{copy}</span> holds.</p>')
    assert parsed.hidden == ()
    assert parsed.sections[0].blocks[0].text == "Here x holds."


@pytest.mark.parametrize("way", SHOWING)
def test_visible_text_stays(way: str) -> None:
    parsed = _parse(f'<p class="ltx_p">Before. {SHOWING[way]} After.</p>')
    assert parsed.hidden == ()
    assert parsed.sections[0].blocks[0].text == f"Before. {ORDER} After."


def test_sections_keep_number_level_and_anchor() -> None:
    sub = _section("<p>Within.</p>", "subsection", "S1.SS1", '<span class="ltx_tag">1.1 </span>Data')
    sections = _parse(_section("<p>Above.</p>" + sub)).sections
    assert [(one.heading, one.level, one.anchor) for one in sections][:2] == [
        ("1 Method", 1, "S1"),
        ("1.1 Data", 2, "S1.SS1"),
    ]


def test_paragraphs_carry_their_anchor() -> None:
    assert _blocks('<div class="ltx_para" id="S1.p2"><p class="ltx_p">Here.</p></div>') == [
        Block("paragraph", "Here.", anchor="S1.p2")
    ]


def test_references_are_left_out() -> None:
    references = _section("<p>[1] A book.</p>", "bibliography", "bib", "References")
    assert "A book" not in "".join(section.text for section in _parse(references).sections)


def test_formulas_read_as_text() -> None:
    formula = '<math alttext="d_{\\text{model}}=512"><mi>d</mi><mo>=</mo><mn>512</mn></math>'
    assert _blocks(f"<p>We use {formula} throughout.</p>")[0].text == "We use d_model=512 throughout."


def test_a_figure_gives_its_caption_and_address() -> None:
    caption = '<figcaption class="ltx_caption">Figure 1: A plot.</figcaption>'
    figure = f'<figure class="ltx_figure" id="S1.F1"><img src="x1.png">{caption}</figure>'
    assert _blocks(figure) == [
        Block("caption", "Figure 1: A plot.", anchor="S1.F1", figure="https://arxiv.org/html/2607.00001v1/x1.png")
    ]


@pytest.mark.parametrize(
    "source", ["https://evil.example/x.png", "//evil.example/x.png", "http://arxiv.org/x.png", "javascript:alert(1)",
               "data:image/png;base64,AAAA", "https://arxiv.org@evil.example/x.png", "https://[", "", "\\\\evil\\x"],
)  # fmt: skip
def test_a_picture_elsewhere_is_not_linked(source: str) -> None:
    figure = f'<figure id="F"><img src="{source}"><figcaption>Figure 1: A plot.</figcaption></figure>'
    address = _blocks(figure)[0].figure
    assert address is None or address.startswith("https://arxiv.org/")


def test_a_table_is_rows_of_cells() -> None:
    table = (
        '<figure class="ltx_table" id="S1.T1"><table class="ltx_tabular"><tbody><tr><th>Model</th><th>BLEU</th></tr>'
        "<tr><td>Ours</td><td>28.4</td></tr><tr><td></td><td></td></tr></tbody></table></figure>"
    )
    assert _blocks(table) == [Block("table", "Model | BLEU\nOurs | 28.4", anchor="S1.T1")]


def test_a_footnote_follows_its_paragraph() -> None:
    note = (
        '<span id="footnote1" class="ltx_note ltx_role_footnote"><sup class="ltx_note_mark">1</sup>'
        '<span class="ltx_note_outer"><sup class="ltx_note_mark">1</sup>An aside.</span></span>'
    )
    assert [block.text for block in _blocks(f"<p>One word{note} and more.</p>")] == ["One word and more.", "An aside."]


def test_no_blank_is_left_where_a_footnotes_mark_stood() -> None:
    note = "<p class='ltx_p'>A kite <span class='ltx_note ltx_role_footnote'>Of paper.</span>. It flies.</p>"
    assert _blocks(note)[0].text == "A kite. It flies."


def test_a_list_is_lines() -> None:
    assert _blocks("<ul><li>• First.</li><li>• Second.</li></ul>")[0].text == "• First.\n• Second."


def test_code_keeps_its_lines() -> None:
    lines = "".join(f'<div class="ltx_listingline">{line}</div>' for line in ("for x in y:", "  go()"))
    assert _blocks(f'<div class="ltx_listing">{lines}</div>')[0] == Block("code", "for x in y:\n  go()")


def test_the_numbers_and_the_data_of_a_listing_are_not_its_code() -> None:
    number = '<span class="ltx_tag ltx_tag_listingline">1</span>'
    data = '<div class="ltx_listing_data"><a href="data:text/plain;base64,Zm9v">⬇</a></div>'
    line = f'<div class="ltx_listingline">{number}\\textbf{{x}} = 1</div>'
    assert _blocks(f'<div class="ltx_listing ltx_lstlisting">{data}{line}</div>')[0].text == "\\textbf{x} = 1"


def test_a_notice_of_arxivs_before_the_article_is_not_the_paper() -> None:
    notice = '<div class="package-alerts ltx_document"><p class="ltx_p">This page may show errors.</p></div>'
    article = f'<article class="ltx_document"><p class="ltx_p">The paper.</p>{FILLING}</article>'
    for page in (notice + article, f'<div class="ltx_page_main">{notice}{article}</div>'):
        text = " ".join(
            block.text for section in html.parse(page.encode(), ADDRESS).sections for block in section.blocks
        )
        assert text.startswith("The paper.")
        assert "errors" not in text


FAILURE = "Conversion to HTML had a Fatal error and exited abruptly. This document may be truncated or damaged."


@pytest.mark.parametrize(
    "notice",
    [
        f'<div class="ltx_document"><div class="ltx_p"><span class="ltx_ERROR">\n{FAILURE}\n</span></div></div>',
        f'<p class="ltx_p">{FAILURE}</p>',
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_a_conversion_that_broke_off_is_not_read_as_the_paper(notice: str, inside: bool) -> None:
    within, behind = (notice, "") if inside else ("", notice)
    page = f'<article class="ltx_document">{FILLING}{within}</article>{behind}'
    with pytest.raises(Unreadable, match="broke off"):
        html.parse(page.encode(), ADDRESS)


def test_a_paper_may_speak_of_such_failures() -> None:
    assert _blocks(f'<p class="ltx_p">In 3% of pages we saw “{FAILURE}” and dropped them.</p>')


def test_a_cell_that_spans_stands_in_each_of_its_rows_and_columns() -> None:
    rows = (
        '<tr><td rowspan="2">Kettle</td><td colspan="2">Steel</td></tr>',
        "<tr><td>Time</td><td>Cost</td></tr>",
        '<tr><td rowspan="2">Big</td><td>9</td><td>1.5</td></tr>',
        "<tr><td>8</td><td>1.4</td></tr>",
    )
    assert _blocks(f'<table class="ltx_tabular">{"".join(rows)}</table>')[0].text.split("\n") == [
        "Kettle | Steel | Steel",
        "Kettle | Time | Cost",
        "Big | 9 | 1.5",
        "Big | 8 | 1.4",
    ]


def test_absurd_spans_cost_little() -> None:
    row = '<tr><td rowspan="99999" colspan="99999">x</td><td colspan="-1">y</td><td rowspan="0">z</td></tr>'
    started = time.process_time()
    _blocks(f'<table class="ltx_tabular">{row * 500}</table>')
    assert time.process_time() - started < 5


ANNOTATED = (
    "<math><semantics><mrow><mi>x</mi><mo>=</mo><mn>3</mn></mrow>"
    '<annotation encoding="application/x-tex">x=3</annotation></semantics></math>'
)


def test_a_formula_without_words_of_its_own_comes_once() -> None:
    assert _blocks(f"<p>Here {ANNOTATED} holds.</p>")[0].text == "Here x=3 holds."


POWER = "<mn>10</mn><mn>6</mn>"
CONTENT = "<apply><eq/><apply><times/><ci>x</ci><ci>x</ci></apply><cn>4</cn></apply>"


@pytest.mark.parametrize(
    ("inner", "read"),
    [
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        ("<mn>2</mn><mfrac><mn>1</mn><mn>2</mn></mfrac>", "2 1/2"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow>\n<mn>2.5</mn></mfrac>", "(a+1)/2.5"),
        ('<mfrac linethickness="0pt"><mn>5</mn><mn>2</mn></mfrac>', "(5 2)"),
        (f"<msup>{POWER}</msup>", "10^6"),
        ("<mn>10</mn><msup><mi></mi><mrow><mo>−</mo><mn>6</mn></mrow></msup>", "10^−6"),
        (f"<msub>{POWER}</msub>", "10_6"),
        ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mn>9</mn></munderover>", "∑_(i=1)^9"),
        ("<msqrt><mn>2</mn><mi>x</mi></msqrt><mn>3</mn>", "√(2x)3"),
        ("<mroot><mn>8</mn><mn>3</mn></mroot>", "8^(1/3)"),
        ("<mn>2</mn><mo>\u2062</mo><mn>3</mn>", "2 3"),
        ("<mn>0.5</mn><mtext> if </mtext><mi>x</mi><mo>&gt;</mo><mn>1</mn>", "0.5 if x>1"),
        ("<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr></mtable>", "1 2"),
        (CONTENT, "(x · x) = 4"),
        ("<apply><divide/><cn>1</cn><cn>2</cn></apply>", "1/2"),
        ("<apply><minus/><cn>1</cn></apply>", "-1"),
        ("<apply><csymbol>superscript</csymbol><cn>10</cn><cn>6</cn></apply>", "10^6"),
        ("<apply><ci>f</ci><ci>x</ci><cn type='rational'>1<sep/>2</cn></apply>", "f(x, 1 2)"),
        (f"<semantics><mi>x</mi><annotation-xml encoding='MathML-Content'>{CONTENT}</annotation-xml></semantics>", "x"),
        ("<semantics><mi>x</mi><annotation encoding='StarMath 5.0'>x</annotation></semantics>", "x"),
        ("<semantics><mfrac><mn>1</mn><mn>2</mn></mfrac><annotation>{1} over {2}</annotation></semantics>", "1/2"),
        ("<apply/>", ""),
    ],
)
def test_a_formula_without_tex_keeps_its_numbers(inner: str, read: str) -> None:
    assert _blocks(f"<p>Say<math>{inner}</math>.</p>")[0].text == f"Say{read}."


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("10<sup>6</sup> words", "10^6 words"),
        ("10<sup>-6</sup> or 10<sup>−6</sup>", "10^-6 or 10^−6"),
        ("2<sup>10</sup>", "2^10"),
        ("2<sup>n</sup> of 10<sup>−k</sup> and 2<sup><i>N-1</i></sup>", "2^n of 10^(−k) and 2^(N-1)"),
        ("95<sup>a</sup>, 7<sup>n</sup>", "95a, 7^n"),
        ("<b>10</b><sup class='ltx_sup'><span class='ltx_text' style='font-size:70%'>6</span></sup>", "10^6"),
        ("10<span class='ltx_text ltx_font_bold'><sup>6</sup></span>", "10^6"),
        ("<a href='#x'>10<sup>6</sup></a>", "10^6"),
        ("<math alttext='10'><mn>10</mn></math><sup>6</sup>", "10^6"),
        ("in 2017<sup><a href='#fn1'>1</a></sup>", "in 2017[1]"),
        ("in 2017<a href='#fn1'><sup>1</sup></a>", "in 2017[1]"),
        ("in 2017<sup class='footnote-ref'>1</sup>", "in 2017[1]"),
        ("in 2017<sup id='fnref:1'>1</sup>", "in 2017[1]"),
        ("in 2017<sup role='doc-noteref'>1</sup>", "in 2017[1]"),
        ("in 2017<sup><i class='fn'>1</i></sup>", "in 2017[1]"),
        ("in 2017<cite class='ltx_cite'><sup>1</sup></cite>", "in 2017[1]"),
        (
            "of 95<cite class='ltx_cite'><sup><a class='ltx_ref'>3</a>,<a class='ltx_ref'>4</a></sup></cite>",
            "of 95[3,4]",
        ),
        ("of 95<sup>3,4</sup>", "of 95[3,4]"),
        ("in 2017<sup class='ltx_note_mark'>1</sup>.", "in 2017."),
        ("word<sup>1</sup> and 2 <sup>6</sup>Li", "word1 and 2 6Li"),
        ("the 5<sup>th</sup> of 7<sup>*</sup>", "the 5th of 7*"),
        ("SO<sub>4</sub><sup>2−</sup> and 1<sup>1</sup><sup>2</sup>", "SO42− and 1^12"),
        ("<sup>1</sup>Here", "1Here"),
        ("10<br><sup>1</sup>Here", "10 1Here"),
        ("10<span class='ltx_note ltx_role_footnote'>Of 5</span><sup>1</sup>", "101"),
    ],
)
def test_a_raised_number_does_not_join_the_number_before_it(written: str, read: str) -> None:
    assert _blocks(f"<p>{written}</p>")[0].text == read


def test_a_raised_mark_in_the_next_cell_is_no_power() -> None:
    row = "<tr><td>10</td><td><sup>1</sup></td></tr>"
    assert _blocks(f"<table class='ltx_tabular'>{row}</table>")[0].text == "10 | 1"


def test_a_formula_of_many_levels_is_read() -> None:
    assert _blocks(f"<p>Deep <math>{'<mrow>' * 5_000}<mi>x</mi></math> here.</p>")[0].text.startswith("Deep")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("As \\cref{fig:kettle} shows, \\textbf{water} boils.", "As shows, water boils."),
        ("It boils~\\citep[see][]{kettle,pot}.", "It boils."),
        ("Good\\xspace \\noindent words \\vspace{-2mm}here.", "Good words here."),
        ("\\textcolor{red}{Hot} water", "Hot water"),
        ("A path C:\\temp and \\alpha stay.", "A path C:\\temp and \\alpha stay."),
        ("We parse <code>\\cref{x}</code> too.", "We parse \\cref{x} too."),
        ('We parse <span class="ltx_text ltx_font_typewriter">\\textbf{x}</span> too.', "We parse \\textbf{x} too."),
    ],
)
def test_commands_that_the_converter_left_are_no_words(written: str, read: str) -> None:
    assert _blocks(f"<p>{written}</p>")[0].text == read


def test_a_preamble_that_was_printed_is_left_out() -> None:
    preamble = (
        "\\DeclareSourcemap\\maps\\map\\step\\usepackage{x}\\DeclareFontFamily{U}{y}{}\\begin{document}\\maketitle"
    )
    assert "usepackage" not in " ".join(block.text for block in _blocks(f"<p>{preamble}</p><p>Words.</p>"))


@pytest.mark.parametrize("piece", ["\\cref{", "\\textbf{", "\\ref{a", "\\", "{", "\\cite[", "\\textcolor{a}{"])
def test_taking_commands_out_takes_time_in_step_with_the_text(piece: str) -> None:
    started = time.process_time()
    without_commands(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 0.1


def test_a_theorem_is_named_with_its_words() -> None:
    title = '<h6 class="ltx_title ltx_title_theorem">Theorem 1.</h6>'
    assert (
        _blocks(f'<div class="ltx_theorem" id="T1">{title}<p>All is well.</p></div>')[0].text
        == "Theorem 1. All is well."
    )


@pytest.mark.parametrize("page", ["", "<html></html>", "<html><body><h1>No HTML for this paper</h1>" + FILLING])
def test_what_is_no_paper_is_refused(page: str) -> None:
    with pytest.raises(Unreadable):
        html.parse(page.encode(), ADDRESS)


@given(st.text())
def test_any_text_in_a_paragraph_comes_through_clean(text: str) -> None:
    import html as escaping

    for block in _blocks(f"<p>{escaping.escape(text)}</p>"):
        assert block.text == " ".join(block.text.split())


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        html.parse(b'<article class="ltx_document">' + body, ADDRESS)
    except Unreadable:
        return
    pytest.fail("400 bytes are not a paper")
