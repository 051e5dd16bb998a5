"""Ways to put words into a paper that no reader sees, in PDF and in HTML: what the readers of texts are measured by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.testing.pdf import HEIGHT, WIDTH, Mark, Rectangle, Words

_WHITE = (1.0, 1.0, 1.0)
_NAVY = (0.0, 0.0, 0.5)


def _box(colour: tuple[float, float, float]) -> Rectangle:
    return Rectangle(x=60, y=90, width=480, height=24, colour=colour)


IN_PDF: Mapping[str, Callable[[str], list[Mark]]] = {
    "white": lambda text: [Words(text=text, y=100, colour=_WHITE)],
    "nearly white": lambda text: [Words(text=text, y=100, colour=(0.95, 0.95, 0.95))],
    "not drawn": lambda text: [Words(text=text, y=100, mode=3)],
    "clipping only": lambda text: [Words(text=text, y=100, mode=7)],
    "one point": lambda text: [Words(text=text, y=100, size=1)],
    "a tenth of a point": lambda text: [Words(text=text, y=100, size=0.1)],
    "scaled down": lambda text: [Words(text=text, y=100, scale=0.05)],
    "left of the page": lambda text: [Words(text=text, x=-2 * WIDTH, y=100)],
    "above the page": lambda text: [Words(text=text, y=HEIGHT + 20)],
    "below the page": lambda text: [Words(text=text, y=-40)],
    "white on white": lambda text: [_box(_WHITE), Words(text=text, y=100, colour=_WHITE)],
    "blue on blue": lambda text: [_box(_NAVY), Words(text=text, y=100, colour=_NAVY)],
    "painted over": lambda text: [Words(text=text, y=100), _box(_WHITE)],
    "white and small": lambda text: [Words(text=text, y=100, size=0.5, colour=_WHITE)],
}

IN_HTML: Mapping[str, str] = {  # {} is where the words go
    "not displayed": '<span style="display:none">{}</span>',
    "invisible": '<span style="visibility: hidden">{}</span>',
    "transparent": '<span style="opacity:0">{}</span>',
    "white": '<span style="color:#FFFFFF">{}</span>',
    "white as LaTeXML writes it": '<span class="ltx_text" style="--ltx-fg-color:#FFFFFF;">{}</span>',
    "white by name": '<b style="color: white">{}</b>',
    "nearly white": '<span style="color:rgb(250, 251, 252)">{}</span>',
    "no size": '<span style="font-size:0">{}</span>',
    "one pixel": '<span style="font-size:1px">{}</span>',
    "five percent": '<span style="font-size:5%">{}</span>',
    "off the screen": '<span style="position:absolute; left:-9999px">{}</span>',
    "indented away": '<span style="text-indent:-9999px">{}</span>',
    "clipped": '<span style="clip:rect(0,0,0,0)">{}</span>',
    "no room": '<span style="width:0;height:0;overflow:hidden">{}</span>',
    "hidden attribute": "<span hidden>{}</span>",
    "transparent by a filter": '<span style="filter:opacity(0)">{}</span>',
    "by a class": '<style>.quiet {{ display: none }}</style><span class="quiet">{}</span>',
    "in its own box's colour": '<span style="background-color:#224466;color:#224466">{}</span>',
    "deep inside": '<span style="display:none"><i><b>{}</b></i></span>',
    "no colour": '<span style="color:transparent">{}</span>',
    "a colour with no opacity": '<span style="color:rgba(0,0,0,0)">{}</span>',
    "an eight-digit colour with no opacity": '<span style="color:#00000000">{}</span>',
    "shrunk to nothing": '<span style="transform:scale(0)">{}</span>',
    "white by HSL": '<span style="color:hsl(0, 0%, 100%)">{}</span>',
    "white by its old element": '<font color="white">{}</font>',
    "in a box without height": '<div style="height:0;overflow:hidden"><p class="ltx_p">{}</p></div>',
}
