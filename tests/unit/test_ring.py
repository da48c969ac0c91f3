"""SampleRing: absolute counters, losses counted, never a torn block, under any partition."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizer.sound.ring import SampleRing


def numbered(start: int, stop: int, channels: int = 1) -> np.ndarray:
    """Samples whose value is their number, float32 [n, channels]."""
    return np.repeat(np.arange(start, stop, dtype=np.float32)[:, None], channels, axis=1)


@given(
    capacity=st.integers(1, 60),
    channels=st.integers(1, 3),
    steps=st.lists(st.tuples(st.integers(0, 90), st.booleans()), max_size=30),
)
def test_any_partition_reads_every_sample_once_or_counts_it(
    capacity: int, channels: int, steps: list[tuple[int, bool]]
) -> None:
    ring = SampleRing(capacity, channels)
    cursor = lost = 0
    got: list[np.ndarray] = []
    for size, read in [*steps, (0, True)]:
        ring.write(numbered(ring.written, ring.written + size, channels))
        if read:
            samples, gap = ring.read(cursor)
            assert gap == max(0, ring.written - capacity - cursor)
            np.testing.assert_array_equal(samples, numbered(cursor + gap, ring.written, channels))
            cursor += gap + len(samples)
            lost += gap
            got.append(samples)
    assert cursor == ring.written
    assert sum(map(len, got)) + lost == ring.written
    assert ring.torn == 0


def test_stop_limits_a_read_and_the_future_is_empty() -> None:
    ring = SampleRing(100)
    ring.write(np.arange(50, dtype=np.float32))
    samples, gap = ring.read(10, 20)
    assert (samples[:, 0].tolist(), gap) == (list(range(10, 20)), 0)
    samples, gap = ring.read(50)
    assert (samples.shape, gap) == ((0, 1), 0)


def test_a_range_that_is_gone_altogether_is_a_gap() -> None:
    ring = SampleRing(10)
    ring.write(np.zeros(100, np.float32))
    samples, gap = ring.read(20, 40)
    assert (len(samples), gap) == (0, 20)


def test_what_is_written_during_the_copy_is_dropped_and_counted() -> None:
    class Overtaken(SampleRing):
        def copy_to(self, start: int, out: np.ndarray) -> None:
            super().copy_to(start, out)
            self.write(numbered(self.written, self.written + 4))

    ring = Overtaken(10)
    ring.write(numbered(0, 10))
    samples, gap = ring.read(0)
    assert gap == 4
    assert samples[:, 0].tolist() == [4, 5, 6, 7, 8, 9]
    assert ring.torn == 1


def test_a_claimed_range_is_not_readable_before_it_is_written() -> None:
    ring = SampleRing(10)
    ring.write(numbered(0, 10))
    ring._claimed = 13  # the writer is in the middle of a block of three
    samples, gap = ring.read(0)
    assert (gap, samples[:, 0].tolist()) == (3, [3, 4, 5, 6, 7, 8, 9])


def test_a_writing_thread_never_tears_a_block() -> None:
    ring = SampleRing(3000)
    block, total = 700, 700 * 3000
    done = threading.Event()

    def write() -> None:
        for start in range(0, total, block):
            ring.write(numbered(start, start + block))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    cursor = 0
    while not (done.is_set() and cursor == ring.written):
        samples, gap = ring.read(cursor)
        start = cursor + gap
        np.testing.assert_array_equal(samples, numbered(start, start + len(samples)))
        cursor = start + len(samples)
    writer.join()
    assert cursor == total


@pytest.mark.parametrize(("capacity", "channels"), [(0, 1), (10, 0)])
def test_an_impossible_ring_is_refused(capacity: int, channels: int) -> None:
    with pytest.raises(ValueError, match="cannot hold sound"):
        SampleRing(capacity, channels)
