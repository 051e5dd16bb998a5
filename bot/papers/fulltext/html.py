"""The HTML of arXiv and ar5iv, both made by LaTeXML, into sections.

Blocks are found by LaTeXML's classes, and what it has no class for by HTML's own elements.  Text that a reader would
not see (`css.py`) is dropped and reported.  The list of references, authors, navigation and macros that LaTeXML did
not know are left out; footnotes follow the paragraph they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from bot.errors import Unreadable
from bot.papers.fulltext import css, mathml
from bot.papers.fulltext.clean import clean, clean_lines, hidden_message, is_reference_heading
from bot.papers.fulltext.formula import readable
from bot.papers.fulltext.model import Block, BlockKind, Parsed
from bot.papers.fulltext.outline import Outline
from bot.papers.fulltext.raised import raised
from bot.papers.fulltext.rawtex import is_source, without_commands
from bot.papers.fulltext.spans import Cell, span, spread

FIGURE_HOSTS = frozenset({"arxiv.org", "ar5iv.labs.arxiv.org"})
MAX_DEPTH = 300  # elements within elements; a paper has about 25
MAX_RULES = 2_000

# In this order: arXiv puts notices of its own, which carry the class too, before the article.
_PAPER = (
    "article.ltx_document",
    ".ltx_page_main .ltx_document:not(.package-alerts)",
    ".ltx_document:not(.package-alerts)",
)
_BROKE_OFF = "Conversion to HTML had a Fatal error"  # what arXiv and ar5iv write where LaTeXML stopped

_SECTIONS: Mapping[str, int] = {
    "ltx_part": 1, "ltx_chapter": 1, "ltx_section": 1, "ltx_appendix": 1, "ltx_abstract": 1, "ltx_acknowledgements": 1,
    "ltx_subsection": 2, "ltx_subsubsection": 3, "ltx_paragraph": 4, "ltx_subparagraph": 5,
}  # fmt: skip
_LEFT_OUT = frozenset(
    "ltx_bibliography ltx_authors ltx_creator ltx_title_document ltx_date ltx_page_navbar ltx_page_header ltx_TOC "
    "ltx_page_footer ltx_page_logo ltx_ERROR ltx_role_footnotemark ltx_role_institutetext ltx_note_mark ltx_note_type "
    "ltx_tag_note ltx_missing_label ltx_rdf ltx_index ltx_pagination ltx_tag_listingline ltx_listing_data "
    "package-alerts".split()
)
_EQUATIONS = frozenset({"ltx_equation", "ltx_equationgroup", "ltx_eqn_table"})
_LISTINGS = frozenset({"ltx_listing", "ltx_lstlisting", "ltx_verbatim"})
_STANDING = _LISTINGS | {"ltx_tabular"}  # blocks that LaTeXML puts into running text
_NO_TEXT = frozenset("script style svg head nav button noscript template iframe object form select canvas".split())
_INLINE = frozenset("-text span a em i b strong cite sup sub math br code q abbr small u s mark img font tt".split())
_BLOCKS = frozenset({"ltx_tabular", "ltx_para", "ltx_p", "ltx_caption"}) | _EQUATIONS | _LISTINGS
_LOOSE_STOP = re.compile(r"(?<=\w) ([.,;])(?= |$)")  # where a footnote's mark or a macro stood before it


def parse(body: bytes, address: str) -> Parsed:
    """The sections of a page; `address` is its public address, against which pictures are resolved.

    Raises:
        Unreadable: it is not a paper as LaTeXML writes it.
    """
    tree = LexborHTMLParser(body)
    paper = next(filter(None, map(tree.css_first, _PAPER)), None)
    if paper is None:
        raise Unreadable("The page is not the paper's text.")
    if any(_is_failure(notice) for notice in tree.css(".ltx_ERROR, .ltx_p, body > div")):
        raise Unreadable("The conversion to HTML broke off, so the page holds only a part.")
    base = tree.css_first("base[href]")
    reader = _Reader(_styles(tree), urljoin(address, base.attributes.get("href") or "" if base else ""))
    reader.visit(paper, _look_around(paper, reader), 0)
    return reader.outline.finish()


def _is_failure(node: LexborNode) -> bool:
    """Whether an element is the converter's notice, and nothing but it."""
    text = clean(node.text(deep=True)[:400])
    return text.startswith(_BROKE_OFF) and len(text) < 200


def _styles(tree: LexborHTMLParser) -> dict[int, css.Declarations]:
    """What the page's own style sheets say of each element, by the element's address in memory."""
    styles: dict[int, css.Declarations] = {}
    sheets = "\n".join(style.text(deep=True) for style in tree.css("style"))
    for selector, declared in css.rules(sheets)[:MAX_RULES]:
        try:
            matched = tree.css(selector)
        except (SelectolaxError, ValueError):
            continue
        for node in matched:
            styles[node.mem_id] = {**styles.get(node.mem_id, {}), **declared}
    return styles


