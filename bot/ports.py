"""What the engine needs from the world: time, network, model, store.

Real parts and the fakes in `bot/testing/` keep the same contracts, and pass the same tests.  At run time this
module imports nothing of the house: ports are words only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.chat.conversation import Turn
    from bot.chat.request import Place
    from bot.digests.ports import DeliveryRepository, OptIns, SharedTurns, SubscriptionRepository
    from bot.llm.model import Completion, ModelCall, TextDelta, Usage
    from bot.papers.fulltext.model import FullText
    from bot.papers.model import Paper, PaperList, Rise
    from bot.reading.model import Summary, SummaryKey


class Clock(Protocol):
    """Time, so that tests can own it."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait; a virtual clock moves instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An HTTP answer with a status below 400, or 404, read to its end within the size cap."""

    url: str  # after redirects
    status: int
    body: bytes
    content_type: str = ""
    fetched_at: datetime
    stale: bool = False  # the source failed; this is an older answer from the cache
    headers: Mapping[str, str] = field(default_factory=dict)


class Fetcher(Protocol):
    """The network.  Retries, caches and waits its turn by itself; requests for the same thing in flight are shared."""

    async def get(self, url: str, *, params: Mapping[str, str] | None = None, max_bytes: int = 30_000_000) -> Fetched:
        """Fetch `url`.

        Raises:
            SourceUnavailable: no usable answer after the retries, and none in the cache.
            RateLimited: the source asks to wait longer than is worth waiting.
        """


class LanguageModel(Protocol):
    """A language model behind any OpenAI-compatible server.  One retry layer is inside; nobody retries outside."""

    @property
    def name(self) -> str:
        """The model's name, as part of cache keys."""

    def most_written(self, call: ModelCall) -> int:
        """How many tokens the answer to `call` may be billed at most, thoughts included."""

    async def complete(self, call: ModelCall) -> Completion:
        """Answer whole.  Raises `ModelUnavailable`, `RateLimited`, `Unauthorized` or a `ModelError` by name."""

    def stream(self, call: ModelCall) -> AsyncIterator[TextDelta | Completion]:
        """Answer piece by piece; the last item is the whole `Completion`.  Raises as `complete` does."""


class Witness(Protocol):
    """Told what happens, to count it.  It never raises and never waits."""

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        """A request for this command ended; the outcomes are those of `bot.watching.watched`."""

    def fetched(self, host: str, outcome: str) -> None:
        """A source was asked; the outcomes are those of `bot.watching.WatchedFetcher`."""

    def spent(self, usage: Usage) -> None:
        """A model's answer came to an end."""


class PaperRepository(Protocol):
    """Every paper and list ever seen."""

    async def save(self, papers: Iterable[Paper], seen_at: datetime) -> None:
        """Insert or update; a field that is None or empty in a newer sighting does not wipe what is known."""

    async def get(self, paper_id: str) -> Paper | None:
        """The paper with this id."""

    async def get_many(self, paper_ids: Sequence[str]) -> list[Paper]:
        """Those that are known, in the order asked for."""

    async def save_list(self, key: str, papers: PaperList) -> None:
        """Remember a list under a key ("day:2026-07-10", "week:2026-W28", "trending"), its papers, and a
        snapshot of their upvotes, comments and stars; all in one transaction.
        """

    async def load_list(self, key: str) -> PaperList | None:
        """The list last saved under that key, with its papers as they were ranked then."""

    async def latest_day(self, before: date) -> PaperList | None:
        """The newest non-empty daily list with a day before the one given."""

    async def search(self, words: str, *, limit: int = 10, offset: int = 0) -> list[Paper]:
        """Full-text search over titles, abstracts, authors and keywords; best first.  Any input is safe."""

    async def rises(self, paper_ids: Sequence[str], since: datetime) -> Mapping[str, Rise]:
        """Upvotes now against the last snapshot at or before `since` (else the first one), where both exist."""

    async def count(self) -> int:
        """How many papers are known."""


