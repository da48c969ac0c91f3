"""What the latency bench makes of its observations."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.checks.bench_latency import RATE, STROKE_S, delays, struck


def test_delays_are_from_each_start_to_its_rise() -> None:
    times = np.arange(0, 3, 0.01)
    counts = [int(now >= 1.03) + 2 * int(now >= 2.055) for now in times]
    np.testing.assert_allclose(delays(np.array([1.0, 2.0]), times, counts), [0.03, 0.06], atol=1e-9)


def test_a_rise_a_little_before_its_start_is_negative() -> None:
    times = np.arange(0, 3, 0.01)
    assert delays(np.array([1.0]), times, [int(now >= 0.98) for now in times])[0] == pytest.approx(-0.02)


def test_what_is_not_seen_in_time_is_left_out() -> None:
    times = np.arange(0, 3, 0.01)
    assert len(delays(np.array([1.0]), times, [int(now >= 1.5) for now in times])) == 0
    assert len(delays(np.array([1.0]), times, [0] * len(times))) == 0
    assert len(delays(np.array([1.0]), times[:0], [])) == 0


def test_strokes_begin_at_their_samples() -> None:
    sound = struck(np.array([1000, 50_000]), 60_000, np.random.default_rng(0))
    assert sound.dtype == np.float32
    loud = np.flatnonzero(np.abs(sound) > 0.05)
    assert 1000 <= loud[0] < 1010
    assert 50_000 <= loud[loud > 40_000][0] < 50_010
    assert not np.any((loud > 1000 + STROKE_S * RATE) & (loud < 50_000))
    assert np.abs(sound).max() <= 1
