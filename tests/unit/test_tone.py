"""A cut tone is found, whatever was cut and wherever; an uncut one is not."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.checks.private_sound import RATE, TONE_HZ
from visualizer.checks.tone import WINDOW, ToneTracker, tone_frequency

PERIOD = RATE / TONE_HZ


@functools.cache
def whole(seconds: float, frequency: float) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def sine(seconds: float, frequency: float = TONE_HZ) -> np.ndarray:
    return whole(seconds, frequency).copy()


def followed(samples: np.ndarray, block: int = 333) -> ToneTracker:
    tracker = ToneTracker(RATE, TONE_HZ)
    for start in range(0, len(samples), block):
        tracker.push(samples[start : start + block])
    return tracker


@settings(deadline=None, max_examples=25)
@given(block=st.integers(100, 5000), quiet=st.integers(0, 3000))
def test_a_whole_tone_has_no_cuts(block: int, quiet: int) -> None:
    tracker = followed(np.concatenate((np.zeros(quiet, np.float32), sine(0.3))), block)
    assert (tracker.breaks, tracker.missing) == (0, 0)
    assert tracker.heard > 0.2 * RATE


@settings(deadline=None, max_examples=40)
@given(at=st.integers(4 * WINDOW, 6 * WINDOW), n=st.integers(1, 4800))
def test_a_cut_is_found(at: int, n: int) -> None:
    if abs(n / PERIOD - round(n / PERIOD)) < 0.5 / PERIOD + 0.005:
        return  # whole periods cannot be heard
    samples = sine(0.4)
    tracker = followed(np.delete(samples, slice(at, at + n)))
    assert tracker.breaks == 1
    assert tracker.missing == pytest.approx(n % PERIOD, abs=0.6)


def test_no_usual_block_is_whole_periods() -> None:
    for block in (48, 64, 96, 128, 144, 240, 256, 441, 480, 512, 882, 960, 1024, 1440, 1920, 2048, 2400, 4096, 4800):
        assert abs(block / PERIOD - round(block / PERIOD)) > 0.02


@pytest.mark.parametrize("at", [10_000, 10_240, 10_500])
def test_a_hole_filled_with_zeros_is_found(at: int) -> None:
    samples = sine(0.4)
    samples[at : at + 48] = 0
    assert followed(samples).breaks == 1


def test_a_clock_that_differs_a_little_is_no_cut() -> None:
    assert followed(sine(5.0, TONE_HZ * 1.0001)).breaks == 0


def test_the_tone_is_recognised() -> None:
    assert tone_frequency(sine(1.0, 440.3), RATE) == pytest.approx(440.3, abs=0.05)
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    assert tone_frequency(noise, RATE) is None
    assert tone_frequency(np.zeros(RATE, np.float32), RATE) is None
    assert tone_frequency(sine(0.01), RATE) is None


@pytest.mark.parametrize("frequency", [0.0, RATE / 2])
def test_impossible_tones_are_refused(frequency: float) -> None:
    with pytest.raises(ValueError, match="cannot be followed"):
        ToneTracker(RATE, frequency)
