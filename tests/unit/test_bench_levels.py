"""What the weights of the metre are learnt from: loops within the range, read as they would have been heard."""

from __future__ import annotations

import numpy as np
import pytest

from bench.drums import PATTERNS, Pattern
from bench.grooves import FASTEST, SLOWEST, STYLES, draw_tempo
from bench.levels import SPEEDS, TRAINS, at_speed, hits, learn, readings, split, trains
from visualizer.hearing.analyser import AnalyserConfig

HOP_S = AnalyserConfig.at(44_100).columns.hop_s


def strokes(bpm: float, seconds: float = 8.0) -> np.ndarray:
    """Kick and snare in turn on the beats, hats between, float [n, 3]."""
    struck = np.zeros((round(seconds / HOP_S), 3))
    halves = np.arange(0.1, seconds - 0.1, 30 / bpm)
    columns = np.rint(halves / HOP_S).astype(int)
    struck[columns[::4], 0] = struck[columns[2::4], 1] = struck[columns, 2] = 10.0
    return struck


def test_tempi_lie_within_the_range_and_often_near_its_ends() -> None:
    chance = np.random.default_rng(0)
    tempi = np.array([draw_tempo(chance) for _ in range(2000)])
    assert SLOWEST <= tempi.min() < 1.02 * SLOWEST
    assert FASTEST >= tempi.max() > 0.98 * FASTEST
    assert np.mean(tempi > FASTEST / 2**0.4) > 0.3


def test_what_judges_is_not_learnt_from() -> None:
    assert not set(PATTERNS.values()) & set(STYLES)


@pytest.mark.parametrize("style", STYLES)
def test_every_line_of_a_style_has_as_many_steps(style: Pattern) -> None:
    lines = (style.snare, style.hat, style.chord)
    assert {len(line) for line in lines if line} <= {style.steps}


@pytest.mark.parametrize("speed", SPEEDS[1:])
def test_strokes_at_another_speed_have_another_tempo(speed: float) -> None:
    heard = at_speed(strokes(100), speed)
    assert len(heard) <= round(8 / HOP_S)
    kicks = np.flatnonzero((heard[1:-1, 0] > heard[:-2, 0]) & (heard[1:-1, 0] >= heard[2:, 0]))
    assert np.median(np.diff(kicks)) * HOP_S == pytest.approx(1.2 / speed, abs=0.02)


def test_readings_know_which_candidate_is_right() -> None:
    found = readings(strokes(100), 100)
    assert [one.is_as_played for one in found] == [True, False, False]
    assert all(0 < one.right.sum() < len(one.right) == len(one.features) for one in found)


def test_too_slow_or_too_fast_readings_are_left_out() -> None:
    assert len(readings(strokes(60), 60)) == 2  # not 15 % slower
    assert len(readings(strokes(180), 180)) == 2  # not 18 % faster


def test_every_train_is_read() -> None:
    assert len(trains()) == 6 * TRAINS


def test_the_beat_is_learnt_and_the_kept_out_judge() -> None:
    drawn = [readings(strokes(bpm), bpm) for bpm in (70, 85, 100, 120, 140, 160)]
    learnt, kept = split(drawn)
    assert len(kept) == 2
    weights = learn(learnt)
    assert hits(learnt, weights) == 1
