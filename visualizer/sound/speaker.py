"""The loudspeaker: a sound card's stream, or a silent one in time when there is none or it is lost.

Opening one takes a moment: not on the GUI thread. The callback runs on the sound card's own thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from visualizer.errors import VisualizerError
from visualizer.sound.devices import Device, find_device
from visualizer.sound.silent import SilentStream
from visualizer.sound.streams import Backend, Stream, close_stream, open_output, portaudio
from visualizer.words import tr

# Python's callback shares the interpreter with models and window. Measured on two crowded cores with two threads
# that never let go of it: about 1 underrun a second at 0.1 s, none at 0.2 s.
LATENCY_S = 0.2
LARGEST_LATENCY_S = 2.0  # a card that claims more, or less than none, does not know
SILENT_RATE = 48_000.0

Render = Callable[[np.ndarray, float, bool], None]


class Speaker:
    """One output, once started.

    Args:
        output: a Device, its number, its name or a part of it; "default"; None for no sound on purpose.
        backend: sounddevice, or a test's stand-in.
        clock: seconds, steady.

    Attributes:
        rate: Hz of the card; never changes.
        sounding: False when there is no sound card.
        notice: why there is no sound, in one sentence; empty when there is, or on purpose.
    """

    def __init__(
        self,
        output: Device | str | int | None,
        backend: Backend | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.notice = ""
        self.sounding = False
        self._backend = backend
        self._clock = clock
        self._name = ""
        self._over = False
        self._reported_s = LATENCY_S
        self._device = self._find(output)
        self.rate = float(self._device.rate) if self._device else SILENT_RATE
        self._stream: Stream | None = None

    def start(self, render: Render) -> None:
        """Begin to call back.

        Args:
            render: fills a block, float32 [n, 2]; is told when its first sample will be in the air, and whether the
                card has just missed a block.
        """
        self._render = render
        if self._device is not None and self._backend is not None:
            try:
                self._stream = self._start_device(self._device, self._backend)
                return
            except VisualizerError as error:
                self.notice = _silently(str(error))
        self._stream = self._start_silent()

    @property
    def latency_s(self) -> float:
        """Seconds between the callback and the air, as the device reports them."""
        return float(self._stream.latency) if self._stream is not None else 0.0

    def tend(self) -> None:
        """Go on silently when the sound card is gone; to be called again and again, from one thread."""
        if not self._over or self._backend is None or self._stream is None:
            return
        close_stream(self._stream, self._backend)
        self._over = False
        self.notice = _silently(tr("The sound output “{name}” stopped: connect it again.", name=self._name))
        self._stream = self._start_silent()

    def close(self) -> None:
        """Let go of the device."""
        if isinstance(self._stream, SilentStream):
            self._stream.close()
        elif self._backend is not None and self._stream is not None:
            close_stream(self._stream, self._backend)

    def _find(self, output: Device | str | int | None) -> Device | None:
        if output is None:
            return None
        try:
            self._backend = self._backend or portaudio()
            return find_device(output, "output", self._backend)
        except VisualizerError as error:
            self.notice = _silently(str(error))
            return None

    def _start_device(self, device: Device, backend: Backend) -> Stream:
        stream = open_output(
            device,
            backend,
            samplerate=self.rate,
            channels=min(2, device.channels),
            latency=LATENCY_S,
            callback=self._fill,
            finished_callback=self._finished,
        )
        try:
            stream.start()
        except backend.PortAudioError as error:
            close_stream(stream, backend)
            raise VisualizerError(
                tr("The sound output “{name}” does not start ({error}): choose another.", name=device.name, error=error)
            ) from None
        self._name = device.name
        self._reported_s = float(stream.latency)
        self.sounding = True
        return stream

    def _start_silent(self) -> Stream:
        self.sounding = False
        self._reported_s = 0.0
        stream = SilentStream(self.rate, self._fill, self._clock)
        stream.start()
        return stream

    def _fill(self, out: np.ndarray, n: int, times: Any, status: Any) -> None:
        """PortAudio's callback."""
        audible_at = self._clock() + self._delay_s(times)
        missed = bool(status and status.output_underflow)
        if out.shape[1] == 2:
            self._render(out, audible_at, missed)
        else:  # a card with one channel
            stereo = np.empty((n, 2), np.float32)
            self._render(stereo, audible_at, missed)
            np.mean(stereo, axis=1, keepdims=True, out=out)

    def _delay_s(self, times: Any) -> float:
        """From a callback to the air: PortAudio's own times where they make sense, else the stream's latency."""
        if times is not None and times.currentTime > 0:
            delay = float(times.outputBufferDacTime - times.currentTime)
            if abs(delay) < LARGEST_LATENCY_S and (delay > 0 or not self.sounding):
                return delay
        return self._reported_s

    def _finished(self) -> None:
        self._over = True


def _silently(reason: str) -> str:
    return tr("{reason} Playing silently.", reason=reason)
