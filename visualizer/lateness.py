"""Figures of durations, such as by how much something came late: arithmetic only, on any thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

STALL_S = 0.016  # a refresh at 60 Hz


def percentile_ms(seconds: Iterable[float], share: float) -> float | None:
    """The duration that a share 0 to 1 of some stays below, milliseconds; None without any."""
    ordered = sorted(seconds)
    return round(1e3 * ordered[round(share * (len(ordered) - 1))], 2) if ordered else None


def stalls_per_min(late_s: Sequence[float], seconds: float) -> float | None:
    """How often a minute something was later than STALL_S, in so many seconds; None where it was never looked at."""
    if not late_s or seconds <= 0:
        return None
    return round(60 * sum(late > STALL_S for late in late_s) / seconds, 1)
