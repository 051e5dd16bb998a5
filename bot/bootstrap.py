"""Where concrete parts are put together; the only module that names them.

`open_app` makes the engine with everything behind it.  Tests and the demonstration call the same with `Parts` of their
own.  Libraries that cost start-up time are imported where they are needed, if they are needed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from bot.chat.accounts import Accounts
from bot.chat.commands import COMMANDS
from bot.chat.engine import Engine, Handler
from bot.chat.finding import Finder
from bot.chat.forms import FormMaker
from bot.chat.gallery import Gallery
from bot.chat.helping import Helping
from bot.chat.lists import Lists
from bot.chat.managing import Managing
from bot.chat.outlets import Outlets
from bot.chat.papers import Papers
from bot.chat.request import Reply, Request
from bot.chat.saving import Saving
from bot.chat.searching import Searching
from bot.chat.subscribing import Subscribing
from bot.chat.subscription_form import SubscriptionForm
from bot.chat.wishes import Wishes
from bot.clock import SystemClock
from bot.digests.chart import draw
from bot.digests.composing import Composer
from bot.digests.links import Links
from bot.digests.opt_in import OptIn
from bot.digests.ports import SendsCodes
from bot.digests.preparing import Preparer
from bot.discovery.similar import Similar
from bot.llm.tokens import TokenCounter, cache_folder
from bot.papers.arxiv import Arxiv
from bot.papers.huggingface import HuggingFace
from bot.papers.library import Library
from bot.ports import Clock, Fetcher, LanguageModel, Store, Witness
from bot.presence import Presence
from bot.reading.ports import Summarizes
from bot.settings import Settings
from bot.watching import WatchedFetcher, WatchedModel, watched, watched_all

if TYPE_CHECKING:
    from bot.chat.asking import Asking
    from bot.llm.budget import Meter
    from bot.reading.semantic import Embedder

Question = Callable[[Request], AsyncIterator[Reply]]

PROMISES = {  # the platforms that digests go to, and what becomes of a message whose arrival is unknown
    "slack": "Slack cannot be asked whether a message arrived; one of which that is not known is not repeated.",
    "discord": "Discord drops repetitions for some minutes, and later the bot looks for the message; none comes twice.",
    "email": "A mail of which it is not known whether it arrived is not repeated; none comes twice.",
    "feed": "The feed has every digest, once.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Parts that somebody brings along; those that are None are made by the settings."""

    clock: Clock | None = None
    fetcher: Fetcher | None = None
    store: Store | None = None
    model: LanguageModel | None = None
    summarizer: Summarizes | None = None
    letters: SendsCodes | None = None
    witness: Witness | None = None  # told what happens; without one nothing is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A running Paperwire: the engine, and what the platforms need beside it."""

    settings: Settings
    clock: Clock
    store: Store
    library: Library
    engine: Engine
    composer: Composer
    model: LanguageModel | None
    presence: Presence = field(default_factory=Presence)


@asynccontextmanager
async def open_app(settings: Settings, parts: Parts | None = None, *, or_read_only: bool = False) -> AsyncIterator[App]:
    """Put everything together, and take it apart again at the end.

    Args:
        settings: of this machine.
        parts: what is not to be made by the settings.
        or_read_only: whether a store that can only be read will do, as it does for somebody who is there to be told.

    Raises:
        SettingsError, StoreError: the database cannot be opened.
    """
    parts = parts or Parts()
    async with AsyncExitStack() as closing:
        clock = parts.clock or SystemClock()
        store = await closing.enter_async_context(
            nullcontext(parts.store) if parts.store else open_store(settings, clock, or_read_only=or_read_only)
        )
        fetcher = await closing.enter_async_context(
            nullcontext(parts.fetcher) if parts.fetcher else open_fetcher(settings, clock)
        )
        model = parts.model or await closing.enter_async_context(open_model(settings, clock))
        if parts.witness is not None:
            fetcher = WatchedFetcher(fetcher, parts.witness)
            model = WatchedModel(model, parts.witness) if model else None
        library = make_library(settings, fetcher, store, clock)
        summarizer = await closing.enter_async_context(
            nullcontext(parts.summarizer) if parts.summarizer else open_summarizer(settings, model, store, clock)
        )
        embedder = await closing.enter_async_context(open_embedder(settings))
        asking = await closing.enter_async_context(
            open_asking(settings, library, fetcher, store, clock, model, embedder)
        )
        meter = make_meter(settings, model, store, clock)
        preparer = Preparer(library, lambda *one: asking().answer_ahead(*one), meter, clock) if meter else None
        composer = make_composer(library, summarizer, store, clock, preparer)
        outlets = make_outlets(settings, store, clock, parts.letters)
        handlers = make_handlers(settings, library, summarizer, asking, composer, outlets, store, clock, model)
        forms = {"subscribe": SubscriptionForm(Wishes(store.subscriptions, language=settings.language))}
        engine = make_engine(handlers, lambda request: asking().question(request), parts.witness, forms)
        yield App(
            settings=settings,
            clock=clock,
            store=store,
            library=library,
            engine=engine,
            composer=composer,
            model=model,
        )


