"""SoundClock: which sample is in the air, through jitter, pauses, jumps and drift."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.sound.soundclock import FORESEEN_S, RUNS_KEPT, SoundClock

RATE = 48_000
BLOCK = 480
BLOCK_S = BLOCK / RATE


def played(clock: SoundClock, start_s: float, sample: int, blocks: int) -> tuple[float, int]:
    """Give whole blocks of sound; returns the time and the sample that follow."""
    for index in range(blocks):
        clock.give(start_s + index * BLOCK_S, sample + index * BLOCK, BLOCK, BLOCK)
    return start_s + blocks * BLOCK_S, sample + blocks * BLOCK


def test_before_the_first_block_it_is_at_the_start() -> None:
    assert SoundClock(RATE).sample_at(123.0) == 0


def test_runs_evenly_between_blocks_and_a_little_beyond() -> None:
    clock = SoundClock(RATE)
    end_s, end = played(clock, 10.0, 1000, 50)
    for time in (10.0, 10.1234, 10.49, end_s + 0.3):
        assert clock.sample_at(time) == pytest.approx(1000 + (time - 10.0) * RATE, abs=0.01)
    assert clock.sample_at(end_s + 100) == pytest.approx(end + FORESEEN_S * RATE, abs=0.01)


def test_late_and_bursty_callbacks_do_not_shake_it() -> None:
    clock, rng = SoundClock(RATE), np.random.default_rng(0)
    errors, before = [], -1.0
    for index in range(2000):
        clock.give(5 + index * BLOCK_S + float(rng.uniform(-0.015, 0.015)), index * BLOCK, BLOCK, BLOCK)
        at = clock.sample_at(5 + index * BLOCK_S)
        errors.append(at / RATE - index * BLOCK_S)
        assert at > before
        before = at
    assert np.abs(errors[200:]).max() < 0.005
    assert np.std(errors[200:]) < 0.002


def test_follows_a_card_that_runs_too_fast() -> None:
    clock = SoundClock(RATE)
    for index in range(60_000):  # ten minutes at 200 ppm
        clock.give(index * BLOCK_S / 1.0002, index * BLOCK, BLOCK, BLOCK)
    assert clock.sample_at(600 / 1.0002) == pytest.approx(60_000 * BLOCK, abs=0.001 * RATE)


def test_a_pause_stands_and_goes_on() -> None:
    clock = SoundClock(RATE)
    end_s, end = played(clock, 0.0, 0, 10)
    clock.give(end_s, end, 100, BLOCK)  # the fade ends within this block
    for index in range(1, 20):
        clock.give(end_s + index * BLOCK_S, end + 100, 0, BLOCK)
    stood = end + 100
    assert clock.sample_at(end_s + 0.1) == clock.sample_at(end_s + 0.19) == stood
    assert clock.sample_at(end_s - 0.01) == pytest.approx(end - 0.01 * RATE)
    played(clock, end_s + 0.2, stood, 5)
    assert clock.sample_at(end_s + 0.22) == pytest.approx(stood + 0.02 * RATE)


def test_what_is_still_in_the_card_is_heard_before_a_seek() -> None:
    clock = SoundClock(RATE)
    played(clock, 0.0, 0, 30)  # given 0.2 s before it is heard
    clock.give(0.3, 30 * BLOCK, 0, BLOCK)
    played(clock, 0.31, 900_000, 10)
    assert clock.sample_at(0.1) == pytest.approx(0.1 * RATE)
    assert clock.sample_at(0.305) == 30 * BLOCK
    assert clock.sample_at(0.32) == pytest.approx(900_000 + 0.01 * RATE)


def test_another_card_begins_anew() -> None:
    clock = SoundClock(RATE)
    _, sample = played(clock, 0.0, 0, 30)
    played(clock, 3.0, sample, 5)
    assert clock.sample_at(3.02) == pytest.approx(sample + 0.02 * RATE)


def test_memory_is_bounded() -> None:
    clock = SoundClock(RATE)
    for index in range(1000):
        clock.give(index * BLOCK_S, index * 10_000, BLOCK // 2, BLOCK)
    assert len(clock._runs) <= RUNS_KEPT
    assert clock.sample_at(999 * BLOCK_S) == pytest.approx(9_990_000)
