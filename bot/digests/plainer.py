"""What a platform is sent that does not take a document's form."""

from __future__ import annotations

from bot.documents.model import Block, Bullets, Card, Document, Footnote, Heading, Image, Paragraph, link, text


def plainer(document: Document) -> Document:
    """A document in running text alone: its papers by their titles and lines, its pictures in words, no buttons."""
    blocks = tuple(plain for block in document.blocks if (plain := _plainer(block)))
    return Document(document.title, blocks, data=document.data)


def _plainer(block: Block) -> Block | None:
    match block:
        case Card():
            line = (f": {block.line}",) if block.line else ()
            return Paragraph(text(link(block.title, block.url), *line))
        case Image():
            return Footnote(text(block.alt))
        case Heading():
            return Paragraph(text(block.text))
        case Paragraph() | Bullets() | Footnote():
            return block
        case _:
            return None