class SummaryRepository(Protocol):
    """Summaries by everything that they depend on, shared by all workspaces."""

    async def get_many(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        """Those that are there."""

    async def save(self, summaries: Mapping[SummaryKey, Summary]) -> None:
        """Insert or replace."""


class TextRepository(Protocol):
    """Full texts by paper and version, shared by all workspaces."""

    async def get(self, paper_id: str, version: int) -> FullText | None:
        """The text last saved for that version (0: the source named none)."""

    async def save(self, text: FullText) -> None:
        """Insert or replace."""


class AnswerRepository(Protocol):
    """Models' replies to questions, by a key of all that they depend on; shared by all workspaces."""

    async def get(self, key: str) -> str | None:
        """The reply kept under a key."""

    async def save(self, key: str, reply: str, at: datetime) -> None:
        """Insert or replace."""


class UsageLedger(Protocol):
    """Tokens and cost per workspace, UTC day and model.  Reserved before a call, settled after it."""

    async def reserve(self, workspace: str, day: date, tokens: int, budget: int) -> int | None:
        """Hold `tokens` if used plus held stays within `budget` (0: no limit); the reservation's id, or None."""

    async def settle(self, reservation: int, model: str, purpose: str, usage: Usage | None) -> None:
        """Replace the reservation by what was used; None gives all of it back.  Settling twice changes nothing."""

    async def usage(self, workspace: str, day: date) -> Sequence[DayUsage]:
        """What a workspace used on a UTC day, a row per model and purpose."""

    async def release_stale(self, before: datetime) -> int:
        """Give back reservations made before then, which a crash left behind; how many there were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayUsage:
    """A row of the ledger."""

    model: str
    purpose: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None


class ConversationRepository(Protocol):
    """What was said where."""

    async def show_list(self, place: Place, paper_ids: Sequence[str], at: datetime) -> None:
        """Remember the list last shown there, so that `#3` means something."""

    async def shown_list(self, place: Place) -> list[str]:
        """The paper ids last shown there, in order; empty if none.  A thread does not look into its channel."""

    async def add_turn(self, place: Place, turn: Turn) -> None:
        """Append a question or an answer."""

    async def turns(self, place: Place, limit: int = 20) -> list[Turn]:
        """The newest turns, oldest first."""

    async def forget_workspace(self, workspace: str) -> None:
        """Delete everything that was said in a workspace."""


class SavedPapers(Protocol):
    """A person's reading list within a workspace."""

    async def save(self, workspace: str, user: str, paper_id: str, at: datetime) -> bool:
        """Add; False if it was there already."""

    async def remove(self, workspace: str, user: str, paper_id: str) -> bool:
        """Take out; False if it was not there."""

    async def saved(self, workspace: str, user: str) -> list[str]:
        """Paper ids, newest first."""


class EventLog(Protocol):
    """Which inbound events have been worked on, so that one delivered twice is answered once."""

    async def begin(self, event: str, now: datetime, lease: timedelta) -> bool:
        """Whether to work on `event` now: it is new, or a first attempt died (not finished within its lease)."""

    async def finish(self, event: str) -> None:
        """It is done; never again."""

    async def forget_before(self, instant: datetime) -> int:
        """Drop events begun before then; how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReply:
    """A message of the bot's that is not finished yet: a placeholder, or half an answer."""

    place: Place
    message: str  # the platform's own reference, opaque here
    opened_at: datetime


class OpenReplies(Protocol):
    """Replies under way, so that those a crash left behind can be closed with a sentence at the next start."""

    async def opened(self, reply: OpenReply) -> None:
        """Remember it."""

    async def closed(self, reply: OpenReply) -> None:
        """It is finished."""

    async def left_open(self, platform: str, before: datetime) -> list[OpenReply]:
        """Those of a platform ("slack") opened before then and never closed, oldest first."""


class Leases(Protocol):
    """Short-lived exclusive rights, such as to one Discord shard, with a fencing token."""

    async def acquire(self, name: str, owner: str, now: datetime, ttl: timedelta) -> int | None:
        """Take or renew; the fencing token (which grows with each new owner), or None while somebody else holds it."""

    async def release(self, name: str, owner: str) -> None:
        """Give back what `owner` holds; nothing happens if it does not."""

    async def held(self, prefix: str, now: datetime) -> list[str]:
        """The names with that prefix that somebody holds now, sorted."""

    async def forget_before(self, instant: datetime) -> int:
        """Drop those that ran out before then, and with them their tokens' count; how many."""


class Managers(Protocol):
    """People whom a workspace has named to change its digests beside those whom the platform lets."""

    async def add(self, workspace: str, user: str) -> bool:
        """Name somebody; False if they were named already."""

    async def remove(self, workspace: str, user: str) -> bool:
        """Take the right back; False if they were not named."""

    async def of(self, workspace: str) -> list[str]:
        """All who are named, sorted."""


class Vault(Protocol):
    """Secrets that platforms hand over at run time (installations), encrypted at rest."""

    async def put(self, platform: str, key: str, workspace: str, secret: bytes) -> None:
        """Insert or replace."""

    async def get(self, platform: str, key: str) -> bytes | None:
        """The secret, decrypted; None if there is none."""

    async def keys(self, platform: str) -> list[str]:
        """The keys of a platform."""

    async def delete(self, platform: str, key: str) -> None:
        """Forget one."""


class Seals(Protocol):
    """Tokens that this installation alone can make and read: they stand in addresses that need no login."""

    def seal(self, purpose: str, words: str) -> str:
        """The token for these words, the same each time; letters that an address may hold.  `words` are not empty."""

    def unseal(self, purpose: str, token: str) -> str | None:
        """The words of a token; None if it was not made here, or for another purpose."""


class Workspaces(Protocol):
    """What belongs to a workspace as a whole."""

    async def forget(self, workspace: str) -> None:
        """Delete everything a workspace owns, in every table, in one transaction."""

    async def known(self, platform: str) -> list[str]:
        """The workspaces of a platform ("discord") that own anything, sorted."""


class Store(Protocol):
    """Everything that is remembered, as one thing to pass around."""

    @property
    def papers(self) -> PaperRepository:
        """Papers and lists."""

    @property
    def summaries(self) -> SummaryRepository:
        """Summaries, shared by all workspaces."""

    @property
    def texts(self) -> TextRepository:
        """Full texts, shared by all workspaces."""

    @property
    def answers(self) -> AnswerRepository:
        """Models' replies, shared by all workspaces."""

    @property
    def ledger(self) -> UsageLedger:
        """What was spent."""

    @property
    def conversations(self) -> ConversationRepository:
        """What was said where."""

    @property
    def saved(self) -> SavedPapers:
        """Reading lists."""

    @property
    def events(self) -> EventLog:
        """Inbound events."""

    @property
    def open_replies(self) -> OpenReplies:
        """Replies under way."""

    @property
    def leases(self) -> Leases:
        """Exclusive rights."""

    @property
    def managers(self) -> Managers:
        """Who was named to manage."""

    @property
    def vault(self) -> Vault:
        """Secrets of installations."""

    @property
    def seals(self) -> Seals:
        """Tokens."""

    @property
    def opt_ins(self) -> OptIns:
        """Which addresses have agreed to get mail."""

    @property
    def subscriptions(self) -> SubscriptionRepository:
        """Who gets digests, and when."""

    @property
    def deliveries(self) -> DeliveryRepository:
        """Digests, and how far their messages are."""

    @property
    def shared_turns(self) -> SharedTurns:
        """Lines in which all processes wait for their turn to post."""

    @property
    def workspaces(self) -> Workspaces:
        """What belongs to a workspace as a whole."""