def demo_parts() -> Parts:
    """A small built-in day that needs no network, no key and no data folder."""
    from bot.demo.parts import DemoFetcher, DemoSummarizer, WeekdayClock
    from bot.testing.store import FakeStore

    clock = WeekdayClock()
    return Parts(clock=clock, fetcher=DemoFetcher(clock), store=FakeStore(), summarizer=DemoSummarizer())


@asynccontextmanager
async def open_store(
    settings: Settings, clock: Clock, *, migrated: bool = True, or_read_only: bool = False
) -> AsyncIterator[Store]:
    """The database, with its tables brought up to date (or only checked, without `migrated`).  Raises as `open_app`."""
    from bot.store.database import Database
    from bot.store.whole import SqlStore

    url = database_url(settings)
    database = await Database.open(url, settings.data, migrated=migrated, or_read_only=or_read_only)
    try:
        yield SqlStore(database, clock, folder=settings.data, secret_key=settings.secret_key)
    finally:
        await database.aclose()


async def upgrade_database(settings: Settings) -> None:
    """Run the migrations that are due.  Raises as `open_app`."""
    from bot.store.database import upgrade

    await upgrade(database_url(settings), settings.data)


def database_url(settings: Settings) -> str | None:
    """The database's address; None for the file in the data folder."""
    return settings.database_url.get_secret_value() if settings.database_url else None


def open_fetcher(settings: Settings, clock: Clock, *, cached: bool = True) -> AbstractAsyncContextManager[Fetcher]:
    """The network, with a cache in the data folder (or without)."""
    from bot.papers.http import HttpFetcher, Sources

    token = settings.hf_token.get_secret_value() if settings.hf_token else None
    sources = Sources(hugging_face=settings.hf_endpoint, arxiv=settings.arxiv_url, hugging_face_token=token)
    return HttpFetcher(clock, sources=sources, cache=settings.data / "http" if cached else None)


@asynccontextmanager
async def open_model(settings: Settings, clock: Clock) -> AsyncIterator[LanguageModel | None]:
    """The configured language model, if there is one.  Nothing is asked of its server yet."""
    if not settings.has_model:
        yield None
        return
    from bot.llm.openai import OpenAIModel

    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    counter = make_counter(settings)
    model = OpenAIModel(settings.model, api_key=key, base_url=settings.openai_base_url, counter=counter, clock=clock)
    try:
        yield model
    finally:
        await model.aclose()


@asynccontextmanager
async def open_summarizer(
    settings: Settings, model: LanguageModel | None, store: Store, clock: Clock
) -> AsyncIterator[Summarizes]:
    """Summaries by the model where there is one, on the account of whoever asks; work under way may end first."""
    from bot.reading.summaries import Summarizer

    summarizer = Summarizer(make_meter(settings, model, store, clock), store.summaries, leases=store.leases)
    try:
        yield summarizer
    finally:
        await summarizer.aclose()


@asynccontextmanager
async def open_asking(
    settings: Settings,
    library: Library,
    fetcher: Fetcher,
    store: Store,
    clock: Clock,
    model: LanguageModel | None,
    embedder: Embedder | None,
) -> AsyncIterator[Callable[[], Asking]]:
    """Questions to papers' full texts; by passages alone where there is no model.

    They are made ready at the first question: a start need not wait for what reads whole papers.
    """
    async with AsyncExitStack() as closing:

        @cache
        def ready() -> Asking:
            return make_asking(settings, library, fetcher, store, clock, model, embedder, closing)

        yield ready


def make_asking(
    settings: Settings,
    library: Library,
    fetcher: Fetcher,
    store: Store,
    clock: Clock,
    model: LanguageModel | None,
    embedder: Embedder | None,
    closing: AsyncExitStack,
) -> Asking:
    """What answers questions; its processes end when `closing` does."""
    from bot.chat.asking import Asking
    from bot.chat.subject import SubjectFinder
    from bot.papers.fulltext.ladder import Sources, TextLadder
    from bot.papers.fulltext.workshop import Workshop
    from bot.reading.answering import Answerer
    from bot.reading.reader import Reader
    from bot.reading.remembered import RememberedReplies

    workshop = Workshop()
    closing.push_async_callback(workshop.close)
    ladder = TextLadder(fetcher, store.texts, clock, workshop, Sources.of(settings.arxiv_url, settings.hf_endpoint))
    finder = Finder(library, store.conversations)
    return Asking(
        finder,
        SubjectFinder(finder, library, store.papers, store.conversations),
        Reader(ladder, embedder),
        Answerer(make_meter(settings, model, store, clock), RememberedReplies(store.answers, clock)),
        store.conversations,
        clock,
    )


