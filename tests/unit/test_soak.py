"""The soak's arithmetic: growth, holes that start anew with each source, what is compared."""

from __future__ import annotations

import pytest

pytest.importorskip("PyQt6")

from bench.soak import WARM_S, Seen, slope_per_minute


def test_growth_is_told_a_minute() -> None:
    assert slope_per_minute([0, 30, 60, 90], [100, 101, 102, 103]) == pytest.approx(2.0)
    assert slope_per_minute([0, 30], [100, 101]) is None
    assert slope_per_minute([], []) is None


def test_holes_are_counted_over_all_sources() -> None:
    seen = Seen()
    for before, now in ((0, 2), (2, 2), (2, 5), (5, 0), (0, 1)):
        seen.add_holes(before, now)
    assert seen.holes == 6


def test_what_the_beginning_loads_is_no_leak() -> None:
    seen = Seen(at_s=[0.0, 1.0, WARM_S, WARM_S + 60, WARM_S + 120], memory=[50.0, 300.0, 400.0, 401.0, 402.0])
    seen.threads = seen.files = [3, 9, 20, 20, 20]
    facts = seen.facts()
    assert facts["memory_mb"] == [400.0, 402.0]
    assert facts["memory_slope_mb_per_min"] == pytest.approx(1.0)
    assert facts["threads"] == [20, 20]


def test_without_anything_seen_nothing_is_claimed() -> None:
    facts = Seen().facts()
    assert facts["memory_mb"] is None
    assert facts["interval_max_ms"] is None
    assert facts["live_share"] is None
