"""Double opt-in: an address gets digests only when the code that was mailed to it has come back."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from bot.digests.model import Kind, Target
from bot.digests.ports import OptIns, SendsCodes, SubscriptionRepository, Terms
from bot.errors import Ambiguous, BadInput, BotError
from bot.ports import Clock, Seals

TERMS = Terms(lifetime=timedelta(hours=1), tries=5, mails_an_hour=3)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that look alike: I and 1, O and 0
LENGTH = 8  # 40 bits; with five tries nobody guesses one
PURPOSE = "code"


class OptIn:
    """Asks addresses whether they want digests, and takes their answers."""

    def __init__(self, opt_ins: OptIns, letters: SendsCodes, seals: Seals, clock: Clock) -> None:
        self._opt_ins = opt_ins
        self._letters = letters
        self._seals = seals
        self._clock = clock

    async def has_agreed(self, target: Target) -> bool:
        """Whether an address wants digests."""
        return await self._opt_ins.has_agreed(target)

    async def ask(self, target: Target) -> None:
        """Mail a code.

        Raises:
            BadInput: too many were asked for.
            BotError: as `bot.digests.ports.SendsCodes`, but for a mail that may have arrived.
        """
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        if not await self._opt_ins.ask(target, self._hash(target.workspace, code), self._clock.now(), TERMS):
            raise BadInput(
                f"That address was sent {TERMS.mails_an_hour} codes within the hour. Confirm the newest, or wait."
            )
        try:
            await self._letters.send_code(target.channel, f"{code[:4]}-{code[4:]}")
        except Ambiguous:
            return  # it may have arrived
        except BotError:
            await self._opt_ins.take_back(target)
            raise

    async def redeem(self, workspace: str, words: str) -> Target:
        """The address whose code this is; from now on it has agreed.

        Raises:
            BadInput: it is no code, or not any more.
        """
        code = "".join(letter for letter in words.upper() if letter in LETTERS)
        target = await self._opt_ins.redeem(workspace, self._hash(workspace, code), self._clock.now())
        if target is None:
            raise BadInput("That code is wrong, used already, or too old. Subscribe the address again for a new one.")
        return target

    def _hash(self, workspace: str, code: str) -> str:
        """What is kept of a code.  Nobody can try codes against it who has the database alone."""
        return hashlib.sha256(self._seals.seal(PURPOSE, f"{workspace}\n{code}").encode()).hexdigest()


async def forget_unconfirmed(subscriptions: SubscriptionRepository, opt_ins: OptIns, before: datetime) -> None:
    """Drop addresses whose codes expired before then and never came back, with what waits for them."""
    for target in await opt_ins.forget_before(before):
        for kind in Kind:
            await subscriptions.delete(target, kind)


async def end(subscriptions: SubscriptionRepository, opt_ins: OptIns, target: Target, kind: Kind) -> bool:
    """End a subscription; whether there was one.  An address without any has to agree anew."""
    ended = await subscriptions.delete(target, kind)
    if not [other for other in Kind if await subscriptions.get(target, other)]:
        await opt_ins.withdraw(target)
    return ended
