"""A daily digest in words: its root message, its messages about papers, and what it says where there are none.

Pure functions of what was read, chosen and summarized.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.digests.choosing import Choice, Chosen
from bot.digests.lists import Reading
from bot.digests.model import Digest, Edition, Gaps, Kind, Part, Slot
from bot.digests.weekly import NOTHING, Review
from bot.documents.model import (
    Block,
    Bullets,
    Document,
    Footnote,
    Inline,
    Moment,
    Paragraph,
    Text,
    Tone,
    link,
    text,
)
from bot.documents.words import long_date
from bot.papers import calendar
from bot.papers.model import Artifact, EmptyReason, Paper
from bot.reading.cards import Sighting, counted, details, how_it_rose, list_card, paper_json, starters

LONGEST_TITLE = 90  # characters; the shortest of the platforms' limits for a thread's name is 100
FIRST_IN_ROOT = 5  # papers that the root message names
OF_A_KIND = 2  # models, datasets or Spaces named under a paper
KINDS = {"model": "Model", "dataset": "Dataset", "space": "Space"}


def title_of(slot: Slot) -> str:
    """The thread's name: `Papers of Friday 10 July 2026`."""
    if slot.kind is Kind.WEEKLY:
        return f"Papers of the week of {slot.day.day} {slot.day:%B %Y}"
    return f"Papers of {long_date(slot.day)}"[:LONGEST_TITLE]


def root(slot: Slot, chosen: Chosen, now: datetime, lacking: Text, review: Review = NOTHING) -> Document:
    """The first message.

    Args:
        slot: which digest.
        chosen: its papers, and how many it leaves out.
        now: for how long a rise took.
        lacking: what is to be said on what is missing; it comes last.
        review: what stands below the first papers.
    """
    shown, total = len(chosen.choices), len(chosen.choices) + chosen.below + chosen.off_topic + chosen.muted
    blocks: list[Block] = [
        Paragraph(text(_counts(slot.kind, shown, total, chosen))),
        Bullets(tuple(_line(choice, now) for choice in chosen.choices[:FIRST_IN_ROOT])),
        *review.blocks,
    ]
    if slot.edition is Edition.LIVE and slot.kind is Kind.DAILY:
        closes = Moment(calendar.rolls_over_at(slot.day))
        blocks.append(Footnote(text("The list fills until ", closes, "; later papers come with the next digest.")))
    if lacking:
        blocks.append(Footnote(lacking))
    data = {"day": slot.day.isoformat(), "edition": slot.edition.value, "shown": shown, "total": total, **review.data}
    return Document(title_of(slot), tuple(blocks), data=data)


def paper_part(number: int, why: str, seen: Sighting, *, offers: frozenset[str], now: datetime) -> Part:
    """The message about one paper."""
    card = list_card(seen, offers=offers, now=now)
    card = replace(
        card,
        rank=number,
        why=why,
        details=details(seen.summary) if seen.summary else (),
        actions=(*starters(seen, offers), *card.actions),
    )
    blocks: tuple[Block, ...] = (card, *_artifacts(seen.paper))
    return Part(number, Document(blocks=blocks, data=paper_json(replace(seen, rank=number))), seen.paper.id)


def what_is_lacking(reading: Reading, missing: str) -> Text:
    """How old the lists are, and what is missing."""
    if reading.old_since is None:
        return text(missing)
    end = f". {missing}".strip()
    return text("Hugging Face does not answer; the list is as of ", Moment(reading.old_since), end)


def what_is_missing(unread: Sequence[date]) -> str:
    """A sentence on the days whose lists could not be had; "" if there are none."""
    if not unread:
        return ""
    days = ", ".join(long_date(day) for day in unread)
    return f"Without the list of {days}: Hugging Face does not answer. Its papers come later."


def sentences(*parts: str) -> str:
    """These sentences in a row."""
    return " ".join(filter(None, parts))


