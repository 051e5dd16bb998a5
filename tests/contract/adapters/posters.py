"""The one suite that every platform's poster passes: a digest's way through it, whatever the platform answers once.

A poster's test file subclasses `PosterContract` and gives a `place`: the local platform with a channel, and how to make
each of its requests go wrong.  The real courier and sender deliver; time is a test's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Protocol

import pytest

from bot.digests import looking
from bot.digests.courier import Courier
from bot.digests.model import Kind, Target
from bot.digests.planning import plan
from bot.digests.ports import Poster
from bot.digests.sending import Sender
from bot.documents.model import Document, Paragraph, text
from bot.errors import Ambiguous, TargetGone, Transient
from bot.testing.clock import FakeClock
from bot.testing.composing import FakeComposer, PlainSteps
from bot.testing.digests import FakeDeliveries, FakeSubscriptions
from tests.digests import wish

NINE = datetime(2026, 7, 10, 7, tzinfo=UTC)  # nine o'clock in Berlin, a Friday
PAPERS = 2
MALFORMED = (
    ("application/json", '{"id": "12'),
    ("application/json", ""),
    ("application/json", "{}"),
    ("application/json", '{"ok": true}'),
    ("application/json", "[]"),
    ("application/json", "null"),
    ("application/json", '"ok"'),
    ("text/html", "<html><body>Just a moment</body></html>"),
    ("text/plain", "ok"),
)
ROOT = Document("Papers", (Paragraph(text("Two.")),))
KEY, OTHER = "a" * 25, "b" * 25
malformed = pytest.mark.parametrize("raw", MALFORMED)
effects = pytest.mark.parametrize("has_effect", [False, True])


class Place(Protocol):
    """A local platform with a channel."""

    @property
    def target(self) -> Target:
        """The channel."""

    @property
    def poster(self) -> Poster:
        """The adapter's own."""

    def forbid_reading(self) -> None:
        """The bot may not look for its messages any more."""

    def forbid_writing(self) -> None:
        """The bot may not write in the channel, which is called `reading`, any more."""

    def spoil(self, request: str, raw: tuple[str, str], *, has_effect: bool) -> None:
        """Let the answer to the next request of that name be this, of that content type, with status 200."""

    def lose(self, request: str, *, has_effect: bool) -> None:
        """Cut the connection in place of the answer to the next request of that name."""

    def chatter(self, messages: int) -> None:
        """So many messages are written in the channel, or so many posts made in the forum."""

    def now(self) -> datetime:
        """The instant by the platform's clock."""

    def asked(self) -> Iterable[str]:
        """The names of the requests that were made."""

    def words(self) -> Sequence[str]:
        """The messages that people see, in threads too."""


@dataclass(frozen=True)
class Outcome:
    """What came of a digest."""

    words: Sequence[str]
    note: str  # what `status` says about it
    unknown: int

    @property
    def is_whole(self) -> bool:
        """Whether each message is there once."""
        gists = ["2 new papers.", "Paper 1", "Paper 2"]
        counts = [sum(gist in words for words in self.words) for gist in gists]
        return counts == [1, 1, 1] and len(self.words) == len(gists)

    @property
    def is_doubled(self) -> bool:
        """Whether some message is there more than once."""
        return len(set(self.words)) < len(self.words)


