"""The ring that carries samples from one thread to others without a lock.

The audio callback must never wait, so it shares nothing but this: an array and two counters that only
the writer changes. Samples are numbered from the start of the stream, which makes a reader's place a
plain number, and a sample that was overwritten before it was read a countable loss.
"""

from __future__ import annotations

import numpy as np


class SampleRing:
    """The newest samples of a stream, float32 [capacity, channels]; one writer, any number of readers.

    The writer first announces what it is about to overwrite (`_claimed`), then copies, then publishes
    (`written`). A reader copies first and then looks at `_claimed`: samples that the writer may have
    touched meanwhile are dropped from what it returns, so it never hands out a torn block.

    Args:
        capacity: samples held.
        channels: samples side by side in time.
        samples: where they lie, float32 [capacity, channels]; None takes memory of this process.

    Attributes:
        capacity: samples held.
        channels: samples side by side in time.
        written: samples written since the start of the stream.
        torn: reads that lost samples to the writer while they were copying.
        overflows: blocks before which the sound card reported lost samples; kept by the writer.
        arrived: when the newest block came, in seconds of time.monotonic; kept by the writer.
        latency_s: from the air to its arrival, of a block's last sample, on average; kept by the writer.
    """

    written: int = 0
    overflows: int = 0
    arrived: float = 0.0
    latency_s: float = 0.0
    _claimed: int = 0

    def __init__(self, capacity: int, channels: int = 1, samples: np.ndarray | None = None) -> None:
        if capacity < 1 or channels < 1:
            raise ValueError(f"a ring of {capacity} samples in {channels} channels cannot hold sound")
        self.capacity = capacity
        self.channels = channels
        self.torn = 0
        self._samples = np.zeros((capacity, channels), np.float32) if samples is None else samples

    @property
    def oldest(self) -> int:
        """Number of the oldest sample that is still held."""
        return max(0, self._claimed - self.capacity)

    def write(self, block: np.ndarray) -> None:
        """Append a block, float32 [n, channels] ([n] for one channel); only the writing thread calls it."""
        if block.ndim == 1:
            block = block[:, None]
        end = self.written + len(block)
        self._claimed = end
        kept = block[-self.capacity :]
        place = (end - len(kept)) % self.capacity
        first = min(len(kept), self.capacity - place)
        self._samples[place : place + first] = kept[:first]
        self._samples[: len(kept) - first] = kept[first:]
        self.written = end

    def copy_to(self, start: int, out: np.ndarray) -> None:
        """Fill out, [n, channels], with the samples from start on: no allocation, no check.

        For a reader that the writer is known not to overtake; n must not exceed the capacity.
        """
        place = start % self.capacity
        first = min(len(out), self.capacity - place)
        out[:first] = self._samples[place : place + first]
        out[first:] = self._samples[: len(out) - first]

    def read(self, start: int, stop: int | None = None) -> tuple[np.ndarray, int]:
        """Copy the samples from start up to stop, or up to the newest.

        Args:
            start: number of the first sample wanted.
            stop: number after the last one; more than has been written means all there is.
        Returns:
            (float32 [n, channels], gap): gap samples at the beginning were overwritten and are
            missing, so the block begins at start + gap and the next read at start + gap + n.
        """
        stop = self.written if stop is None else min(stop, self.written)
        first = max(start, self.oldest)
        if first >= stop:
            return np.empty((0, self.channels), np.float32), max(0, min(first, stop) - start)
        samples = np.empty((stop - first, self.channels), np.float32)
        self.copy_to(first, samples)
        intact = min(self.oldest, stop)
        if intact > first:
            self.torn += 1
            return samples[intact - first :], intact - start
        return samples, first - start
