"""What a style sheet or a style attribute hides: text that stands in the HTML and that no reader sees.

Enough of CSS for the ways in which text is hidden: not displayed, invisible, transparent, of no size, off the
screen, clipped away, or in the colour of its background.  Colours are followed through custom properties of
LaTeXML (`--ltx-fg-color`, `--ltx-bg-color`), since that is how coloured TeX comes out.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
MAX_ALIKE = 25  # of 255, in each of red, green and blue
MIN_FONT_PX = 4.0  # 3 points
MIN_OPACITY = 0.1
OFF_SCREEN_PX = 500.0
_BASE_PX = 16.0
_INHERITED = ("inherit", "currentcolor", "unset")

_NAMED: Mapping[str, Colour] = {
    "white": WHITE, "black": BLACK, "snow": (255, 250, 250), "ivory": (255, 255, 240), "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245), "floralwhite": (255, 250, 240), "azure": (240, 255, 255), "red": (255, 0, 0),
    "blue": (0, 0, 255), "green": (0, 128, 0), "gray": (128, 128, 128), "grey": (128, 128, 128), "navy": (0, 0, 128),
}  # fmt: skip
_HEX = re.compile(r"#([0-9a-f]{3,8})")
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+)(%?))?\s*\)")
_HSL = re.compile(r"hsla?\(\s*([\d.]+)(?:deg)?[\s,]+([\d.]+)%[\s,]+([\d.]+)%(?:[\s,/]+([\d.]+)(%?))?\s*\)")
_LENGTH = re.compile(r"(-?[\d.]+)\s*(px|pt|em|rem|ex|%|vw|vh|cm|in)?")
_UNIT_PX = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "vw": 10.0, "vh": 8.0, "cm": 37.8, "in": 96.0}
_ZERO_CLIP = re.compile(r"inset\(\s*(?:50|100)%|rect\(\s*(?:0|1px)[\s,]+(?:0|1px)[\s,]+(?:0|1px)[\s,]+(?:0|1px)\s*\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_MEDIA = re.compile(r"@(?:media|supports|layer|container)([^{]*)\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}")
_RULE = re.compile(r"([^{}@;]+)\{([^{}]*)\}")

Declarations = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """How an element's text appears, as far as it is inherited."""

    foreground: Colour = BLACK
    background: Colour = WHITE
    font_px: float = _BASE_PX
    invisible: bool = False
    colourless: bool = False  # its colour lets through what lies beneath

    @property
    def unreadable(self) -> bool:
        """Whether text in this look cannot be seen."""
        faint = self.invisible or self.colourless
        return faint or self.font_px < MIN_FONT_PX or alike(self.foreground, self.background)

    def under(self, style: Declarations) -> Look:
        """The look of a child with these declarations of its own."""
        if not style:
            return self
        visibility = style.get("visibility", "")
        ink = style.get("--ltx-fg-color") or style.get("color", "")
        return replace(
            self,
            foreground=colour(ink, self.foreground),
            colourless=_is_clear(ink) if ink and ink not in _INHERITED else self.colourless,
            background=colour(_background(style), self.background),
            font_px=_font_size(style.get("font-size", ""), self.font_px),
            invisible=visibility in ("hidden", "collapse") or (self.invisible and visibility != "visible"),
        )


def declarations(style: str) -> Declarations:
    """The declarations of a style attribute, lower-cased, the last of a name winning."""
    pairs = (part.split(":", 1) for part in style.lower().split(";") if ":" in part)
    return {name.strip(): value.replace("!important", "").strip() for name, value in pairs}


def rules(sheet: str) -> list[tuple[str, Declarations]]:
    """Selectors of a style sheet with those declarations that can hide something.

    Rules for print, dark mode or narrow windows are left out: they are not what a reader usually sees.
    """
    sheet = _MEDIA.sub(lambda block: block[2] if block[1].strip() in ("all", "screen") else "", _COMMENT.sub("", sheet))
    found = ((selector.strip(), declarations(body)) for selector, body in _RULE.findall(sheet))
    return [(selector, style) for selector, style in found if ":" not in selector and style.keys() & _RELEVANT]


