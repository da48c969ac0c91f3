"""The sound of a recording: nothing is lost, nothing is doubled, and it keeps to the time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizer.hearing.analyser import Features
from visualizer.hearing.sources import Heard
from visualizer.rendering.video import SOUND_RATE
from visualizer.show.recorded_sound import RecordedSound


@dataclass
class Counting:
    """A source whose samples are their own numbers, in both channels."""

    rate: float = SOUND_RATE
    oldest: int = 0

    heard = 10**9

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        raise AssertionError("a recording reads in stereo")

    def read_stereo(self, cursor: int, stop: int) -> tuple[np.ndarray, int, int]:
        first = min(max(cursor, self.oldest), stop)
        numbers = np.arange(first, stop, dtype=np.float32)
        return np.stack((numbers, numbers), axis=1), stop, first - cursor


def at(source: Counting, sample: float) -> Heard:
    return Heard(source, sample, Features.silence())


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=30))
def test_every_sample_once_however_the_time_is_cut(steps: list[int]) -> None:
    source, sound = Counting(), RecordedSound(0.0)
    sound.until(1e-9, at(source, 1000))
    got, sample = [], 1000
    for step in steps:
        sample += step
        got.append(sound.until((sample - 1000) / SOUND_RATE, at(source, sample)))
    assert np.array_equal(np.concatenate(got)[:, 0], np.arange(1000, sample, dtype=np.float32))


def test_standing_sound_becomes_silence() -> None:
    source, sound = Counting(), RecordedSound(0.0)
    sound.until(1e-9, at(source, 480))
    stood = sound.until(0.1, at(source, 480))
    assert len(stood) == SOUND_RATE / 10
    assert not stood.any()
    assert sound.balance_s == pytest.approx(0, abs=1e-4)


def test_no_source_is_silence_and_lasts_as_long() -> None:
    sound = RecordedSound(5.0)
    got = [sound.until(5.0 + step / 30, None) for step in range(1, 31)]
    assert sum(map(len, got)) == pytest.approx(SOUND_RATE, abs=30)


def test_another_source_is_heard_from_its_present_on() -> None:
    first, second, sound = Counting(), Counting(rate=44_100.0), RecordedSound(0.0)
    sound.until(1e-9, at(first, 0))
    sound.until(0.1, at(first, 4800))
    sound.until(0.2, at(second, 7_000_000))
    got = np.concatenate((sound.until(0.3, at(second, 7_004_410)), sound.finish()))
    assert got[len(got) // 2, 0] > 6_900_000
    assert sound.balance_s == pytest.approx(0, abs=1e-3)


def test_lost_samples_are_silence_in_their_place() -> None:
    source, sound = Counting(), RecordedSound(0.0)
    sound.until(1e-9, at(source, 0))
    source.oldest = 1000
    got = sound.until(0.1, at(source, 4800))[:, 0]
    assert len(got) == 4800
    assert not got[:1000].any()
    assert got[1000] == 1000


def test_a_leap_of_the_source_does_not_become_minutes() -> None:
    source, sound = Counting(), RecordedSound(0.0)
    sound.until(1e-9, at(source, 0))
    got = sound.until(0.1, at(source, 60 * SOUND_RATE))
    assert len(got) == 4800
    assert got[-1, 0] == 60 * SOUND_RATE - 1


def test_a_clock_that_runs_fast_shows_in_the_balance() -> None:
    source, sound = Counting(), RecordedSound(0.0)
    sound.until(1e-9, at(source, 0))
    sound.until(1.0, at(source, SOUND_RATE + 48))
    assert sound.balance_s == pytest.approx(0.001, abs=1e-6)
