"""Digests as JSON and back, so that what was composed once is sent word for word, whenever that may be."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from bot.digests.model import Digest, Edition, Kind, Part, Slot, Target
from bot.documents import codec


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
            "parts": [
                {"number": part.number, "paper": part.paper_id, "document": codec.dump(part.document)}
                for part in digest.parts
            ],
        },
        ensure_ascii=False,
    )


def load(text: str) -> Digest:
    """The digest that `dump` wrote."""
    packed = json.loads(text)
    through = packed["through"]
    return Digest(
        slot=_slot(packed),
        title=packed["title"],
        parts=tuple(Part(part["number"], codec.load(part["document"]), part["paper"]) for part in packed["parts"]),
        missing=packed["missing"],
        through=date.fromisoformat(through) if through else None,
    )


def _slot(packed: dict[str, Any]) -> Slot:
    return Slot(
        target=Target(packed["workspace"], packed["channel"]),
        kind=Kind(packed["kind"]),
        day=date.fromisoformat(packed["day"]),
        edition=Edition(packed["edition"]),
        notice=packed["notice"],
    )
