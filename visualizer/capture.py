"""Live input: a microphone, a line, or the monitor of what another program plays.

PortAudio's callback copies blocks into a ring; the pipeline thread reads them from there and mixes them to
mono. A device that dies is noticed by polling `lost`, not by an exception in the callback.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from visualizer.decode import to_mono
from visualizer.devices import Backend, Device, Stream, close_stream, find_device, open_input, portaudio
from visualizer.errors import VisualizerError
from visualizer.ring import SampleRing

HISTORY_S = 12.0  # a window of 8.9 s and some time to spare
LATENCY_S = 0.05  # the window is 8.9 s long: a safe block costs nothing that could be seen
LEVEL_S = 0.1
FLOOR_DBFS = -90.0
STALL_S = 3.0  # a device that delivers nothing for so long is gone


class Microphone:
    """A running input, mono for its readers; a Source.

    Args:
        device: a Device, its number, its name or a part of it; None for the default input.
        backend: sounddevice, or a test's stand-in.
        clock: seconds, to notice a device that stalls.
    Raises:
        VisualizerError: no PortAudio, no such device, or it cannot be opened.

    Attributes:
        name: of the device.
        rate: Hz.
        overflows: blocks before which the sound card reported lost samples.
    """

    def __init__(
        self,
        device: Device | str | int | None = None,
        *,
        backend: Backend | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._backend = backend or portaudio()
        self._clock = clock
        self.device = find_device(device, "input", self._backend)
        self.name = self.device.name
        self.rate = float(self.device.rate)
        self.overflows = 0
        self._over = False
        channels = min(2, self.device.channels)
        self._ring = SampleRing(round(HISTORY_S * self.rate), channels)
        self._seen, self._seen_at = 0, clock()
        self._stream = self._start(channels)

    def _start(self, channels: int) -> Stream:
        stream = open_input(
            self.device,
            self._backend,
            samplerate=self.rate,
            channels=channels,
            latency=LATENCY_S,
            callback=self._hear,
            finished_callback=self._finished,
        )
        try:
            stream.start()
        except self._backend.PortAudioError as error:
            close_stream(stream, self._backend)
            raise VisualizerError(
                f"The sound input {self.name!r} does not start ({error}): choose another, or connect it again."
            ) from None
        return stream

    def _hear(self, block: np.ndarray, n: int, times: Any, status: Any) -> None:
        """PortAudio's callback: copy and count, nothing else."""
        self._ring.write(block)
        if status:
            self.overflows += 1

    def _finished(self) -> None:
        self._over = True

    @property
    def heard(self) -> int:
        """Samples heard since the start."""
        return self._ring.written

    @property
    def level(self) -> float:
        """Loudness of the last 0.1 s in dBFS (a full-scale square wave is 0), -90 at the least."""
        samples, _ = self._ring.read(self.heard - round(LEVEL_S * self.rate))
        power = float(np.mean(np.square(samples))) if len(samples) else 0.0
        return max(FLOOR_DBFS, 10 * np.log10(power + 1e-12))

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        """What was heard since cursor.

        Returns:
            (mono float32 [n], new cursor, gap): gap samples at the beginning are lost for ever.
        """
        samples, gap = self._ring.read(cursor)
        return to_mono(samples), cursor + gap + len(samples), gap

    def lost(self) -> bool:
        """True when the device has died or delivers nothing any more; open a new Microphone then."""
        now = self._clock()
        if self._ring.written != self._seen:
            self._seen, self._seen_at = self._ring.written, now
        return self._over or not self._stream.active or now - self._seen_at > STALL_S

    def close(self) -> None:
        """Let go of the device; what was heard can still be read."""
        close_stream(self._stream, self._backend)
