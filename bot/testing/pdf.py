"""A PDF written by hand: just enough to put words on pages, in plain sight or hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 612, 792  # points: US letter
LEADING = 12
TOP = 740
LEFT = 72
FONTS = ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Times-Roman", "Times-Bold", "Courier")


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
    font: str = "Helvetica"  # one of FONTS
    upwards: bool = False  # turned by 90 degrees, as the stamp in a margin is

    def drawing(self) -> str:
        """The operators that draw it."""
        escaped = self.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        red, green, blue = self.colour
        turn = f"0 {self.scale:g} {-self.scale:g} 0" if self.upwards else f"{self.scale:g} 0 0 {self.scale:g}"
        font = f"/F{FONTS.index(self.font) + 1} {self.size:g} Tf"
        place = f"{turn} {self.x:g} {self.y:g} Tm"
        return f"BT {red:g} {green:g} {blue:g} rg {self.mode} Tr {font} {place} ({escaped}) Tj ET"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Clipped:
    """A mark of which only what lies within a rectangle is painted."""

    mark: Words | Rectangle
    window: Rectangle

    def drawing(self) -> str:
        """The operators that draw it."""
        window = f"{self.window.x:g} {self.window.y:g} {self.window.width:g} {self.window.height:g} re W n"
        return f"q {window} {self.mark.drawing()} Q"


Mark = Words | Rectangle | Picture | Clipped


def page_of(lines: Iterable[str]) -> list[Mark]:
    """Lines one below the other, from the top of a page."""
    return [Words(text=line, y=TOP - LEADING * number) for number, line in enumerate(lines)]


def make_pdf(pages: Sequence[Sequence[Mark]]) -> bytes:
    """A PDF of these pages, drawn in the order given.  Text is in Latin-1."""
    first = 3 + len(FONTS)  # objects: 1 catalogue, 2 list of pages, fonts, then a page and its content, again and again
    fonts = " ".join(f"/F{number} {2 + number} 0 R" for number in range(1, len(FONTS) + 1))
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        *(f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>".encode() for font in FONTS),
    ]
    for number, marks in enumerate(pages):
        content = "\n".join(mark.drawing() for mark in marks).encode("latin-1", "replace")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Resources << /Font << {fonts} >> >> /Contents {first + 2 * number + 1} 0 R >>".encode()
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
