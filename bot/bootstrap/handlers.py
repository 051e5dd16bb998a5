"""Which handler answers which command, and the engine over them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING

from bot.bootstrap.digesting import PROMISES
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
from bot.chat.wishes import Wishes
from bot.digests.composing import Composer
from bot.discovery.similar import Similar
from bot.papers.library import Library
from bot.ports import Clock, LanguageModel, Store, Witness
from bot.reading.ports import Summarizes
from bot.settings import Settings
from bot.watching import watched, watched_all

if TYPE_CHECKING:
    from bot.chat.asking import Asking

Question = Callable[[Request], AsyncIterator[Reply]]


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