def notice(slot: Slot, reading: Reading, chosen: Chosen, gaps: Gaps | None) -> Digest:
    """A digest without papers: one sentence on why there are none."""
    sentence = _why_none(slot, reading, chosen)
    missing = what_is_missing(reading.unread)
    lacking = what_is_lacking(reading, missing)
    blocks: tuple[Block, ...] = (Paragraph(text(sentence)), *((Footnote(lacking),) if lacking else ()))
    return Digest(
        slot=slot,
        title=title_of(slot),
        parts=(Part(0, Document(blocks=blocks, tone=Tone.NOTICE, data={"papers": [], "why": sentence})),),
        missing=missing,
        through=reading.through,
        gaps=gaps,
    )


def _counts(kind: Kind, shown: int, total: int, chosen: Chosen) -> str:
    papers = "paper" if total == 1 else "papers"
    what = f"{total} {papers} that week" if kind is Kind.WEEKLY else f"{total} new {papers}"
    if shown == total:
        return f"{what}."
    if shown + chosen.below == total:
        return f"{what}; the {shown} most upvoted follow." if shown > 1 else f"{what}; the most upvoted one follows."
    left_out = [f"{chosen.off_topic} on other topics"] if chosen.off_topic else []
    left_out += [f"{chosen.muted} on muted topics"] if chosen.muted else []
    left_out += [f"{chosen.below} further down the list"] if chosen.below else []
    return f"{what}; {shown} of them follow. Left out: {', '.join(left_out)}."


def _line(choice: Choice, now: datetime) -> Text:
    """`Title (118 upvotes, +28 in 7 h; about agents)`."""
    paper = choice.paper
    votes = [counted(paper.upvotes, "upvote")] if paper.upvotes else []
    votes += filter(None, [how_it_rose(choice.rise, now)])
    reasons = "; ".join(filter(None, (", ".join(votes), choice.why)))
    return text(link(paper.title, paper.url), *((f" ({reasons})",) if reasons else ()))


def _artifacts(paper: Paper) -> tuple[Block, ...]:
    """A line with the models, datasets and Spaces that name the paper: `Models: a/b, c/d · Space: e/f`."""
    groups = [_linked(name, [one for one in paper.artifacts if one.kind == kind]) for kind, name in KINDS.items()]
    pieces = [piece for group in groups if group for piece in (" · ", *group)][1:]
    return (Footnote(text(*pieces)),) if pieces else ()


def _linked(kind: str, artifacts: Sequence[Artifact]) -> list[str | Inline]:
    """The first ones of a kind, and how many there are beside them."""
    links = [link(one.name, one.url) for one in artifacts[:OF_A_KIND]]
    more = len(artifacts) - len(links)
    if not links:
        return []
    name = f"{kind}: " if len(artifacts) == 1 else f"{kind}s: "
    pieces = [piece for one in links for piece in (", ", one)][1:]
    return [name, *pieces, *([f" and {more} more"] if more else [])]


def _after_weekend(day: date) -> bool:
    return calendar.is_weekend(day) or calendar.is_weekend(day - timedelta(days=1))


def _none_fits(count: int, day: str) -> str:
    if count == 1:
        return f"There is one new paper of {day}, and it is not on this channel's topics."
    return f"None of the {count} new papers of {day} is on this channel's topics."


def _why_none(slot: Slot, reading: Reading, chosen: Chosen) -> str:
    day = long_date(slot.day)
    if slot.notice and not _after_weekend(slot.day):
        return "No list has been completed since the last digest."
    if chosen.off_topic or chosen.muted:
        return _none_fits(chosen.off_topic + chosen.muted, day)
    if reading.unread or reading.old:
        return "There is nothing new to show yet."
    if reading.papers:
        return f"Nothing new since the last digest: all papers of {day} have been shown here."
    match reading.empty_because:
        case EmptyReason.WEEKEND:
            return "No new list: at weekends no papers are submitted."
        case EmptyReason.EARLY:
            return f"The list of {day} has not begun to fill yet; its papers come with the next digest."
        case _:
            return f"There is no list for {day}; it may have been a holiday."
