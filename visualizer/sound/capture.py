"""Live input: a microphone, a line, or the monitor of what another program plays.

A process of its own copies what PortAudio delivers into a ring in shared memory (`capture_process`); the
threads that analyse and paint read it from there and mix it to mono. A process that dies is replaced, a device
that dies is noticed by polling `lost`. Where no process can be started, PortAudio's callback runs in this one.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from visualizer.errors import VisualizerError
from visualizer.files.decode import to_mono, to_stereo
from visualizer.sound.capture_process import CaptureProcess, spawn_context, write_block
from visualizer.sound.devices import MONITOR, Device, find_device
from visualizer.sound.ring import SampleRing
from visualizer.sound.shared_ring import RingMemory, SharedRing, ring_memory
from visualizer.sound.streams import Backend, close_stream, open_input, portaudio
from visualizer.words import tr

HISTORY_S = 12.0  # a window of 8.9 s and some time to spare
SHARED_LATENCY_S = 0.1  # of a callback that shares its interpreter with painting
LEVEL_S = 0.1
FLOOR_DBFS = -90.0
STALL_S = 2.0  # a device that delivers nothing for so long is gone
REVIVALS, REVIVALS_S = 3, 60.0  # so many dead processes in so many seconds are replaced, then the device is lost


class Recorder(Protocol):
    """What fills the ring: CaptureProcess, or StreamRecorder."""

    @property
    def running(self) -> bool:
        """False when it has ended, whatever ended it."""

    @property
    def over(self) -> bool:
        """The device is gone."""

    def close(self) -> None:
        """Let go of the device."""


class StreamRecorder:
    """Fills a ring from PortAudio's callback in this process.

    Raises:
        VisualizerError: the device cannot be opened.
    """

    def __init__(self, device: Device, ring: SampleRing, backend: Backend) -> None:
        self._ring = ring
        self._rate = float(device.rate)
        self._backend = backend
        self._ended = False
        self._stream = open_input(
            device,
            backend,
            samplerate=device.rate,
            channels=ring.channels,
            latency=SHARED_LATENCY_S,
            callback=self._hear,
            finished_callback=self._finished,
        )
        try:
            self._stream.start()
        except backend.PortAudioError as error:
            close_stream(self._stream, backend)
            raise VisualizerError(
                tr(
                    "The sound input “{name}” does not start ({error}): choose another, or connect it again.",
                    name=device.name,
                    error=error,
                )
            ) from None

    def _hear(self, block: np.ndarray, n: int, times: Any, status: Any) -> None:
        write_block(self._ring, block, times, status, self._rate)

    def _finished(self) -> None:
        self._ended = True

    @property
    def running(self) -> bool:
        """Nothing but the device ends it."""
        return True

    @property
    def over(self) -> bool:
        """The device is gone."""
        return self._ended or not self._stream.active

    def close(self) -> None:
        """Let go of the device."""
        close_stream(self._stream, self._backend)


class Microphone:
    """A running input, mono for its readers; a Source.

    Args:
        device: a Device, its number, its name or a part of it; None for the default input.
        backend: sounddevice, or a test's stand-in, which then captures in this process.
        apart: capture in a process of its own; None does where backend is not given.
        clock: seconds, to notice a device that stalls.
    Raises:
        VisualizerError: no PortAudio, no such device, or it cannot be opened.

    Attributes:
        name: of the device.
        rate: Hz.
        notice: why it captures in this process though it should not, in one sentence; else empty.
        revived: how often a capture process that died was replaced.
    """

    def __init__(
        self,
        device: Device | str | int | None = None,
        *,
        backend: Backend | None = None,
        apart: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._backend = backend
        self._clock = clock
        self.device = device if isinstance(device, Device) else find_device(device, "input", backend or portaudio())
        self.name = self.device.name
        self.rate = float(self.device.rate)
        self.notice = ""
        self.revived = 0
        self._deaths: deque[float] = deque(maxlen=REVIVALS)
        self._memory: RingMemory | None = None
        self._open(apart if apart is not None else backend is None)
        self._seen, self._seen_at = self._ring.written, clock()

    def _open(self, apart: bool) -> None:
        capacity, channels = round(HISTORY_S * self.rate), min(2, self.device.channels)
        if apart:
            try:
                self._memory = ring_memory(spawn_context(), capacity, channels)
                self._ring: SampleRing = SharedRing(self._memory)
                self._recorder: Recorder = CaptureProcess(self.device, self._memory)
                return
            except OSError as error:
                self.notice = tr(
                    "Sound is captured beside the painting ({error}): samples may be lost; close other programs.",
                    error=error,
                )
        self._backend = self._backend or portaudio()
        self._ring = SampleRing(capacity, channels)
        self._recorder = StreamRecorder(self.device, self._ring, self._backend)

    @property
    def overflows(self) -> int:
        """Blocks before which the sound card reported lost samples."""
        return self._ring.overflows

    @property
    def arrived(self) -> float:
        """When the newest sample came, in seconds of time.monotonic."""
        return self._ring.arrived

    @property
    def latency_s(self) -> float:
        """Seconds from the air to the newest sample's arrival, as the device reports them; 0 where it does not."""
        return self._ring.latency_s

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

    def read_stereo(self, cursor: int, stop: int) -> tuple[np.ndarray, int, int]:
        """Stereo float32 [n, 2] from cursor up to a sample, the new cursor, and how many samples were lost between."""
        samples, gap = self._ring.read(cursor, stop)
        return to_stereo(samples), cursor + gap + len(samples), gap

    def lost(self) -> bool:
        """True when the device has died or delivers nothing any more; open a new Microphone then.

        Poll it: a capture process that died is replaced here, which takes a moment.
        """
        now = self._clock()
        if self._recorder.over:
            return True
        if not self._recorder.running and not self._revive(now):
            return True
        if self._ring.written != self._seen:
            self._seen, self._seen_at = self._ring.written, now
        return now - self._seen_at > STALL_S and self.device.kind != MONITOR  # what plays nothing may send nothing

    def _revive(self, now: float) -> bool:
        """Let a new process go on in the same ring: what was heard before stays, and counting goes on."""
        if self._memory is None or (len(self._deaths) == REVIVALS and now - self._deaths[0] < REVIVALS_S):
            return False
        self._deaths.append(now)
        self._recorder.close()
        try:
            self._recorder = CaptureProcess(self.device, self._memory)
        except (VisualizerError, OSError):
            return False
        self.revived += 1
        self._seen_at = self._clock()
        return True

    def close(self) -> None:
        """Let go of the device; what was heard can still be read."""
        self._recorder.close()
