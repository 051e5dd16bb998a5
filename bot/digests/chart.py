"""A bar chart as a picture (PNG), by Pillow, which is imported when the first one is drawn.

It is drawn on a ground of its own, so it reads the same in light and in dark windows.  The font is the one that Pillow
brings along (Aileron); what it has no letter for becomes a box, so labels are to be plain Latin text.
"""

from __future__ import annotations

import asyncio
import io
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from bot.documents.model import Bars

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

# Dots.  A chat window shows a picture at half its size or less, so all of it is large.
WIDTH, EDGE = 1120, 36
HEAD, ROW = 162, 72  # the height of title and legend, and of a label's bars
LABELS = 380  # from the left edge to where the bars begin
FIGURE = 70  # room behind the longest bar
THICK, THIN, GAP = 32, 16, 3
TITLE, LEGEND, LABEL, COUNT, BEFORE = 32, 23, 25, 27, 20  # heights of letters
STROKE = 0.7  # added all around a letter, as the font has no bold face
COLOURS = 64  # of the file, which makes it a third as large
GROUND, INK, QUIET = "#fbfaf7", "#26292e", "#5d636d"
SERIES = ("#2f6fb3", "#c3cbd6")  # told apart by lightness as well, for those who see colours otherwise

_drawing = Lock()  # who comes second finds the picture


async def draw(title: str, bars: Bars) -> bytes:
    """The chart; drawn in a thread, and once for all the channels that want the same on a morning."""
    return await asyncio.to_thread(_drawn, title, bars)


def _drawn(title: str, bars: Bars) -> bytes:
    with _drawing:
        return _picture(title, bars)


@lru_cache(maxsize=8)
def _picture(title: str, bars: Bars) -> bytes:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (WIDTH, HEAD + ROW * len(bars.rows) + EDGE), GROUND)
    pen = ImageDraw.Draw(picture)
    _write(pen, (EDGE, 50), title, TITLE, bold=True)
    _draw_legend(pen, bars)
    largest = max((count for _, counts in bars.rows for count in counts), default=0)
    for number, (label, counts) in enumerate(bars.rows):
        _draw_row(pen, HEAD + ROW * number, label, counts, largest)
    file = io.BytesIO()
    picture.quantize(COLOURS).save(file, format="PNG", optimize=True)
    return file.getvalue()


def _draw_legend(pen: ImageDraw, bars: Bars) -> None:
    left, middle = EDGE, 104
    for colour, name in zip(SERIES, bars.series, strict=False):
        pen.rectangle((left, middle - 10, left + 24, middle + 9), fill=colour)
        _write(pen, (left + 38, middle), name, LEGEND, QUIET)
        left += 38 + round(pen.textlength(name, _font(LEGEND))) + 40


def _draw_row(pen: ImageDraw, top: int, label: str, counts: tuple[int, ...], largest: int) -> None:
    """A label, its broad bar, and a thin one below for the week before, each with its figure."""
    heights = (THICK, THIN)[: len(counts)]
    middle = top + (sum(heights) + GAP * (len(heights) - 1)) // 2
    _write(pen, (LABELS - 18, middle), label, LABEL, anchor="rm")
    for number, (count, height) in enumerate(zip(counts, heights, strict=False)):
        end = LABELS + round((WIDTH - EDGE - FIGURE - LABELS) * count / max(1, largest))
        pen.rectangle((LABELS, top, max(end, LABELS + 1), top + height - 1), fill=SERIES[number])
        place = (end + 12, top + height // 2)
        if number:
            _write(pen, place, f"{count:,}", BEFORE, QUIET)
        else:
            _write(pen, place, f"{count:,}", COUNT, bold=True)
        top += height + GAP


def _write(
    pen: ImageDraw,
    at: tuple[int, int],
    words: str,
    size: int,
    colour: str = INK,
    *,
    anchor: str = "lm",  # by Pillow's two letters: where in the words that point lies
    bold: bool = False,
) -> None:
    pen.text(at, words, colour, _font(size), anchor=anchor, stroke_width=STROKE if bold else 0)


@lru_cache
def _font(size: int) -> FreeTypeFont | ImageFont:
    from PIL.ImageFont import load_default

    return load_default(size)
