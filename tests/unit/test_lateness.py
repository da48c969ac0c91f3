"""Figures of durations."""

from __future__ import annotations

from visualizer.lateness import percentile_ms, stalls_per_min


def test_percentiles_are_told_in_milliseconds() -> None:
    assert percentile_ms([0.003, 0.001, 0.002], 0.5) == 2.0
    assert percentile_ms(iter([0.003, 0.001]), 1.0) == 3.0
    assert percentile_ms([], 0.5) is None


def test_stalls_are_those_beyond_a_refresh_at_60_hz() -> None:
    assert stalls_per_min([0.001, 0.015, 0.017, 0.3], 30.0) == 4.0
    assert stalls_per_min([], 30.0) is None
    assert stalls_per_min([0.1], 0.0) is None
