"""A sound card that is not there: calls back in real time and lets the samples go.

Without a loudspeaker a file still has to advance as the clock does, so that the pictures follow the music.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

BLOCK = 1024  # samples
TICK_S = 0.02
LARGEST_LAG_S = 1.0  # behind by more (the machine slept): go on from now, do not rush after it


class Times(NamedTuple):
    """When a callback comes and when its block is due, in seconds; named as PortAudio names them."""

    currentTime: float
    outputBufferDacTime: float


class SilentStream:
    """Stands in for sounddevice.OutputStream, on a thread of its own.

    Args:
        samplerate: Hz.
        callback: as sounddevice's: (out [n, 2], n, times, status); status is None.
        clock: seconds.
    """

    def __init__(
        self,
        samplerate: float,
        callback: Callable[[np.ndarray, int, Times, None], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.samplerate = samplerate
        self.latency = 0.0
        self._callback = callback
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="silent sound card", daemon=True)
        self._out = np.zeros((BLOCK, 2), np.float32)
        self._since = 0.0
        self._done = 0

    @property
    def active(self) -> bool:
        """True between start and close."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin calling back."""
        self._since = self._clock()
        self._thread.start()

    def close(self) -> None:
        """Stop and wait for the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def advance(self) -> None:
        """Call back for as many whole blocks as the clock has passed since the last time."""
        now = self._clock()
        due = int((now - self._since) * self.samplerate)
        if due - self._done > LARGEST_LAG_S * self.samplerate:
            self._since, self._done = now, 0
            return
        while due - self._done >= BLOCK:
            times = Times(now, self._since + self._done / self.samplerate)
            self._callback(self._out, BLOCK, times, None)
            self._done += BLOCK

    def _run(self) -> None:
        while not self._stop.wait(TICK_S):
            self.advance()