def _look_around(node: LexborNode, reader: _Reader) -> css.Look:
    """The look that an element inherits."""
    above: list[LexborNode] = []
    while (parent := node.parent) is not None and len(above) < MAX_DEPTH:
        above.append(parent)
        node = parent
    look = css.Look()
    for element in reversed(above):
        look = look.under(reader.style(element))
    return look


def _classes(node: LexborNode) -> frozenset[str]:
    return frozenset((node.attributes.get("class") or "").split())


class _Reader:
    """Walks a page once, top down, and fills an outline."""

    def __init__(self, styles: Mapping[int, css.Declarations], address: str) -> None:
        self.outline = Outline()
        self._styles = styles
        self._address = address
        self._footnotes: list[Block] = []
        self._in_cell = False
        self._verbatim = False

    def style(self, node: LexborNode) -> css.Declarations:
        """What style sheets and the element's own attributes declare."""
        attributes = node.attributes
        own = css.declarations(attributes.get("style") or "")
        if ink := node.tag == "font" and attributes.get("color"):
            own = {"color": ink.lower(), **own}
        sheet = self._styles.get(node.mem_id)
        return {**sheet, **own} if sheet else own

    def visit(self, node: LexborNode, look: css.Look, depth: int, anchor: str | None = None) -> None:
        """Read a block-level element: loose inline content becomes paragraphs, block children are read by kind."""
        anchor = node.id or anchor
        loose: list[str] = []
        for child in node.iter(include_text=True):
            if _is_inline(child):
                loose.append(self._inline(child, look, depth + 1))
                continue
            self._add("paragraph", loose, anchor)
            loose = []
            self._block(child, look, depth + 1, anchor)
        self._add("paragraph", loose, anchor)

    def _block(self, node: LexborNode, look: css.Look, depth: int, anchor: str | None) -> None:
        seen = self._seen(node, look, depth)
        if seen is None:
            return
        classes, tag, anchor = _classes(node), node.tag, node.id or anchor
        if level := max((_SECTIONS.get(name, 0) for name in classes), default=0):
            self._section(node, seen, depth, level)
        elif "ltx_title_theorem" in classes or "ltx_title_proof" in classes:
            self.outline.lead(clean(self._children(node, seen, depth)))
        elif "ltx_title" in classes:
            return  # of a section, which has read it already
        elif "ltx_caption" in classes or tag == "figcaption":
            self._add("caption", [self._children(node, seen, depth)], anchor, self._picture(node))
        elif classes & _EQUATIONS:
            self._add("equation", [self._children(node, seen, depth)], anchor)
        elif "ltx_tabular" in classes or tag == "table":
            self._table(node, seen, depth, anchor)
        elif classes & _LISTINGS or tag == "pre":
            self._code(node, seen, depth, anchor)
        elif tag in ("ul", "ol", "dl"):
            self._list(node, seen, depth, anchor)
        elif tag == "blockquote":
            self._add("quote", [self._children(node, seen, depth)], anchor)
        elif tag == "p":
            self._add("paragraph", [self._children(node, seen, depth)], anchor)
        else:
            self.visit(node, seen, depth, anchor)

    def _section(self, node: LexborNode, look: css.Look, depth: int, level: int) -> None:
        title = next((child for child in node.iter() if "ltx_title" in _classes(child)), None)
        heading = clean(self._inline(title, look, depth)) if title is not None else ""
        if is_reference_heading(heading):
            return
        self.outline.open(heading, level, anchor=node.id)
        self.visit(node, look, depth)

    def _seen(self, node: LexborNode, look: css.Look, depth: int) -> css.Look | None:
        """The look within an element; None where it is left out, or hidden, which is noted."""
        if (node.tag or "") in _NO_TEXT or depth > MAX_DEPTH or _classes(node) & _LEFT_OUT:
            return None
        attributes, style = node.attributes, self.style(node)
        if "hidden" in attributes or css.hides(style):
            self.outline.hide(clean(node.text(deep=True)))
            return None
        if attributes.get("aria-hidden") == "true":  # seen, but a copy of what screen readers get, as KaTeX makes one
            return None
        return look.under(style)

    def _inline(self, node: LexborNode, look: css.Look, depth: int) -> str:
        if node.tag == "-text":
            return self._words(node.text_content or "", look)
        if node.tag == "-comment" or node.tag == "br":
            return " "
        if node.tag == "math" or "mjx-math" in _classes(node):
            return self._formula(node, look)
        seen = self._seen(node, look, depth)
        if seen is None:
            return ""
        classes = _classes(node)
        if "ltx_role_footnote" in classes or "ltx_role_thanks" in classes:
            note = clean(self._children(node, seen, depth))
            self._footnotes.append(Block("paragraph", note, anchor=node.id))
            return ""
        if not self._in_cell and (_STANDING & classes or node.tag in ("table", "ul", "ol", "pre")):
            self._block(node, look, depth, node.id)
            return " "
        text = self._children(node, seen, depth)
        if node.tag == "sup":
            return raised(node, text)
        return text if _is_inline(node) and "ltx_inline-block" not in classes else f" {text} "

    def _children(self, node: LexborNode, look: css.Look, depth: int) -> str:
        outer, self._verbatim = self._verbatim, self._verbatim or _is_typewriter(node)
        text = "".join(self._inline(child, look, depth + 1) for child in node.iter(include_text=True))
        self._verbatim = outer
        return text

    def _words(self, text: str, look: css.Look) -> str:
        if look.unreadable and text.strip():
            self.outline.hide(clean(text))
            return " "
        if message := hidden_message(text):
            self.outline.hide(message)
        return text if self._verbatim else without_commands(text)

    def _formula(self, node: LexborNode, look: css.Look) -> str:
        if self._seen(node, look, 0) is None:
            return ""
        latex = node.attributes.get("alttext") or node.attributes.get("aria-label") or _annotation(node)
        return self._words(readable(latex) if latex else clean(mathml.as_text(node)), look)

    def _table(self, node: LexborNode, look: css.Look, depth: int, anchor: str | None) -> None:
        rows = (" | ".join(cells) for cells in spread(self._rows(node, look, depth)) if any(cells))
        self._add_lines("table", list(rows), anchor)

    def _rows(self, node: LexborNode, look: css.Look, depth: int) -> Iterator[list[Cell]]:
        for child in node.iter():
            seen = self._seen(child, look, depth)
            if seen is None:
                continue
            if child.tag == "tr" or "ltx_tr" in _classes(child):
                yield [self._cell(cell, seen, depth + 1) for cell in child.iter()]
            else:
                yield from self._rows(child, seen, depth + 1)

    def _cell(self, node: LexborNode, look: css.Look, depth: int) -> Cell:
        """A cell in one line, tables within it too: LaTeX uses those to break lines."""
        outer, self._in_cell = self._in_cell, True
        text = clean(self._inline(node, look, depth))
        self._in_cell = outer
        attributes = node.attributes
        return Cell(text, rows=span(attributes.get("rowspan")), columns=span(attributes.get("colspan")))

    def _list(self, node: LexborNode, look: css.Look, depth: int, anchor: str | None) -> None:
        items = (clean(self._inline(item, look, depth + 1)) for item in node.iter())
        self._add_lines("list", [item for item in items if item], anchor)

    def _code(self, node: LexborNode, look: css.Look, depth: int, anchor: str | None) -> None:
        outer, self._verbatim = self._verbatim, True
        lines = node.css(".ltx_listingline")
        text = "\n".join(self._children(line, look, depth + 1) for line in lines) or self._children(node, look, depth)
        self._verbatim = outer
        self._add_lines("code", [clean_lines(text)], anchor)

    def _picture(self, caption: LexborNode) -> str | None:
        """The address of the picture that a caption belongs to, if it is on one of arXiv's own hosts."""
        figure = caption.parent
        while figure is not None and figure.tag not in ("figure", "body"):
            figure = figure.parent
        image = figure.css_first("img[src]") if figure is not None and figure.tag == "figure" else None
        source = (image.attributes.get("src") or "").strip() if image is not None else ""
        try:
            address = urljoin(self._address, source)
            parts = urlsplit(address)
        except ValueError:
            return None
        trusted = parts.scheme == "https" and parts.hostname in FIGURE_HOSTS and not (parts.port or parts.username)
        return address if source and trusted else None

    def _add(self, kind: BlockKind, pieces: list[str], anchor: str | None, figure: str | None = None) -> None:
        text = _LOOSE_STOP.sub(r"\1", clean("".join(pieces)))
        if kind == "paragraph" and is_source(text):
            text = ""
        self.outline.add(Block(kind, text, anchor=anchor, figure=figure))
        self._settle_footnotes(anchor)

    def _add_lines(self, kind: BlockKind, lines: list[str], anchor: str | None) -> None:
        self.outline.add(Block(kind, "\n".join(lines), anchor=anchor))
        self._settle_footnotes(anchor)

    def _settle_footnotes(self, anchor: str | None) -> None:
        notes, self._footnotes = self._footnotes, []
        for note in notes:
            self.outline.add(note if note.anchor else replace(note, anchor=anchor))


def _annotation(formula: LexborNode) -> str | None:
    """The TeX that MathML carries along."""
    annotation = formula.css_first('annotation[encoding="application/x-tex"]')
    return annotation.text(deep=True) if annotation is not None else None


def _is_typewriter(node: LexborNode) -> bool:
    return node.tag in ("code", "tt", "kbd") or "ltx_font_typewriter" in _classes(node)


def _is_inline(node: LexborNode) -> bool:
    if (node.tag or "") not in _INLINE:
        return node.tag == "-comment"
    return node.tag != "span" or not (_is_block(node) or any(_is_block(child) for child in node.iter()))


def _is_block(node: LexborNode) -> bool:
    return bool(_classes(node) & _BLOCKS) or node.tag in ("p", "div", "table", "section", "figure")
