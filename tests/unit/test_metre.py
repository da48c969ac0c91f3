"""The beat among its halves and doubles: told by who strikes where, whatever the tempo."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.hearing.bands import ColumnSpec
from visualizer.hearing.metre import DRUMS, FEATURES, likelihood, read
from visualizer.hearing.repetition import Repetition
from visualizer.hearing.tempo import Tempo, TempoConfig

SPEC = ColumnSpec.at(44_100)
HOP_S = SPEC.hop_s
PERIODS = Repetition(HOP_S, 50, 200, 0.4)
BREAK = ("k.k.......kk....", "....s.......s...", "h.h.h.h.h.h.h.h.")


def strokes(lines: tuple[str, ...], bpm: float, seconds: float = 8.0) -> np.ndarray:
    """Strokes of one bar of sixteenths played over and over, float [n, DRUMS]."""
    heard = np.zeros((round(seconds / HOP_S), DRUMS))
    steps = np.arange(0, seconds * bpm / 60 * 4 - 1).astype(int)
    columns = np.rint(steps * 15 / bpm / HOP_S).astype(int)
    for drum, line in enumerate(lines):
        struck = [line[step % len(line)] != "." for step in steps]
        heard[columns[struck], drum] = 10.0
    return heard


def beat(heard: np.ndarray) -> float:
    """The likeliest tempo."""
    reading = read(PERIODS, heard)
    at = reading.peaks[int(np.argmax(likelihood(reading.features)))]
    return PERIODS.tempo(reading.repetition, int(at))


@pytest.mark.parametrize("bpm", [72, 100, 140, 170])
def test_kick_and_snare_say_which_period_is_the_beat(bpm: float) -> None:
    assert beat(strokes(BREAK, bpm)) == pytest.approx(bpm, abs=1)


@pytest.mark.parametrize("bpm", [64, 120, 176])
@pytest.mark.parametrize("lines", [("k...",), (".", "s..."), (".", ".", "h..."), ("k...", "s...", "h...")])
def test_nothing_between_the_strokes_makes_each_a_beat(lines: tuple[str, ...], bpm: float) -> None:
    assert beat(5 * strokes(lines, bpm)) == pytest.approx(bpm, abs=1)


@pytest.mark.parametrize("bpm", [100, 165])
def test_beats_are_counted_on_the_beat_although_only_the_bar_repeats(bpm: float) -> None:
    followed, found = Tempo(SPEC, TempoConfig()), []
    for column, struck in enumerate(strokes(BREAK, bpm, 14.0)):
        before = followed.beats
        followed.step(struck)
        if followed.beats > before and column * HOP_S > 6:
            found.append(column * HOP_S * bpm / 60)
    away = (np.array(found) + 0.5) % 1 - 0.5
    assert len(found) == pytest.approx(7.5 * bpm / 60, abs=2)
    assert np.abs(away).max() < 0.15
    assert followed.confidence > 0.6


def test_the_repetition_alone_would_not_tell() -> None:
    reading = read(PERIODS, strokes(BREAK, 140))
    tempi = PERIODS.bpm[reading.peaks]
    assert np.abs(tempi - 70).min() < 1
    assert np.abs(tempi - 140).min() < 1
    best = int(np.argmax(reading.repetition[reading.peaks]))
    assert tempi[best] == pytest.approx(70, abs=1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 900))
def test_any_strokes_can_be_read(seed: int, columns: int) -> None:
    chance = np.random.default_rng(seed)
    heard = chance.exponential(5.0, (columns + 300, DRUMS)) * (chance.random((columns + 300, DRUMS)) < 0.1)
    reading = read(PERIODS, heard)
    assert reading.features.shape == (len(reading.peaks), FEATURES)
    assert np.isfinite(likelihood(reading.features)).all()


def test_silence_has_no_periods() -> None:
    reading = read(PERIODS, np.zeros((800, DRUMS)))
    assert len(reading.peaks) == 0
    assert not reading.repetition.any()


def test_what_is_louder_is_no_other_beat() -> None:
    heard = strokes(BREAK, 120)
    assert read(PERIODS, 3 * heard).features == pytest.approx(read(PERIODS, heard).features)
