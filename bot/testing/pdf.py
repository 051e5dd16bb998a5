"""A PDF written by hand: just enough to put words on pages, in plain sight or hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 612, 792  # points: US letter
LEADING = 12
TOP = 740
LEFT = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A line of text.  `mode` is the render mode of ISO 32000-1, table 106: 0 fills, 3 draws nothing."""

    text: str
    x: float = LEFT
    y: float = TOP
    size: float = 10
    colour: tuple[float, float, float] = (0, 0, 0)  # red, green, blue, from 0 to 1
    mode: int = 0
    scale: float = 1

    def drawing(self) -> str:
        """The operators that draw it."""
        escaped = self.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        red, green, blue = self.colour
        matrix = f"{self.scale:g} 0 0 {self.scale:g} {self.x:g} {self.y:g} Tm"
        return f"BT {red:g} {green:g} {blue:g} rg {self.mode} Tr /F1 {self.size:g} Tf {matrix} ({escaped}) Tj ET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: tuple[float, float, float] = (0, 0, 0)

    def drawing(self) -> str:
        """The operators that draw it."""
        red, green, blue = self.colour
        return f"{red:g} {green:g} {blue:g} rg {self.x:g} {self.y:g} {self.width:g} {self.height:g} re f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of one grey dot, stretched over the whole page as a scan is."""

    def drawing(self) -> str:
        """The operators that draw it."""
        return f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"


Mark = Words | Rectangle | Picture


def page_of(lines: Iterable[str]) -> list[Mark]:
    """Lines one below the other, from the top of a page."""
    return [Words(text=line, y=TOP - LEADING * number) for number, line in enumerate(lines)]


def make_pdf(pages: Sequence[Sequence[Mark]]) -> bytes:
    """A PDF of these pages, drawn in the order given.  Text is in Latin-1."""
    first = 4  # objects: 1 catalogue, 2 list of pages, 3 font, then a page and its content, again and again
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, marks in enumerate(pages):
        content = "\n".join(mark.drawing() for mark in marks).encode("latin-1", "replace")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {first + 2 * number + 1} 0 R >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    body = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(body)
