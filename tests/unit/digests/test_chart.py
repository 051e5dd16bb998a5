"""Charts as pictures."""

from __future__ import annotations

import asyncio
import io

from PIL import Image

from bot.digests.chart import draw
from bot.documents.model import Bars

ROWS = tuple((f"Topic {number}", (20 - number, number)) for number in range(10))
BARS = Bars(("This week: 89 papers", "The week before: 117"), ROWS)
LARGEST = 40_000  # bytes; each weekly digest holds one


def _opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))


async def test_picture_is_small_and_fits_a_chat_window() -> None:
    data = await draw("Topics of the week", BARS)
    picture = _opened(data)
    assert (picture.format, picture.width) == ("PNG", 1120)
    assert picture.height <= picture.width
    assert len(data) < LARGEST


async def test_ground_is_opaque_and_light_so_that_dark_windows_do_not_matter() -> None:
    picture = _opened(await draw("Topics of the week", BARS)).convert("RGBA")
    edge = picture.getpixel((2, 2))
    assert isinstance(edge, tuple)
    assert min(edge) > 240


async def test_picture_grows_with_its_rows() -> None:
    few = _opened(await draw("Topics", Bars(("This week",), (("One", (3,)), ("Two", (0,))))))
    many = _opened(await draw("Topics", BARS))
    assert few.height < many.height


async def test_same_chart_is_the_same_picture_for_all_who_ask() -> None:
    first, second = await asyncio.gather(draw("Topics", BARS), draw("Topics", BARS))
    assert first is second
