"""Physical units as they are written behind numbers, so that 40 ms is 0.04 s and not 40 s.

Signs are case-sensitive (mW and MW differ).  A sign with several common meanings ("m", "B", "K", "Gb") is no unit here:
a number with an unknown unit is compared by its value alone.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple


class Unit(NamedTuple):
    """What a unit measures, and how many base units it is: several numbers where writers disagree (MB)."""

    dimension: str
    factors: tuple[Fraction, ...]


def unit_of(written: str) -> Unit | None:
    """The unit that a sign or word means; None if it is none, or may be several."""
    return _SIGNS.get(written) or _WORDS.get(written.lower())


def _units(dimension: str, table: str) -> dict[str, Unit]:
    """Lines of a factor and the names of a unit."""
    rows = (line.split() for line in table.strip().splitlines())
    return {name: Unit(dimension, (Fraction(factor),)) for factor, *names in rows for name in names}


def _bytes() -> dict[str, Unit]:
    """Bytes by prefix: "MB" may be a power of ten or of two, "MiB" (IEC 80000-13) is one of two."""
    signs: dict[str, Unit] = {}
    for power, prefix in enumerate("KMGTP", start=1):
        decimal, binary = Fraction(1000**power), Fraction(1024**power)
        signs |= {f"{prefix}B": Unit("data", (decimal, binary)), f"{prefix}iB": Unit("data", (binary,))}
    return signs | {"kB": signs["KB"]}


_SIGNS = (
    _units("time", "1e-9 ns\n1e-6 mus\n1e-3 ms\n1 s")
    | _units("frequency", "1 Hz\n1e3 kHz KHz\n1e6 MHz\n1e9 GHz")
    | _units("length", "1e-9 nm\n1e-6 mum\n1e-3 mm\n1e-2 cm\n1e3 km")
    | _units("mass", "1e-6 mg\n1 kg")
    | _units("power", "1e-3 mW\n1e3 kW\n1e6 MW\n1e9 GW")
    | _units("energy", "1 Wh\n1e3 kWh\n1e6 MWh\n1e9 GWh")
    | _units("level", "1 dB")
    | _bytes()
)
_PREFIXES = {"k": 3, "m": 6, "g": 9, "t": 12, "p": 15, "e": 18}
_WORDS = (
    _units(
        "time",
        """
        1e-9 nanosecond nanoseconds
        1e-6 microsecond microseconds
        1e-3 millisecond milliseconds msec
        1 second seconds sec secs
        60 minute minutes min mins
        3600 hour hours hr hrs h
        86400 day days
        604800 week weeks
        """,
    )
    | _units("months", "1 month months\n12 year years")
    | _units("data", "1 byte bytes\n1/8 bit bits")
    | {
        name: signs
        for prefix, sign in (("kilo", "KB"), ("mega", "MB"), ("giga", "GB"), ("tera", "TB"), ("peta", "PB"))
        for signs in (_SIGNS[sign],)
        for name in (f"{prefix}byte", f"{prefix}bytes")
    }
    | _units("frequency", "1 hertz\n1e3 kilohertz\n1e6 megahertz\n1e9 gigahertz")
    | _units("length", "1e-3 millimeters millimetres\n1e-2 centimeters centimetres\n1 meter meters metre metres")
    | _units("length", "1e3 kilometer kilometers kilometre kilometres")
    | _units("mass", "1e-3 gram grams\n1 kilogram kilograms")
    | _units("power", "1 watt watts\n1e3 kilowatt kilowatts\n1e6 megawatt megawatts")
    | {
        f"{prefix}flop{plural}": Unit("operations", (Fraction(10**power),))
        for prefix, power in _PREFIXES.items()
        for plural in ("", "s")
    }
)
