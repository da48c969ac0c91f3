"""What a soak has seen, and what it is judged by: arithmetic only, on any thread."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from visualizer.lateness import percentile_ms

WARM_S = 30.0  # until every input and model was there once: what they keep is not a leak
LATE = 2.0  # refreshes: from so long on an interval is late
ROUND_S = 16.0  # all kinds of switches once: ends are compared over so long, for an open input takes threads and files
MOST_LATE_SHARE = 0.005  # of all refreshes
MOST_GROWTH_MB_PER_MIN = 5.0
MOST_NEW_THREADS, MOST_NEW_FILES = 2, 4


@dataclass
class Seen:
    """What was measured while the window ran.

    Attributes:
        at_s, memory: resident MB, at these times since the beginning.
        threads, files: how many, at the same times; empty where the system does not say.
        intervals_s: between refreshes while live, by what was switched last.
        late: of these, LATE refreshes or longer, by the same.
        own: of these, so long also without the time that other programs took away, by the same.
        holes: blocks that the sound cards missed.
        live: looks at which the picture moved, and all looks.
        switches: how often each kind was switched.
        models, inputs: names that were really in use.
    """

    at_s: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    intervals_s: dict[str, list[float]] = field(default_factory=dict)
    late: Counter[str] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)
    holes: int = 0
    live: list[int] = field(default_factory=lambda: [0, 0])
    switches: Counter[str] = field(default_factory=Counter)
    models: set[str] = field(default_factory=set)
    inputs: set[str] = field(default_factory=set)

    def add_holes(self, before: int, now: int) -> None:
        """Count holes from two readings; they are counted from 0 for each source."""
        self.holes += now - before if now >= before else now

    def add_intervals(self, kind: str, seconds: Sequence[float], others: Sequence[float], hz: float) -> None:
        """Count intervals between refreshes.

        Args:
            kind: what was switched last.
            seconds: the intervals.
            others: of each, what other programs took away.
            hz: the rate at which the canvas refreshes.
        """
        self.intervals_s.setdefault(kind, []).extend(seconds)
        self.late[kind] += sum(interval >= LATE / hz for interval in seconds)
        self.own[kind] += sum(all_s - others_s >= LATE / hz for all_s, others_s in zip(seconds, others, strict=True))

    def facts(self) -> dict[str, Any]:
        """Ready for JSON; memory, threads and files are compared from WARM_S on."""
        warm = next((index for index, at in enumerate(self.at_s) if at >= WARM_S), len(self.at_s))
        at_s = self.at_s[warm:]
        intervals = [interval for kind in self.intervals_s.values() for interval in kind]
        return {
            "switches": dict(self.switches),
            "models": sorted(self.models),
            "inputs": sorted(self.inputs),
            "memory_mb": ends(at_s, self.memory[warm:]),
            "memory_slope_mb_per_min": slope_per_minute(at_s, self.memory[warm:]),
            "threads": ends(at_s, self.threads[warm:]),
            "files": ends(at_s, self.files[warm:]),
            "refreshes": len(intervals),
            "late_refreshes": sum(self.late.values()),
            "late_refreshes_own": sum(self.own.values()),
            "interval_p50_ms": percentile_ms(intervals, 0.5),
            "interval_p99_ms": percentile_ms(intervals, 0.99),
            "interval_max_ms": percentile_ms(intervals, 1.0),
            "by_switch": {kind: self._of(kind) for kind in sorted(self.intervals_s)},
            "live_share": round(self.live[0] / self.live[1], 3) if self.live[1] else None,
            "holes": self.holes,
        }

    def _of(self, kind: str) -> dict[str, Any]:
        """Refreshes in the second after one kind of switch."""
        seconds = self.intervals_s[kind]
        return {
            "refreshes": len(seconds),
            "late": self.late[kind],
            "late_own": self.own[kind],
            "p99_ms": percentile_ms(seconds, 0.99),
            "max_ms": percentile_ms(seconds, 1.0),
        }


def ends(at_s: Sequence[float], values: Sequence[float]) -> list[float] | None:
    """The medians of the first and of the last ROUND_S; None without values at these times."""
    if not values or len(values) != len(at_s):
        return None
    first = [value for at, value in zip(at_s, values, strict=True) if at <= at_s[0] + ROUND_S]
    last = [value for at, value in zip(at_s, values, strict=True) if at >= at_s[-1] - ROUND_S]
    return [statistics.median(first), statistics.median(last)]


def slope_per_minute(at_s: Sequence[float], values: Sequence[float]) -> float | None:
    """How fast values grow, by a straight line through them; None for fewer than three or without their times."""
    if len(values) < 3 or len(values) != len(at_s):
        return None
    return round(60 * float(np.polyfit(at_s, values, 1)[0]), 3)


def faults(facts: dict[str, Any]) -> list[str]:
    """What is wrong with a run, a sentence each.

    Args:
        facts: of Seen.facts, with "exit_code", "unexpected_errors" and "lost_samples" of the window's process.
    """
    if facts["exit_code"] != 0:
        return [f"The window ended with exit code {facts['exit_code']} instead of 0."]
    found = []
    if not facts.get("refreshes") or len(facts["models"]) < 2 or not facts["inputs"]:
        found.append("Refreshes, two models or an input were missing: there was nothing to judge.")
    for name, what in (
        ("unexpected_errors", "unexpected errors"),
        ("holes", "holes in the sound"),
        ("lost_samples", "samples lost before they were heard"),
    ):
        if facts.get(name) != 0:
            found.append(f"There were {_told(facts.get(name))} {what}, none is right.")
    found += _leaks(facts)
    late, own, refreshes = (facts.get(name) or 0 for name in ("late_refreshes", "late_refreshes_own", "refreshes"))
    if late > MOST_LATE_SHARE * refreshes:
        found.append(
            f"{late} of {refreshes} refreshes came {LATE:g} refreshes late or later, "
            f"{100 * MOST_LATE_SHARE:g} % is the most that is right; {own} of them not for other programs' sake."
        )
    return found


def _leaks(facts: dict[str, Any]) -> list[str]:
    """Threads, files and memory that became more; nothing where the system or a short run does not tell."""
    found = []
    for name, most in (("threads", MOST_NEW_THREADS), ("files", MOST_NEW_FILES)):
        before, after = facts.get(name) or (0, 0)
        if after - before > most:
            found.append(f"Open {name} became more, from {before:g} to {after:g}, {most} more is the most.")
    slope = facts.get("memory_slope_mb_per_min")
    if slope is not None and slope > MOST_GROWTH_MB_PER_MIN:
        found.append(f"Memory grew by {slope:g} MB a minute, {MOST_GROWTH_MB_PER_MIN:g} is the most that is right.")
    return found


def _told(count: int | None) -> str:
    return "an unknown number of" if count is None else str(count)
