"""Taps become a tempo and a place; bounces, pauses and changes of mind do not spoil it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizer.hearing.tapping import FASTEST, SLOWEST, TappedBeat, Taps


def tapped(times: list[float]) -> TappedBeat | None:
    taps, beat = Taps(), None
    for at_s in times:
        beat = taps.add(at_s)
    return beat


@given(st.floats(SLOWEST + 1, FASTEST - 1), st.floats(0, 1000), st.integers(2, 20))
def test_even_taps_give_their_tempo_and_place(bpm: float, start_s: float, count: int) -> None:
    times = [start_s + index * 60 / bpm for index in range(count)]
    beat = tapped(times)
    assert beat is not None
    assert beat.bpm == pytest.approx(bpm, rel=1e-3)
    assert beat.at_s == pytest.approx(times[-1], abs=1e-3)


def test_uneven_taps_are_averaged() -> None:
    chance = np.random.default_rng(0)
    errors = []
    for _ in range(50):
        beat = tapped((np.arange(8) * 0.5 + chance.normal(0, 0.02, 8)).tolist())
        assert beat is not None
        errors.append(abs(beat.bpm - 120))
    assert np.median(errors) < 1.5  # two taps alone: 5


def test_one_tap_is_no_tempo() -> None:
    assert tapped([3.0]) is None


def test_a_pause_begins_a_new_row() -> None:
    assert tapped([0, 0.5, 1.0, 9.0]) is None
    assert tapped([0, 0.5, 1.0, 9.0, 9.4]) == TappedBeat(pytest.approx(150), pytest.approx(9.4))


def test_a_change_of_mind_is_followed_at_once() -> None:
    beat = tapped([0, 0.5, 1.0, 1.5, 2.5])
    assert beat is not None
    assert beat.bpm == pytest.approx(60)


def test_a_bounce_is_no_tap() -> None:
    taps = Taps()
    for at_s in (0.0, 0.5, 0.55):
        beat = taps.add(at_s)
    assert beat is None
    assert taps.add(1.0) == TappedBeat(pytest.approx(120), pytest.approx(1.0))


def test_time_that_runs_back_begins_a_new_row() -> None:
    assert tapped([10.0, 10.5, 2.0]) is None