def hides(style: Declarations) -> bool:
    """Whether an element with these declarations, and all within it, is not to be seen."""
    if not style:
        return False
    if style.get("display") == "none" or style.get("content-visibility") == "hidden":
        return True
    if _number(style.get("opacity", ""), 1.0) < MIN_OPACITY or "opacity(0" in style.get("filter", ""):
        return True
    if "scale(0" in style.get("transform", "") and not style["transform"].startswith("scale(0."):
        return True
    return _clipped(style) or _off_screen(style)


def alike(one: Colour, other: Colour) -> bool:
    """Whether a text in one colour cannot be seen on the other."""
    return all(abs(here - there) <= MAX_ALIKE for here, there in zip(one, other, strict=True))


def colour(value: str, inherited: Colour) -> Colour:
    """A colour value, without its opacity; the inherited one where it says nothing that can be read."""
    if value in _NAMED:
        return _NAMED[value]
    if match := _HEX.search(value):
        digits = match[1]
        if len(digits) < 6:
            digits = "".join(2 * digit for digit in digits)
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    if match := _RGB.search(value):
        red, green, blue = (min(255, int(part)) for part in match.groups()[:3])
        return red, green, blue
    if match := _HSL.search(value):
        hue, saturation, lightness = (_number(part, 0.0) for part in match.groups()[:3])
        shares = colorsys.hls_to_rgb(hue / 360, min(lightness / 100, 1), min(saturation / 100, 1))
        return round(255 * shares[0]), round(255 * shares[1]), round(255 * shares[2])
    return inherited


def _background(style: Declarations) -> str:
    value = style.get("--ltx-bg-color") or style.get("background-color") or style.get("background", "")
    return "" if _is_clear(value) else value


def _is_clear(value: str) -> bool:
    """Whether a colour hardly covers what lies beneath it."""
    if value == "transparent":
        return True
    if match := _HEX.search(value):
        digits = match[1]
        opacity = {4: 2 * digits[3:], 8: digits[6:]}.get(len(digits))
        return opacity is not None and int(opacity, 16) < 255 * MIN_OPACITY
    if (match := _RGB.search(value) or _HSL.search(value)) and match[4]:
        return _number(match[4], 1.0) / (100 if match[5] else 1) < MIN_OPACITY
    return False


def _font_size(value: str, inherited: float) -> float:
    match = _LENGTH.fullmatch(value)
    if not match:
        return inherited
    size = _number(match[1], inherited)
    relative = {"%": 0.01 * inherited, "em": inherited, "ex": 0.5 * inherited, None: 1.0}
    return size * relative.get(match[2], _UNIT_PX.get(match[2] or "px", 1.0))


def _pixels(value: str) -> float | None:
    match = _LENGTH.fullmatch(value)
    return _number(match[1], 0.0) * _UNIT_PX.get(match[2] or "px", 0.0) if match and match[2] != "%" else None


def _number(value: str, default: float) -> float:
    try:
        return float(value)
    except ValueError:
        return default


def _clipped(style: Declarations) -> bool:
    if _ZERO_CLIP.search(style.get("clip", "") + style.get("clip-path", "")):
        return True
    if not style.get("overflow", "").startswith(("hidden", "clip")):
        return False
    sizes = (_pixels(style.get(side, "")) for side in ("width", "height", "max-width", "max-height"))
    return any(size is not None and size <= 1 for size in sizes)


def _off_screen(style: Declarations) -> bool:
    moved = style.get("position") in ("absolute", "fixed")
    places = [style.get("text-indent", ""), *(style.get(f"margin-{side}", "") for side in ("left", "top"))]
    if moved:
        places += [style.get(side, "") for side in ("left", "right", "top", "bottom")]
    return any((_pixels(place) or 0.0) <= -OFF_SCREEN_PX for place in places)


_RELEVANT = frozenset(
    "--ltx-fg-color --ltx-bg-color color background background-color font-size visibility display opacity filter "
    "transform clip clip-path overflow width height max-width max-height position left right top bottom text-indent "
    "margin-left margin-top content-visibility".split()
)
