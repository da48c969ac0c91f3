"""SilentStream: as many samples as the clock has passed, at any pace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from visualizer.sound.silent import BLOCK, SilentStream


class Clock:
    """Turned by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def counted() -> list[int]:
    return []


def stream(counted: list[int], clock: Clock) -> SilentStream:
    def callback(out: np.ndarray, n: int, times: Any, status: Any) -> None:
        assert out.shape == (n, 2)
        counted.append(n)

    silent = SilentStream(48_000, callback, clock)
    silent._since = clock.now
    return silent


def test_keeps_time_without_drift(counted: list[int]) -> None:
    clock = Clock()
    silent = stream(counted, clock)
    for _ in range(1000):
        clock.now += 0.0213
        silent.advance()
    assert 0 <= 21.3 * 48_000 - sum(counted) < BLOCK + 1


def test_after_sleep_it_goes_on_from_now(counted: list[int]) -> None:
    clock = Clock()
    silent = stream(counted, clock)
    clock.now += 3600
    silent.advance()
    clock.now += 0.5
    silent.advance()
    assert sum(counted) == 24_000 // BLOCK * BLOCK


def test_blocks_are_due_one_after_the_other_however_late_they_come() -> None:
    clock, due = Clock(), []

    def callback(out: np.ndarray, n: int, times: Any, status: Any) -> None:
        due.append(clock() + times.outputBufferDacTime - times.currentTime)

    silent = SilentStream(48_000, callback, clock)
    silent._since = clock.now
    for pause in (0.02, 0.09, 0.01, 0.2):
        clock.now += pause
        silent.advance()
    assert due == pytest.approx([100 + index * BLOCK / 48_000 for index in range(len(due))])
    assert len(due) == 15


def test_starts_and_ends_its_thread(counted: list[int]) -> None:
    silent = stream(counted, Clock())
    assert not silent.active
    silent.start()
    assert silent.active
    silent.close()
    assert not silent.active
