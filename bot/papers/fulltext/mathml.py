"""MathML without TeX, as one line of text: `<mfrac>` as 1/2, `<msup>` as 10^6, content markup as x = y.

Joining the elements' text alone would change numbers: 10 to the power of 6 would read 106.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from selectolax.lexbor import LexborNode

MAX_DEPTH = 100

_SINGLE = re.compile(r"[-+−]?(?:\d+(?:[.,]\d+)?|[^\W\d_]+)|\([^()]*\)|")  # needs no brackets around it
_NO_LINE = re.compile(r"0+(?:\.0*)?[a-z%]*")
_UNSEEN = re.compile("[\u2061-\u2064]")  # function application, invisible times, separator and plus
_ANNOTATIONS = frozenset({"annotation", "annotation-xml"})
_NO_OPERANDS = _ANNOTATIONS | {"-text", "-comment"}
_LISTS = frozenset({"mtable", "mtr", "cn"})  # `<cn>` separates the parts of a number by `<sep/>`
_OPERATORS: Mapping[str, str] = {
    "plus": " + ", "minus": " - ", "times": " · ", "divide": "/", "power": "^", "superscript": "^", "subscript": "_",
    "eq": " = ", "equals": " = ", "neq": " ≠ ", "lt": " < ", "gt": " > ", "leq": " ≤ ", "geq": " ≥ ", "approx": " ≈ ",
}  # fmt: skip


def as_text(node: LexborNode, depth: int = 0) -> str:
    """Return a formula, or a part of it, as text.  Annotations repeat the formula and are left out."""
    tag = node.tag or ""
    if tag == "-text":
        return _UNSEEN.sub("", node.text_content or "").strip("\t\n\r\f ")
    if tag in _ANNOTATIONS or tag == "-comment" or depth > MAX_DEPTH:
        return ""
    if tag == "mtext":
        return node.text(deep=True)
    if tag == "mspace":
        return " "
    children = [(child.tag, as_text(child, depth + 1)) for child in node.iter(include_text=True)]
    elements = [(name or "", text) for name, text in children if name not in _NO_OPERANDS]
    if tag == "apply" and elements:
        return _applied(*elements[0], [text for _, text in elements[1:]])
    texts = [text for _, text in children]
    return " ".join(filter(None, texts)) if tag in _LISTS else _laid_out(node, [text for _, text in elements], texts)


def _laid_out(node: LexborNode, operands: list[str], parts: list[str]) -> str:
    """Presentation markup: fractions, roots, and what is raised or lowered."""
    match node.tag, operands:
        case "mfrac", [above, below]:
            is_binomial = _NO_LINE.fullmatch(node.attributes.get("linethickness") or "")
            return f"({above} {below})" if is_binomial else f"{_grouped(above)}/{_grouped(below)}"
        case "msup", [base, above]:
            return f"{base}^{_grouped(above)}"
        case (("msub" | "munder"), [base, below]):
            return f"{base}_{_grouped(below)}"
        case (("msubsup" | "munderover"), [base, below, above]):
            return f"{base}_{_grouped(below)}^{_grouped(above)}"
        case "msqrt", _:
            return f"√{_grouped(_joined(parts))}"
        case "mroot", [under, index]:
            return f"{_grouped(under)}^(1/{_grouped(index)})"
    return _joined(parts)


def _applied(tag: str, text: str, operands: list[str]) -> str:
    """Content markup: an operator or a function, by its element or its text, and its operands."""
    name = text or tag
    operator = _OPERATORS.get(name)
    if operator is None:
        return f"{name}({', '.join(operands)})"
    return operator.join(map(_grouped, operands)) if len(operands) > 1 else operator.strip() + "".join(operands)


def _joined(parts: Iterable[str]) -> str:
    """The parts in a row; two numbers do not become one."""
    joined = ""
    for part in parts:
        joined += f" {part}" if joined[-1:].isdigit() and part[:1].isdigit() else part
    return joined


def _grouped(text: str) -> str:
    return text if _SINGLE.fullmatch(text) else f"({text})"
