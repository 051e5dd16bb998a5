"""How sure a mean over labelled cases is: the percentile bootstrap (Efron and Tibshirani 1993, chapter 13)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import fmean

RESAMPLES = 2_000
SEED = 20260710  # the same file gives the same interval


def bootstrap_interval(values: Sequence[float]) -> list[float]:
    """The 95 % interval of the mean of `values`, as [low, high]; [0, 0] of none.

    Where all values are equal it has no width, whatever their number.
    """
    if not values:
        return [0.0, 0.0]
    draw = random.Random(SEED)  # noqa: S311 - statistics, no secret
    means = sorted(fmean(draw.choices(values, k=len(values))) for _ in range(RESAMPLES))
    tail = round(0.025 * RESAMPLES)
    return [round(means[tail], 4), round(means[-tail - 1], 4)]
