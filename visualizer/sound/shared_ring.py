"""A ring whose writer lives in another process: samples and counters lie in memory that both see.

The memory comes from multiprocessing: it has no name that could be left behind, and it travels to the
process when that is started, on every system.
"""

from __future__ import annotations

import ctypes
import threading
from multiprocessing.context import SpawnContext
from typing import Any, NamedTuple

import numpy as np

from visualizer.sound.ring import SampleRing

WRITTEN, CLAIMED, OVERFLOWS, ARRIVED, LATENCY = range(5)  # places of the counters


class RingMemory(NamedTuple):
    """What a SharedRing lies in; goes to the writing process as an argument of its start.

    Attributes:
        samples: float32, capacity x channels.
        counters: int64: written, claimed, overflows; when the newest block arrived and the latency, in nanoseconds.
        channels: samples side by side in time.
    """

    samples: Any
    counters: Any
    channels: int


def ring_memory(context: SpawnContext, capacity: int, channels: int) -> RingMemory:
    """New memory for a ring, all zero. Raises OSError when there is none."""
    return RingMemory(
        context.RawArray(ctypes.c_float, capacity * channels), context.RawArray(ctypes.c_int64, LATENCY + 1), channels
    )


class SharedRing(SampleRing):
    """A SampleRing in shared memory; still one writer, and any number of readers, in two processes.

    A writer that takes another's place goes on counting where that one stopped.

    Args:
        memory: made by ring_memory.
    """

    def __init__(self, memory: RingMemory) -> None:
        self._counters = np.frombuffer(memory.counters, np.int64)
        samples = np.frombuffer(memory.samples, np.float32).reshape(-1, memory.channels)
        self._fence = threading.Lock()
        super().__init__(len(samples), memory.channels, samples)

    @property
    def written(self) -> int:
        """Samples written since the start of the stream."""
        return self._count(WRITTEN)

    @written.setter
    def written(self, value: int) -> None:
        self._set(WRITTEN, value)

    @property
    def _claimed(self) -> int:
        return self._count(CLAIMED)

    @_claimed.setter
    def _claimed(self, value: int) -> None:
        self._set(CLAIMED, value)

    @property
    def overflows(self) -> int:
        """Blocks before which the sound card reported lost samples."""
        return int(self._counters[OVERFLOWS])

    @overflows.setter
    def overflows(self, value: int) -> None:
        self._counters[OVERFLOWS] = value

    @property
    def arrived(self) -> float:
        """When the newest block came, in seconds of time.monotonic, which is the same in all processes."""
        return int(self._counters[ARRIVED]) / 1e9

    @arrived.setter
    def arrived(self, value: float) -> None:
        self._counters[ARRIVED] = round(value * 1e9)

    @property
    def latency_s(self) -> float:
        """From the air to a block's arrival, of its last sample."""
        return int(self._counters[LATENCY]) / 1e9

    @latency_s.setter
    def latency_s(self, value: float) -> None:
        self._counters[LATENCY] = round(value * 1e9)

    def _count(self, place: int) -> int:
        value = int(self._counters[place])
        self._order()
        return value

    def _set(self, place: int, value: int) -> None:
        self._order()
        self._counters[place] = value
        self._order()

    def _order(self) -> None:
        """Keep what was done before from being seen after what follows, as ARM processors may.

        Nobody else ever holds this lock. Taking it twice is a full barrier: nothing moves up over the second
        taking or down over the first release. Within one process the interpreter's own lock does this.
        """
        with self._fence:
            pass
        with self._fence:
            pass
