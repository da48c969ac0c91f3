"""Measures of what goes on again and again: refreshes and paintings. Each has one writer; reading never waits."""

from __future__ import annotations

import itertools
from collections import deque

KEPT = 160  # more than two seconds of paintings
COUNTED_S = 2.0  # what is counted as now
PAUSE_S = 2.0  # a longer gap is a screen at rest and no slow refresh


class Durations:
    """How long the last ones took and how often they came."""

    def __init__(self) -> None:
        # Both are replaced as a whole: readers see either. They ask more often than paintings come: the writer sorts.
        self._last: tuple[tuple[float, float], ...] = ()  # (begun, seconds)
        self._ordered: list[float] = []

    def add(self, begun: float, seconds: float) -> None:
        """Take one that began at a time and took so long."""
        self._last = (*self._last[1 - KEPT :], (begun, seconds))
        self._ordered = sorted(seconds for _, seconds in self._last)

    @property
    def typical(self) -> float:
        """Median, seconds; 0 without any."""
        return self._share(0.5)

    @property
    def slow(self) -> float:
        """95th percentile, seconds; 0 without any."""
        return self._share(0.95)

    def per_second(self, now: float) -> float:
        """How many began in each of the last two seconds, on average."""
        recent = itertools.takewhile(lambda one: now - one[0] <= COUNTED_S, reversed(self._last))
        return sum(1 for _ in recent) / COUNTED_S

    def age(self, now: float) -> float:
        """Seconds since the last one began; 0 without any."""
        return now - self._last[-1][0] if self._last else 0.0

    def _share(self, share: float) -> float:
        times = self._ordered
        return times[round(share * (len(times) - 1))] if times else 0.0


class Refreshes:
    """When the screen was drawn. The GUI thread adds; the pipeline thread asks for what is late.

    Attributes:
        hz: refreshes a second, typically; 0 before two.
    """

    def __init__(self) -> None:
        self.hz = 0.0
        self._times: deque[float] = deque(maxlen=512)
        self._before: float | None = None

    def add(self, now: float) -> None:
        """A refresh is drawn (GUI thread)."""
        self._times.append(now)

    def late(self, hz: float) -> float | None:
        """Share of the refreshes since the last call that came half a refresh late or more, at a rate in Hz.

        None when there were none: the screen rests, or nobody looks.
        """
        intervals = []
        while self._times:
            now = self._times.popleft()
            if self._before is not None and now - self._before < PAUSE_S:
                intervals.append(now - self._before)
            self._before = now
        if not intervals:
            self.hz = 0.0
            return None
        self.hz = 1 / max(1e-6, sorted(intervals)[len(intervals) // 2])
        return sum(interval > 1.5 / hz for interval in intervals) / len(intervals)
