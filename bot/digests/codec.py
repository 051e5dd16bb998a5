"""Digests as JSON and back, so that what was composed once is sent word for word, whenever that may be."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Any

from bot.digests.model import Digest, Edition, Gaps, Kind, Part, Slot, Target
from bot.documents import codec

LAST = 100  # digests, which a process has under way


def dump(digest: Digest) -> str:
    """The digest as JSON text."""
    slot = digest.slot
    return json.dumps(
        {
            "workspace": slot.target.workspace,
            "channel": slot.target.channel,
            "kind": slot.kind.value,
            "day": slot.day.isoformat(),
            "edition": slot.edition.value,
            "notice": slot.notice,
            "title": digest.title,
            "missing": digest.missing,
            "through": digest.through.isoformat() if digest.through else None,
            "gaps": _pack_gaps(digest.gaps) if digest.gaps else None,
            "revision": digest.revision,
            "parts": [_pack_part(part) for part in digest.parts],
        },
        ensure_ascii=False,
    )


@lru_cache(maxsize=LAST)
def load(text: str) -> Digest:
    """The digest that `dump` wrote.  The last ones are remembered, as each message asks for its digest again."""
    packed = json.loads(text)
    through = packed["through"]
    return Digest(
        slot=_slot(packed),
        title=packed["title"],
        parts=tuple(_part(part) for part in packed["parts"]),
        missing=packed["missing"],
        through=date.fromisoformat(through) if through else None,
        gaps=_gaps(packed["gaps"]) if packed.get("gaps") else None,
        revision=packed.get("revision", 0),
    )


def _pack_part(part: Part) -> dict[str, object]:
    document = codec.dump(part.document)
    return {"number": part.number, "paper": part.paper_id, "document": document, "revision": part.revision}


def _part(packed: dict[str, Any]) -> Part:
    return Part(packed["number"], codec.load(packed["document"]), packed["paper"], packed.get("revision", 0))


def _pack_gaps(gaps: Gaps) -> dict[str, object]:
    unread, old = ([day.isoformat() for day in days] for days in (gaps.unread, gaps.old))
    return {"unread": unread, "old": old, "summaries": gaps.summaries, "known": gaps.known}


def _gaps(packed: dict[str, Any]) -> Gaps:
    unread, old = (tuple(map(date.fromisoformat, packed[name])) for name in ("unread", "old"))
    return Gaps(unread, old, packed["summaries"], tuple(packed["known"]))


def _slot(packed: dict[str, Any]) -> Slot:
    return Slot(
        target=Target(packed["workspace"], packed["channel"]),
        kind=Kind(packed["kind"]),
        day=date.fromisoformat(packed["day"]),
        edition=Edition(packed["edition"]),
        notice=packed["notice"],
    )