class PosterContract:
    """Subclass it; override `place`, and name the requests."""

    POSTS: ClassVar[Sequence[str]]  # requests that make a message
    AROUND: ClassVar[Sequence[str]]  # the others on a digest's way
    LOOKS: ClassVar[Sequence[str]]  # those by which a message is looked for whose answer was lost
    EDITS: ClassVar[Sequence[str]]  # those by which a message is changed
    CHECKS: ClassVar[Sequence[str]]  # those by which a channel is looked at

    @pytest.fixture
    def place(self) -> Place:
        """The local platform."""
        raise NotImplementedError

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Have each test run for each request of the kind that its argument names."""
        kinds = {
            "post": self.POSTS,
            "around": self.AROUND,
            "request_name": (*self.POSTS, *self.AROUND),
            "look": self.LOOKS,
            "edit": self.EDITS,
            "check": self.CHECKS,
        }
        for argument in kinds.keys() & set(metafunc.fixturenames):
            metafunc.parametrize(argument, kinds[argument])

    async def test_every_request_has_its_row(self, place: Place) -> None:
        for post in self.POSTS:
            place.lose(post, has_effect=False)
        assert (await deliver(place)).is_whole
        assert {*place.asked()} == {*self.POSTS, *self.AROUND, *self.LOOKS}

    @malformed
    @effects
    async def test_answer_that_cannot_be_read_loses_nothing(
        self, place: Place, request_name: str, raw: tuple[str, str], has_effect: bool
    ) -> None:
        place.spoil(request_name, raw, has_effect=has_effect)
        outcome = await deliver(place)
        assert outcome.is_whole
        assert (outcome.note, outcome.unknown) == ("", 0)

    @effects
    async def test_connection_that_breaks_loses_nothing(
        self, place: Place, request_name: str, has_effect: bool
    ) -> None:
        place.lose(request_name, has_effect=has_effect)
        assert (await deliver(place)).is_whole

    @malformed
    async def test_look_that_cannot_be_read_is_made_again(self, place: Place, look: str, raw: tuple[str, str]) -> None:
        for post in self.POSTS:
            place.lose(post, has_effect=True)
        place.spoil(look, raw, has_effect=True)
        assert (await deliver(place)).is_whole

    @malformed
    @effects
    async def test_what_nobody_can_look_for_is_told_and_not_repeated(
        self, place: Place, post: str, raw: tuple[str, str], has_effect: bool
    ) -> None:
        place.forbid_reading()
        place.spoil(post, raw, has_effect=has_effect)
        outcome = await deliver(place)
        assert not outcome.is_doubled
        assert outcome.unknown == 1
        assert "not known" in outcome.note

    @effects
    async def test_what_happens_before_a_message_leaves_is_no_doubt(
        self, place: Place, around: str, has_effect: bool
    ) -> None:
        place.forbid_reading()
        place.spoil(around, MALFORMED[0], has_effect=has_effect)
        place.lose(around, has_effect=has_effect)
        outcome = await deliver(place)
        assert outcome.is_whole
        assert (outcome.note, outcome.unknown) == ("", 0)

    @pytest.mark.parametrize(("after", "ahead"), [(120, timedelta()), (40, timedelta(days=1))])
    async def test_message_is_found_below_others(self, place: Place, after: int, ahead: timedelta) -> None:
        """All since the claim are looked at, and the last ones whatever the clocks say."""
        since = place.now() + ahead
        root = await place.poster.post_root(place.target, "Papers", ROOT, KEY)
        place.chatter(after)
        found = await place.poster.find(place.target, None, "Papers", KEY, since)
        assert found is not None
        assert found.message == root.message

    async def test_message_that_is_not_there_is_not_found(self, place: Place) -> None:
        await place.poster.post_root(place.target, "Papers", ROOT, KEY)
        place.chatter(70)
        assert await place.poster.find(place.target, None, "Papers", OTHER, place.now() + timedelta(days=1)) is None

    async def test_nobody_knows_where_too_much_was_written(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(looking, "MOST", 60)
        since = place.now()
        await place.poster.post_root(place.target, "Papers", ROOT, KEY)
        place.chatter(70)
        with pytest.raises(Ambiguous):
            await place.poster.find(place.target, None, "Papers", KEY, since)

    @malformed
    async def test_change_whose_answer_cannot_be_read_is_worth_another_try(
        self, place: Place, edit: str, raw: tuple[str, str]
    ) -> None:
        root = await place.poster.post_root(place.target, "Papers", ROOT, KEY)
        place.spoil(edit, raw, has_effect=True)
        with pytest.raises(Transient):
            await place.poster.edit(place.target, None, root, ROOT, KEY)
        await place.poster.edit(place.target, None, root, ROOT, KEY)

    @malformed
    async def test_check_whose_answer_cannot_be_read_says_that_nobody_knows(
        self, place: Place, check: str, raw: tuple[str, str]
    ) -> None:
        place.spoil(check, raw, has_effect=True)
        with pytest.raises(Transient):
            await place.poster.look_at(place.target)

    async def test_channel_where_the_bot_may_not_write_is_named(self, place: Place) -> None:
        place.forbid_writing()
        with pytest.raises(TargetGone, match="#reading"):
            await place.poster.post_root(place.target, "Papers", ROOT, KEY)
        with pytest.raises(TargetGone, match="#reading"):
            await place.poster.look_at(place.target)
        assert not place.words()

    async def test_request_of_an_old_claim_does_not_leave(self, place: Place) -> None:
        def too_late() -> None:
            raise Transient("Too late.")

        root = await place.poster.post_root(place.target, "Papers", ROOT, KEY)
        root = await place.poster.open_thread(place.target, root, "Papers")
        before = [*place.words()]
        with pytest.raises(Transient, match="Too late"):
            await place.poster.post_root(place.target, "Papers", ROOT, OTHER, too_late)
        with pytest.raises(Transient, match="Too late"):
            await place.poster.post_reply(place.target, root, ROOT, OTHER, too_late)
        assert [*place.words()] == before

    async def test_claim_knows_that_its_request_has_left(self, place: Place) -> None:
        left: list[str] = []
        root = await place.poster.post_root(place.target, "Papers", ROOT, KEY, lambda: left.append("root"))
        root = await place.poster.open_thread(place.target, root, "Papers")
        await place.poster.post_reply(place.target, root, ROOT, OTHER, lambda: left.append("reply"))
        assert left == ["root", "reply"]


async def deliver(place: Place) -> Outcome:
    """Deliver a digest of two papers."""
    clock, deliveries = FakeClock(NINE + timedelta(minutes=3)), FakeDeliveries()
    subscriptions, posters = FakeSubscriptions(deliveries), {place.target.platform: place.poster}
    sender = Sender(posters, deliveries, clock)
    courier = Courier(FakeComposer(papers=PAPERS), sender, subscriptions, deliveries, posters, clock)
    await subscriptions.put(wish(place.target), NINE)
    [standing] = await subscriptions.due(clock.now())
    planned = plan(standing, clock.now())
    assert planned.slot is not None
    await subscriptions.move_on(standing, planned)
    await courier.deliver(planned.slot.key, PlainSteps(clock))
    known = await subscriptions.get(place.target, Kind.DAILY)
    assert known is not None
    return Outcome(place.words(), known.last_note, await deliveries.unknown(place.target, NINE))
