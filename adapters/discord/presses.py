"""What a button carries: the command that pressing it stands for, inside Discord's 100 characters of `custom_id`.

    pw1:o:show 2606.01234        an answer for all to see
    pw1:p:saved                  an answer for the person who pressed
    pw1:f:subscribe weekly       a form to fill in, with an answer for the person who pressed
    pw1:z:…                      anything longer, and what is asked first: packed
    pw1:o2:show 2606.01234       the second button of its kind in one message, as ids must differ there

Nothing is kept on our side, so a button works after any restart.  The packed form is deflate with a dictionary of the
words that commands are made of, written 14 bits a character in the block of CJK ideographs from U+4E00: about 250
characters of English fit.  The number after `pw` is the version: a button of a version that is not known is told so.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass, replace

from adapters.discord.limits import CUSTOM_ID, length
from bot.documents.model import Action, Input
from bot.errors import BadInput

VERSION = 1
TEMPLATE = r"pw(?P<version>\d+):(?P<rest>(?s:.+))"
_BODY = re.compile(r"(?P<form>[opfz])\d*:(?P<load>.+)", re.DOTALL)
_OUTDATED = "This button is from another version of Paperwire. Please run the command again with `/papers`."
_WORDS = (
    b"attention baseline benchmark between compare data different evaluation experiments explain graph language large "
    b"learning limitations main method model models network neural on other paper performance previous proposed "
    b"question reasoning results search show similar state-of-the-art than that their there this training transformer "
    b'using were what when where which why with work How does Is it Are the of and in to for What ask ["ask 260.'
)
_FIRST, _BITS = 0x4E00, 14
_PRIVATE, _FILLS = 1, 2


@dataclass(frozen=True, slots=True)
class Press:
    """A button's meaning: a command line, who sees the answer, and what to ask first, if anything: a question, or all
    that the command's form has.
    """

    command: str
    private: bool = False
    ask: Input | None = None
    fills: bool = False


def press_of(action: Action) -> Press:
    """What pressing an action's button means."""
    return Press(action.command, action.private or action.fills, action.input, action.fills)


def encode(press: Press, ordinal: int = 0) -> str | None:
    """The `custom_id`, or None if not even the packed form fits.  `ordinal` tells equal buttons of a message apart."""
    number = str(ordinal or "")
    form = "f" if press.fills else "p" if press.private else "o"
    plain = f"pw{VERSION}:{form}{number}:{press.command}"
    if press.ask is None and length(plain) <= CUSTOM_ID:
        return plain
    for candidate in (press, _terse(press)):
        packed = f"pw{VERSION}:z{number}:{_pack(_fields(candidate))}"
        if length(packed) <= CUSTOM_ID:
            return packed
    return None


def decode(custom_id: str) -> Press:
    """The meaning of a `custom_id`.  Raises `BadInput`, with a sentence for the person, for one of another version."""
    matched = re.fullmatch(TEMPLATE, custom_id)
    body = _BODY.fullmatch(matched["rest"]) if matched and int(matched["version"]) == VERSION else None
    if body is None:
        raise BadInput(_OUTDATED)
    if body["form"] == "z":
        return _read(_unpack(body["load"]))
    return Press(body["load"], private=body["form"] in "pf", fills=body["form"] == "f")


def _terse(press: Press) -> Press:
    """Without what can be done without: the wording of the question."""
    return replace(press, ask=press.ask and replace(press.ask, label="", placeholder=""))


def _fields(press: Press) -> bytes:
    fields: list[object] = [press.command, _PRIVATE * press.private + _FILLS * press.fills]
    if press.ask is not None:
        fields += [press.ask.label, press.ask.placeholder, press.ask.max_length, int(press.ask.multiline)]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _read(fields: bytes) -> Press:
    try:
        command, flags, *ask = json.loads(fields)
        asked = Input(str(ask[0]), str(ask[1]), int(ask[2]), bool(ask[3])) if ask else None
        return Press(str(command), bool(flags & _PRIVATE), asked, bool(flags & _FILLS))
    except (ValueError, TypeError, IndexError):
        raise BadInput(_OUTDATED) from None


def _pack(content: bytes) -> str:
    squeezer = zlib.compressobj(9, wbits=-15, zdict=_WORDS)
    squeezed = squeezer.compress(content) + squeezer.flush()
    bits = "".join(f"{byte:08b}" for byte in squeezed) + "1"  # the last 1 marks the end; blanks of 0 follow
    bits += "0" * (-len(bits) % _BITS)
    return "".join(chr(_FIRST + int(bits[at : at + _BITS], 2)) for at in range(0, len(bits), _BITS))


def _unpack(packed: str) -> bytes:
    try:
        bits = "".join(f"{ord(char) - _FIRST:0{_BITS}b}" for char in packed).rstrip("0")[:-1]
        squeezed = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
        expander = zlib.decompressobj(wbits=-15, zdict=_WORDS)
        return expander.decompress(squeezed, 20_000)
    except (ValueError, OverflowError, zlib.error):
        raise BadInput(_OUTDATED) from None
