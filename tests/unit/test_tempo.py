"""Tempo on onset strengths made by hand: changes are followed, rests kept, hands obeyed while they fit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.hearing.bands import ColumnSpec
from visualizer.hearing.tempo import HELD_CONFIDENCE, Tempo, TempoConfig

SPEC = ColumnSpec.at(44_100)
HOP_S = SPEC.hop_s
KICK_ALONE = np.array([1.0, 0.0, 0.0])


def tempo() -> Tempo:
    return Tempo(SPEC, TempoConfig())


def strokes(times: np.ndarray, seconds: float) -> np.ndarray:
    """Onset strengths with a stroke at each time."""
    strength = np.zeros(round(seconds / HOP_S))
    at = np.rint(times / HOP_S).astype(int)
    strength[at[at < len(strength)]] = 10.0
    return strength


def steady(bpm: float, seconds: float, start_s: float = 0.2) -> np.ndarray:
    return strokes(np.arange(start_s, seconds, 60 / bpm), seconds)


def hear(followed: Tempo, strength: np.ndarray, is_open: bool = True, at: Callable[[float], None] | None = None) -> int:
    """Step through strengths; returns how many beats were counted."""
    before = followed.beats
    for index, value in enumerate(strength):
        followed.step(value * KICK_ALONE, is_open)
        if at is not None:
            at(index * HOP_S)
    return followed.beats - before


def away(phase: float) -> float:
    """Distance of a phase from the beat, in beats."""
    return min(phase, 1 - phase)


@settings(max_examples=15, deadline=None)
@given(st.floats(60, 180))
def test_steady_strokes_are_found_within_eight_seconds(bpm: float) -> None:
    followed = tempo()
    hear(followed, steady(bpm, 8))
    assert followed.bpm == pytest.approx(bpm, abs=1)
    assert followed.confidence > 0.9


def test_a_tempo_that_rises_is_followed() -> None:
    times, now = [], 0.2
    while now < 25:
        times.append(now)
        now += 60 / (100 + 1.2 * now)
    followed, errors = tempo(), []
    ends = np.array(times)

    def note(at_s: float) -> None:
        if at_s > 8:
            errors.append(followed.bpm / (100 + 1.2 * at_s) - 1)

    hear(followed, strokes(ends, 25), at=note)
    assert np.median(np.abs(errors)) < 0.03  # a mean of the last eight seconds lags by 4 %
    since = (25 - ends[-1]) * followed.bpm / 60
    assert away((followed.phase - since) % 1) < 0.15


@pytest.mark.parametrize(("start_bpm", "rise"), [(100, 1.2), (150, -1.5)])
def test_a_rhythm_whose_tempo_changes_keeps_its_beat(start_bpm: float, rise: float) -> None:
    """Kick and snare in turn: seen over eight seconds at one tempo, such a rhythm repeats hardly at all."""
    times, now = [], 0.2
    while now < 20:
        times.append(now)
        now += 60 / (start_bpm + rise * now)
    heard = np.zeros((round(20 / HOP_S), 3))
    for drum in (0, 1):
        heard[np.rint(np.array(times[drum::2]) / HOP_S).astype(int), drum] = 10.0
    followed, surest = tempo(), 1.0
    for column, struck in enumerate(heard):
        followed.step(struck)
        if column * HOP_S > 8:
            assert followed.bpm == pytest.approx(start_bpm + rise * column * HOP_S, rel=0.05)
            surest = min(surest, followed.confidence)
    assert surest > 0.6


def test_irregular_strokes_are_no_beat() -> None:
    chance = np.random.default_rng(3)
    followed = tempo()
    assert hear(followed, strokes(np.cumsum(chance.uniform(0.15, 1.2, 60)), 30)) <= 3
    assert followed.confidence < 0.3


def test_the_beat_goes_on_through_a_rest_but_not_through_silence() -> None:
    followed = tempo()
    hear(followed, steady(120, 10))
    assert hear(followed, np.zeros(round(1 / HOP_S)), is_open=False) == pytest.approx(2, abs=1)
    hear(followed, np.zeros(round(1.6 / HOP_S)), is_open=False)
    assert followed.confidence == 0
    assert hear(followed, np.zeros(round(20 / HOP_S)), is_open=False) == 0


@given(st.lists(st.floats(-1.5, 1.5), max_size=40), st.integers(0, 5))
@settings(max_examples=20, deadline=None)
def test_nothing_leaves_its_range(shifts: list[float], seed: int) -> None:
    followed, chance = tempo(), np.random.default_rng(seed)
    hear(followed, steady(120, 4))
    beats = followed.beats
    for shift in shifts:
        now = 4 + HOP_S
        [followed.tap, followed.resync][seed % 2](now + shift)
        [followed.double, followed.halve, followed.release, lambda: None][int(chance.integers(4))]()
        hear(followed, chance.exponential(1.0, 30))
        assert 0 <= followed.phase < 1
        assert 0 <= followed.confidence <= 1
        assert 0 <= followed.bpm <= 300
        assert followed.beats >= beats
        beats = followed.beats


def test_taps_are_obeyed_where_nothing_is_struck() -> None:
    followed = tempo()
    pad = np.zeros(round(4 / HOP_S))
    hear(followed, pad)
    for index in range(4):
        followed.tap(2.0 + 0.6 * index)
    assert (followed.bpm, followed.held) == (pytest.approx(100), True)
    assert followed.confidence == HELD_CONFIDENCE
    assert hear(followed, np.zeros(round(6 / HOP_S))) == pytest.approx(10, abs=1)
    assert followed.phase == pytest.approx((10 - 3.8) / 0.6 % 1, abs=0.05)


def test_taps_at_half_the_tempo_hold_while_it_goes_on() -> None:
    followed = tempo()
    sound = steady(140, 30)
    hear(followed, sound[: round(9 / HOP_S)])
    for index in range(5):
        followed.tap(0.2 + 60 / 70 * (5 + index) + 0.02 * (-1) ** index)
    assert followed.bpm == pytest.approx(70, abs=2)
    hear(followed, sound[round(9 / HOP_S) :])
    assert followed.held
    assert followed.bpm == pytest.approx(70, abs=0.5)  # sharper than the taps were
    assert away(((30 - 0.2) * 70 / 60 - followed.phase) % 1) < 0.1


def test_taps_are_dropped_when_the_music_says_otherwise() -> None:
    followed = tempo()
    sound = steady(120, 30)
    hear(followed, sound[: round(9 / HOP_S)])
    for index in range(4):
        followed.tap(7 + 60 / 97 * index)
    assert followed.bpm == pytest.approx(97)
    hear(followed, sound[round(9 / HOP_S) :])
    assert not followed.held
    assert followed.bpm == pytest.approx(120, abs=1)


def test_taps_are_dropped_in_silence() -> None:
    followed = tempo()
    hear(followed, np.zeros(round(2 / HOP_S)))
    followed.tap(1.0)
    followed.tap(1.5)
    hear(followed, np.zeros(round(9 / HOP_S)), is_open=False)
    assert not followed.held
    assert hear(followed, np.zeros(round(9 / HOP_S)), is_open=False) == 0


def test_resync_moves_the_beat_and_keeps_the_tempo() -> None:
    followed = tempo()
    sound = steady(120, 20)
    hear(followed, sound[: round(10 / HOP_S)])
    followed.resync(9.95)  # a quarter of a second off: between the strokes, on purpose
    assert followed.phase == pytest.approx(0.1, abs=0.03)
    hear(followed, sound[round(10 / HOP_S) :])
    assert followed.held
    assert away(((20 - 9.95) * 2 - followed.phase) % 1) < 0.1
    followed.release()
    hear(followed, steady(120, 3))
    assert away(((3 - 0.2) * 2 - followed.phase) % 1) < 0.1


def test_resync_without_a_tempo_does_nothing() -> None:
    followed = tempo()
    followed.resync(0.0)
    followed.double()
    followed.halve()
    assert (followed.bpm, followed.held) == (0, False)


def test_double_and_halve_keep_the_beat() -> None:
    followed = tempo()
    hear(followed, steady(100, 10.05))
    phase = followed.phase
    followed.double()
    assert (followed.bpm, followed.phase) == (pytest.approx(200, abs=2), pytest.approx(2 * phase % 1))
    followed.halve()
    followed.halve()
    assert followed.bpm == pytest.approx(50, abs=1)
    followed.halve()  # 25 is below what can be tapped
    assert followed.bpm == pytest.approx(50, abs=1)
    assert followed.held
