"""Every error that Paperwire raises on purpose.

    BotError
    ├── UserError                the person who asked can act on it
    │   ├── BadInput             a reference, date, word or argument that cannot be understood
    │   ├── NotFound             understood, but there is no such thing
    │   ├── NotAllowed           understood, but this person may not
    │   └── BudgetExhausted      the workspace has spent its tokens for today
    ├── SettingsError            the bot is set up wrongly; says which setting and how to mend it
    ├── StoreError               the database cannot be used (locked, full, corrupt, unreachable)
    ├── Transient                worth another try, perhaps after `retry_after` seconds
    │   ├── SourceUnavailable    Hugging Face or arXiv does not answer, or answers nonsense
    │   ├── RateLimited          a source, a model or a platform asks for patience
    │   ├── ModelUnavailable     the model's server does not answer in time, or with an error
    │   └── Ambiguous            a message may or may not have left
    └── Permanent                the same call will fail again
        ├── Unauthorized         a key or token is refused, or lacks a scope
        ├── TargetGone           a channel, thread or message is not there any more, or forbidden
        ├── ContentRejected      a platform refuses the form of a message
        ├── Unreadable           a paper's text is there but cannot be read: locked, scanned, damaged, too large
        └── ModelError           the model answered, but not with something to use
            ├── ModelNotFound    the server knows no model of that name
            ├── ModelRefused     the model declined
            ├── AnswerFiltered   the provider's content filter stopped the answer
            ├── AnswerCut        the length limit came before the end of the answer
            ├── AnswerEmpty      no text at all
            └── AnswerMalformed  text, but not of the form that was asked for

The message of each error is one plain sentence (or two) for a person: what is wrong and what to do.  It never
holds a secret, an address with a token in it, or a text from outside at full length.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.llm.model import Completion


_SETTING = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")  # OPENAI_API_KEY


class BotError(Exception):
    """Something that Paperwire knows how to say in a plain sentence."""

    @property
    def sentence(self) -> str:
        """The message for whoever runs the bot; falls back to the class's own description."""
        return str(self) or self._description()

    @property
    def public_sentence(self) -> str:
        """The message for everybody: without the names of settings, which are for whoever runs the bot."""
        return self._description() if _SETTING.search(self.sentence) else self.sentence

    @classmethod
    def _description(cls) -> str:
        return (cls.__doc__ or "").strip().splitlines()[0]


class UserError(BotError):
    """That cannot be done as asked."""


class BadInput(UserError):
    """That cannot be understood."""


class NotFound(UserError):
    """There is no such thing."""


class NotAllowed(UserError):
    """You may not do that here."""


class BudgetExhausted(UserError):
    """This workspace has used its tokens for today; the budget is renewed at midnight UTC."""


class SettingsError(BotError):
    """The settings are not right."""


class StoreError(BotError):
    """The bot's database cannot be used right now. Please try again later; the bot's log says why."""

    @property
    def public_sentence(self) -> str:
        """Nothing of where the database lies and what ails it."""
        return self._description()


class Transient(BotError):
    """That did not work this time; please try again in a moment."""

    def __init__(self, message: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds, as the other side asked for


class SourceUnavailable(Transient):
    """The source of papers does not answer; please try again in a few minutes."""


class RateLimited(Transient):
    """Too many requests at once; please try again in a moment."""


class ModelUnavailable(Transient):
    """The language model does not answer; please try again in a few minutes."""


class Ambiguous(Transient):
    """It is not known whether the message arrived."""


class Permanent(BotError):
    """That does not work, and trying again will not help."""


class Unauthorized(Permanent):
    """A key or token of the bot is refused."""


class TargetGone(Permanent):
    """The channel, thread or message is not there any more, or the bot may not write there."""


class ContentRejected(Permanent):
    """The platform refused the message."""


class Unreadable(Permanent):
    """The paper's text is there but cannot be read."""


class ModelError(Permanent):
    """The language model gave no answer that can be used."""

    def __init__(self, message: str = "", *, answer: Completion | None = None) -> None:
        super().__init__(message)
        self.answer = answer  # what came nonetheless: it was billed, and half of it may be of use


class ModelNotFound(ModelError):
    """The server does not know the language model that the bot is set to."""


class ModelRefused(ModelError):
    """The language model declined to answer."""


class AnswerFiltered(ModelError):
    """The provider's content filter stopped the answer."""


class AnswerCut(ModelError):
    """The answer was cut by the length limit."""


class AnswerEmpty(ModelError):
    """The language model answered with nothing."""


class AnswerMalformed(ModelError):
    """The language model's answer was not of the form asked for."""
