"""Subscriptions, deliveries and a platform to post to, in memory."""

from bot.testing.digests.deliveries import FakeDeliveries
from bot.testing.digests.poster import After, Before, FakePoster, Posted
from bot.testing.digests.subscriptions import FakeSubscriptions

__all__ = ["After", "Before", "FakeDeliveries", "FakePoster", "FakeSubscriptions", "Posted"]
