"""What is counted, in a registry of its own.  Every label has few values, whatever people type."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.llm.model import Usage

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180)  # up to the engine's patience
ELSEWHERE = "other"


class Metrics:
    """Implements `bot.ports.Witness` for Prometheus.

    Args:
        hosts: the sources' hosts; what is asked elsewhere counts as "other".
    """

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = frozenset(hosts)
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "paperwire_requests",
            "Requests that were understood, by command and by how they ended.",
            ("command", "outcome"),
            registry=self._registry,
        )
        self._durations = Histogram(
            "paperwire_answer_seconds",
            "From a request being understood to its last reply.",
            ("command",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._tokens = Counter(
            "paperwire_model_tokens",
            "Tokens of model answers that came to an end, by kind.",
            ("kind",),
            registry=self._registry,
        )
        self._fetches = Counter(
            "paperwire_fetches",
            "Questions to sources of papers, those answered from the cache among them.",
            ("host", "outcome"),
            registry=self._registry,
        )

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        """See `bot.ports.Witness.answered`."""
        self._requests.labels(command, outcome).inc()
        self._durations.labels(command).observe(seconds)

    def fetched(self, host: str, outcome: str) -> None:
        """See `bot.ports.Witness.fetched`."""
        self._fetches.labels(host if host in self._hosts else ELSEWHERE, outcome).inc()

    def spent(self, usage: Usage) -> None:
        """See `bot.ports.Witness.spent`."""
        self._tokens.labels("prompt").inc(usage.prompt_tokens)
        self._tokens.labels("completion").inc(usage.completion_tokens)

    def text(self) -> bytes:
        """All of it in Prometheus's text format, as `CONTENT_TYPE` says."""
        return generate_latest(self._registry)
