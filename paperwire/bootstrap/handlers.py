"""Which handler answers which command, and the engine over them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING

from bot.chat.accounts import Accounts
from bot.chat.commands import COMMANDS
from bot.chat.engine import PATIENCE, Engine, Handler
from bot.chat.finding import Finder
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
from bot.digests.composing import Composer
from bot.discovery.similar import Similar
from bot.ports import Witness
from bot.reading.ports import Summarizes, longest_drafting
from bot.watching import watched, watched_all
from paperwire.bootstrap.digesting import PROMISES
from paperwire.bootstrap.ground import Ground

if TYPE_CHECKING:
    from bot.chat.asking import Asking

Table = Mapping[str, Handler]


def make_engine(ground: Ground, handlers: Table, asking: Callable[[], Asking], witness: Witness | None) -> Engine:
    """The engine over its handlers; each of its answers is told to the witness, if there is one."""

    def question(request: Request) -> AsyncIterator[Reply]:
        return asking().question(request)

    forms = {"subscribe": SubscriptionForm(_wishes(ground))}
    patience = PATIENCE + longest_drafting(ground.settings.model_timeout)
    if witness is None:
        return Engine(COMMANDS, handlers, question=question, forms=forms, patience=patience)
    seen = watched("question", question, witness)
    return Engine(COMMANDS, watched_all(handlers, witness), question=seen, forms=forms, patience=patience)


def make_handlers(
    ground: Ground, summarizer: Summarizes, asking: Callable[[], Asking], composer: Composer, outlets: Outlets
) -> Table:
    """Which handler answers which command."""
    gallery = Gallery(
        summarizer,
        ground.store.papers,
        ground.store.conversations,
        ground.clock,
        offers=(command.name for command in COMMANDS),
        language=ground.settings.language,
        patience=ground.patience,
    )
    return {
        **_of_lists(ground, gallery),
        **_of_papers(ground, gallery),
        **_of_questions(asking),
        **_of_digests(ground, composer, outlets),
        **_of_the_house(ground),
    }


def _of_lists(ground: Ground, gallery: Gallery) -> Table:
    lists = Lists(ground.library, gallery, ground.clock)
    return {
        "today": lists.today,
        "yesterday": lists.yesterday,
        "date": lists.date,
        "week": lists.week,
        "trending": lists.trending,
        "search": Searching(ground.library, gallery).search,
    }


def _of_papers(ground: Ground, gallery: Gallery) -> Table:
    finder = Finder(ground.library, ground.store.conversations)
    papers = Papers(finder, gallery, Similar(ground.store.papers))
    saving = Saving(ground.store.saved, finder, ground.library, gallery, ground.clock)
    return {
        "show": papers.show,
        "similar": papers.similar,
        "save": saving.save,
        "unsave": saving.unsave,
        "saved": saving.saved,
    }


def _of_questions(asking: Callable[[], Asking]) -> Table:
    return {
        "ask": lambda asked: asking().ask(asked),
        "compare": lambda asked: asking().compare(asked),
    }


def _of_digests(ground: Ground, composer: Composer, outlets: Outlets) -> Table:
    store = ground.store
    subscribing = Subscribing(
        store.subscriptions,
        store.deliveries,
        store.opt_ins,
        composer,
        ground.clock,
        outlets=outlets,
        wishes=_wishes(ground),
        promises=PROMISES,
        patience=ground.patience,
    )
    return {
        "subscribe": subscribing.subscribe,
        "unsubscribe": subscribing.unsubscribe,
        "confirm": subscribing.confirm,
        "status": subscribing.status,
        "preview": subscribing.preview,
        "managers": Managing(store.managers).managers,
    }


def _of_the_house(ground: Ground) -> Table:
    model = ground.model.name if ground.model else None
    accounts = Accounts(ground.store.ledger, ground.clock, budget=ground.settings.tokens_per_day, model=model)
    return {"usage": accounts.usage, "help": Helping(COMMANDS).help}


def _wishes(ground: Ground) -> Wishes:
    return Wishes(ground.store.subscriptions, language=ground.settings.language)