@asynccontextmanager
async def open_embedder(settings: Settings) -> AsyncIterator[Embedder | None]:
    """Meaning as vectors: from the model's server if one is named, else from the extra `semantic` if installed."""
    from bot.llm.embeddings import EmbeddingsEndpoint
    from bot.reading.semantic import EndpointEmbedder, StaticEmbedder

    if not settings.embeddings_model:
        yield StaticEmbedder() if StaticEmbedder.available() else None
        return
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    endpoint = EmbeddingsEndpoint(settings.embeddings_model, api_key=key, base_url=settings.openai_base_url)
    try:
        yield EndpointEmbedder(endpoint)
    finally:
        await endpoint.aclose()


def make_meter(settings: Settings, model: LanguageModel | None, store: Store, clock: Clock) -> Meter | None:
    """The model on the account of whoever asks; None without a model."""
    if model is None:
        return None
    from bot.llm.budget import Meter

    counter, budget = make_counter(settings), settings.tokens_per_day
    return Meter(model=model, ledger=store.ledger, counter=counter, clock=clock, budget=budget)


def make_counter(settings: Settings) -> TokenCounter:
    """Counts tokens as the model does, with the encodings that `paperwire encodings` fetched."""
    return TokenCounter(settings.model, cache_folder(settings.data))


def make_library(settings: Settings, fetcher: Fetcher, store: Store, clock: Clock) -> Library:
    """The sources at their configured addresses, and the store behind them."""
    huggingface, arxiv = HuggingFace(fetcher, settings.hf_endpoint), Arxiv(fetcher, settings.arxiv_url)
    return Library(huggingface, arxiv, store.papers, clock)


def make_composer(
    library: Library, summarizer: Summarizes, store: Store, clock: Clock, preparer: Preparer | None
) -> Composer:
    """What writes digests, for previews and for delivery."""
    offers = (command.name for command in COMMANDS)
    return Composer(
        library, summarizer, store.papers, store.deliveries, clock, offers=offers, draw=draw, preparer=preparer
    )


def make_links(settings: Settings, store: Store) -> Links | None:
    """The addresses of feeds, and those that end mails; None where people cannot reach the listener."""
    return Links(settings.public_url, store.seals) if settings.public_url else None


def make_outlets(settings: Settings, store: Store, clock: Clock, letters: SendsCodes | None) -> Outlets:
    """What is set up of mail and feeds."""
    links = make_links(settings, store)
    if letters is None and links is not None and settings.sends_mail:
        from bot.on_mail import make_poster

        letters = make_poster(settings, links, clock)
    opt_in = OptIn(store.opt_ins, letters, store.seals, clock) if letters else None
    return Outlets(opt_in, links if settings.shows_feeds else None)


def make_engine(
    handlers: Mapping[str, Handler], question: Question, witness: Witness | None, forms: Mapping[str, FormMaker]
) -> Engine:
    """The engine over its handlers; each of its answers is told to the witness, if there is one."""
    if witness is not None:
        handlers, question = watched_all(handlers, witness), watched("question", question, witness)
    return Engine(COMMANDS, handlers, question=question, forms=forms)


def make_handlers(
    settings: Settings,
    library: Library,
    summarizer: Summarizes,
    asking: Callable[[], Asking],
    composer: Composer,
    outlets: Outlets,
    store: Store,
    clock: Clock,
    model: LanguageModel | None,
) -> Mapping[str, Handler]:
    """Which handler answers which command."""
    finder = Finder(library, store.conversations)
    gallery = Gallery(
        summarizer,
        store.papers,
        store.conversations,
        clock,
        offers=(command.name for command in COMMANDS),
        language=settings.language,
    )
    lists = Lists(library, gallery, clock)
    papers = Papers(finder, gallery, Similar(store.papers))
    saving = Saving(store.saved, finder, library, gallery, clock)
    subscribing = Subscribing(
        store.subscriptions,
        store.deliveries,
        store.opt_ins,
        composer,
        clock,
        outlets=outlets,
        wishes=Wishes(store.subscriptions, language=settings.language),
        promises=PROMISES,
    )
    accounts = Accounts(store.ledger, clock, budget=settings.tokens_per_day, model=model.name if model else None)
    return {
        "today": lists.today,
        "yesterday": lists.yesterday,
        "date": lists.date,
        "week": lists.week,
        "trending": lists.trending,
        "show": papers.show,
        "similar": papers.similar,
        "ask": lambda asked: asking().ask(asked),
        "compare": lambda asked: asking().compare(asked),
        "search": Searching(library, gallery).search,
        "save": saving.save,
        "unsave": saving.unsave,
        "saved": saving.saved,
        "subscribe": subscribing.subscribe,
        "unsubscribe": subscribing.unsubscribe,
        "confirm": subscribing.confirm,
        "status": subscribing.status,
        "preview": subscribing.preview,
        "managers": Managing(store.managers).managers,
        "usage": accounts.usage,
        "help": Helping(COMMANDS).help,
    }
