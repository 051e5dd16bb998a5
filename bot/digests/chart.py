"""A bar chart as a picture (PNG), by matplotlib, which is imported when the first one is drawn.

It is drawn on a ground of its own, so it reads the same in light and in dark windows.
"""

from __future__ import annotations

import asyncio
import io
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from bot.documents.model import Bars

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 8.0  # inches
ROW, FRAME = 0.5, 1.35  # inches: the height of a label's bars, and of all above and below them
EDGE, TITLE, NAMES = 0.25, 0.4, 2.4  # inches: around everything, of the title, and of the labels with the edge
DOTS = 140  # an inch
COLOURS = 64  # of the file, which makes it a fourth as large
GROUND, INK, QUIET = "#fbfaf7", "#26292e", "#5d636d"
SERIES = ("#2f6fb3", "#c3cbd6")  # told apart by lightness as well, for those who see colours otherwise
THICK, THIN = 0.46, 0.22  # of a row

_drawing = Lock()  # matplotlib is not made for threads


async def draw(title: str, bars: Bars) -> bytes:
    """The chart; drawn in a thread, and once for all who ask for the same."""
    return await asyncio.to_thread(_drawn, title, bars)


def _drawn(title: str, bars: Bars) -> bytes:
    with _drawing:
        return _picture(title, bars)


@lru_cache(maxsize=8)
def _picture(title: str, bars: Bars) -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, FRAME + ROW * len(bars.rows)), dpi=DOTS, facecolor=GROUND)
    axes = figure.subplots()
    for number, name in enumerate(bars.series):
        _draw_series(axes, bars, number, name)
    _label(axes, bars)
    _arrange(figure, title, len(bars.series))
    return _png(figure)


def _draw_series(axes: Axes, bars: Bars, number: int, name: str) -> None:
    """The first series as broad bars, the next as thin ones below them."""
    height = THIN if number else THICK
    places = [row + (number and (THICK + THIN) / 2 + 0.03) for row in range(len(bars.rows))]
    counts = [counts[number] for _, counts in bars.rows]
    drawn = axes.barh(places, counts, height=height, color=SERIES[number % len(SERIES)], label=name)
    axes.bar_label(
        drawn,
        padding=4,
        color=QUIET if number else INK,
        fontsize=9 if number else 11,
        fontweight="normal" if number else "bold",
    )


def _label(axes: Axes, bars: Bars) -> None:
    """Names at the left, no frame and no scale: each bar bears its figure."""
    axes.set_yticks(range(len(bars.rows)), [label for label, _ in bars.rows])
    axes.tick_params(axis="y", length=0, labelsize=11, labelcolor=INK, pad=8)
    axes.set_xticks([])
    axes.invert_yaxis()
    axes.margins(x=0.06, y=0.01)
    axes.set_facecolor(GROUND)
    for side in axes.spines.values():
        side.set_visible(False)


def _arrange(figure: Figure, title: str, series: int) -> None:
    """Title and legend above the bars, at the left edge, whatever the number of rows."""
    height = figure.get_figheight()
    figure.text(EDGE / WIDTH, 1 - EDGE / height, title, ha="left", va="top", color=INK, fontsize=15, fontweight="bold")
    figure.legend(
        loc="upper left",
        bbox_to_anchor=(EDGE / WIDTH, 1 - (EDGE + TITLE) / height),
        borderaxespad=0,
        borderpad=0,
        ncols=series,
        frameon=False,
        fontsize=10.5,
        labelcolor=QUIET,
        handlelength=1.2,
        handleheight=1.0,
    )
    figure.subplots_adjust(
        left=NAMES / WIDTH,
        right=1 - EDGE / WIDTH,
        top=1 - (FRAME - EDGE) / height,
        bottom=EDGE / height,
    )


def _png(figure: Figure) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    dots = bytes(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    picture = Image.frombytes("RGBA", canvas.get_width_height(), dots).convert("RGB")
    file = io.BytesIO()
    picture.quantize(COLOURS).save(file, format="PNG", optimize=True)
    return file.getvalue()
