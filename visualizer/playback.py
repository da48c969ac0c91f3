"""Files played with sound: a decode thread keeps a few blocks ahead of the sound card's callback.

Commands (play, pause, seek, volume) are attribute writes and a wake-up: they return at once, on any thread.
Opening a file or a sound card takes a moment and reads the disk: not on the GUI thread.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mvnet.resample import Resampler
from visualizer.decode import AudioFile, to_mono, to_stereo
from visualizer.devices import Backend, Device, Stream, close_stream, find_device, open_output, portaudio
from visualizer.errors import VisualizerError
from visualizer.feed import Feed
from visualizer.silent import SilentStream

AHEAD_S = 1.5  # decoded before it is played: enough for a disk that hesitates
PRIMED_S = 0.2  # decoded before playing starts or goes on after a seek
BLOCK_S = 0.1  # one decoding step: a seek waits for at most one
HISTORY_S = 4.0  # of what was played, for a listener that was held up
# Python's callback shares the interpreter with models and window. Measured on two crowded cores with two threads
# that never let go of it: about 1 underrun a second at 0.1 s, none at 0.2 s.
LATENCY_S = 0.2
LARGEST_LATENCY_S = 2.0  # a card that claims more, or less than none, does not know
IDLE_S = 0.05
SILENT_RATE = 48_000.0


@dataclass(frozen=True)
class _Request:
    """What the decode thread is to do next: continue at a time, in another file if there is one."""

    seconds: float
    file: AudioFile | None = None


@dataclass(frozen=True)
class _Mark:
    """Which second of the file the sample `start` of the feed is."""

    start: int
    seconds: float


class Player:
    """Plays sound files; a Foreseen source of what is played, before the volume.

    Without a sound card it plays silently in time, and `notice` says why; so it does when the card is
    lost. Paused, nothing is heard and the counter stands.

    Args:
        output: a Device, its number, its name or a part of it; "default"; None for no sound on purpose.
        backend: sounddevice, or a test's stand-in.
        clock: seconds, steady; the one that `audible` is asked by.

    Attributes:
        name: of the file, empty before the first.
        rate: Hz of the sound card, and of what read returns; never changes.
        sounding: False when there is no sound card.
        notice: why there is no sound, in one sentence; empty when there is, or on purpose.
    """

    def __init__(
        self,
        output: Device | str | int | None = "default",
        *,
        backend: Backend | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = ""
        self._clock = clock
        self._reported_s = LATENCY_S
        self.notice = ""
        self.sounding = False
        self._backend = backend
        self._output_name = ""
        self._over = False
        self._closing = False
        self._file: AudioFile | None = None
        self._resampler: Resampler | None = None
        self._request: _Request | None = None
        self._problem = ""
        self._mark = _Mark(0, 0.0)
        self._lock = threading.Lock()  # between commands and the decode thread; the callback has none
        self._wake = threading.Event()
        self.rate = SILENT_RATE
        device = self._find(output)
        self.rate = float(device.rate) if device else SILENT_RATE
        self._feed = Feed(self.rate, AHEAD_S, HISTORY_S)
        self._stream: Stream = self._start(device)
        self._thread = threading.Thread(target=self._decode, name="decode", daemon=True)
        self._thread.start()

    # ---- the sound card

    def _find(self, output: Device | str | int | None) -> Device | None:
        if output is None:
            return None
        try:
            self._backend = self._backend or portaudio()
            return find_device(output, "output", self._backend)
        except VisualizerError as error:
            self.notice = _silently(str(error))
            return None

    def _start(self, device: Device | None) -> Stream:
        if device is not None and self._backend is not None:
            try:
                return self._start_device(device, self._backend)
            except VisualizerError as error:
                self.notice = _silently(str(error))
        return self._start_silent()

    def _start_device(self, device: Device, backend: Backend) -> Stream:
        stream = open_output(
            device,
            backend,
            samplerate=self.rate,
            channels=min(2, device.channels),
            latency=LATENCY_S,
            callback=self._render,
            finished_callback=self._finished,
        )
        try:
            stream.start()
        except backend.PortAudioError as error:
            close_stream(stream, backend)
            raise VisualizerError(
                f"The sound output {device.name!r} does not start ({error}): choose another."
            ) from None
        self._output_name = device.name
        self._reported_s = float(stream.latency)
        self.sounding = True
        return stream

    def _start_silent(self) -> Stream:
        self.sounding = False
        self._reported_s = 0.0
        stream = SilentStream(self.rate, self._render, self._clock)
        stream.start()
        return stream

    def _render(self, out: np.ndarray, n: int, times: Any, status: Any) -> None:
        """PortAudio's callback."""
        audible_at = self._clock() + self._delay_s(times)
        if out.shape[1] == 2:
            self._feed.render(out, audible_at)
        else:  # a card with one channel
            stereo = np.empty((n, 2), np.float32)
            self._feed.render(stereo, audible_at)
            np.mean(stereo, axis=1, keepdims=True, out=out)
        if status and status.output_underflow:
            self._feed.underruns += 1

    def _delay_s(self, times: Any) -> float:
        """From a callback to the air: PortAudio's own times where they make sense, else the stream's latency."""
        if times is not None and times.currentTime > 0:
            delay = float(times.outputBufferDacTime - times.currentTime)
            if abs(delay) < LARGEST_LATENCY_S and (delay > 0 or not self.sounding):
                return delay
        return self._reported_s

    def _finished(self) -> None:
        self._over = True

    def _watch(self) -> None:
        """Go on silently when the sound card is gone (decode thread)."""
        if not self._over or self._closing or self._backend is None:
            return
        close_stream(self._stream, self._backend)
        self._over = False
        self.notice = _silently(f"The sound output {self._output_name!r} stopped: connect it again.")
        self._stream = self._start_silent()

    # ---- commands, from any thread

    def open(self, path: str | os.PathLike[str]) -> None:
        """Take another file, paused at its start unless playing already; reads the head of the file.

        Raises:
            VisualizerError: it cannot be played; the present file stays.
        """
        file = AudioFile(path)
        self._ask(_Request(0.0, file))
        self.name = file.info.title or file.info.path.name

    def play(self) -> None:
        """Play on; from the start when the file has ended."""
        if self.state == "ended":
            self.seek(0.0)
        self._feed.running = True

    def pause(self) -> None:
        """Stop where we are, fading out."""
        self._feed.running = False

    def seek(self, seconds: float) -> None:
        """Continue at a time of the file, within its length."""
        if self._file is not None or self._request is not None:
            self._ask(_Request(max(0.0, seconds)))

    @property
    def volume(self) -> float:
        """Share of the full amplitude, 0 to 1; changes are smoothed."""
        return self._feed.volume

    @volume.setter
    def volume(self, value: float) -> None:
        self._feed.volume = min(1.0, max(0.0, float(value)))

    def close(self) -> None:
        """Stop, end the threads, let go of file and device."""
        self._closing = True
        self._wake.set()
        self._thread.join()
        if isinstance(self._stream, SilentStream):
            self._stream.close()
        elif self._backend is not None:
            close_stream(self._stream, self._backend)
        for file in (self._file, self._request.file if self._request else None):
            if file is not None:
                file.close()
        self._resampler = None  # nobody reads on; soxr complains of one that outlives the interpreter

    def _ask(self, request: _Request) -> None:
        """Hand a request to the decode thread; one not taken yet is replaced, but its file is kept."""
        with self._lock:
            waiting = self._request
            if waiting is not None and waiting.file is not None:
                if request.file is None:
                    request = replace(request, file=waiting.file)
                else:
                    waiting.file.close()
            self._request = request
            self._feed.held = True
        self._wake.set()

    # ---- what is going on

    @property
    def state(self) -> str:
        """ "empty" before the first file, then "playing", "paused" or "ended"."""
        if self._file is None and self._request is None:
            return "empty"
        if self._feed.ended:
            return "ended"
        return "playing" if self._feed.running else "paused"

    @property
    def duration_s(self) -> float:
        """Length of the file as declared; 0.0 when unknown."""
        file = self._present()
        return file.duration_s if file is not None else 0.0

    @property
    def position_s(self) -> float:
        """Second of the file that is audible now: the device's latency is taken off."""
        request, mark, feed = self._request, self._mark, self._feed
        if request is not None:
            return request.seconds
        played = feed.cursor - mark.start
        if feed.running and not feed.ended:
            played -= round(self.latency_s * self.rate)
        return mark.seconds + max(0, played) / self.rate

    @property
    def latency_s(self) -> float:
        """Seconds between the callback and the air, as the device reports them."""
        return float(self._stream.latency)

    @property
    def warning(self) -> str:
        """One sentence when the file is damaged or breaks off, else empty; may appear while playing."""
        file = self._present()
        return self._problem or (file.warning if file is not None else "")

    @property
    def underruns(self) -> int:
        """Blocks with a hole in them: decoding or the callback came too late."""
        return self._feed.underruns

    @property
    def heard(self) -> int:
        """Number after the newest sample given to the sound card; samples are numbered over all files and seeks."""
        return self._feed.cursor

    @property
    def left(self) -> int:
        """Number after the last sample that was given to the card before the newest seek or file."""
        return self._feed.left

    @property
    def known(self) -> int:
        """Number after the newest sample decoded, up to 1.5 s before it is heard."""
        return self._feed.ahead.written

    def audible(self, time: float) -> float:
        """Number of the sample in the air at a time of the clock, up to half a second ahead; stands in a pause."""
        return min(self._feed.clock.sample_at(time), float(self.known))

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        """What was given to the sound card since cursor; returns as read_ahead."""
        return self.read_ahead(cursor, self.heard)

    def read_ahead(self, cursor: int, stop: int) -> tuple[np.ndarray, int, int]:
        """Sound from cursor up to a sample, played already or not; what a seek made stale is passed over.

        Returns:
            (mono float32 [n], new cursor, gap): gap samples at the beginning are too old to be had.
        """
        samples, end, gap = self._feed.read(cursor, stop)
        return to_mono(samples), end, gap

    def _present(self) -> AudioFile | None:
        request = self._request
        return request.file if request is not None and request.file is not None else self._file

    # ---- the decode thread

    def _decode(self) -> None:
        while not self._closing:
            self._wake.clear()
            self._watch()
            worked = False
            try:
                if self._request is not None:
                    self._obey()
                worked = self._fill()
            except Exception as error:  # a fault in reading one file must not end playing for good
                self._give_up(error)
            if not worked:
                self._wake.wait(IDLE_S)

    def _obey(self) -> None:
        """Take the request: another file, another place."""
        with self._lock:
            request = self._request
            assert request is not None  # only this thread takes requests
            if request.file is not None:
                if self._file is not None:
                    self._file.close()
                self._file = request.file
                self._resampler = Resampler(self._file.rate, self.rate, channels=2)
                request = replace(request, file=None)
                self._request = request
        assert self._file is not None  # a request without a file comes only after one with a file
        assert self._resampler is not None
        self._problem = ""
        try:
            if self._file.position or request.seconds:
                self._file.seek(request.seconds)
        except VisualizerError as error:
            self._problem = str(error)
        self._resampler.reset()
        mark = _Mark(self._feed.discard(), self._file.position / self._file.rate)
        if self._problem:
            self._feed.end = mark.start
        with self._lock:
            self._mark = mark
            if self._request is request:
                self._request = None

    def _give_up(self, error: Exception) -> None:
        """Let the file end where it is, with a warning; the next one can play."""
        name = self._file.info.path.name if self._file is not None else "The file"
        self._problem = f"{name} cannot be played on ({type(error).__name__}: {error}): choose another file."
        self._feed.end = self._feed.discard()
        with self._lock:
            self._request = None
            self._feed.held = False

    def _fill(self) -> bool:
        """Decode one step unless enough is ahead; returns whether there was something to do."""
        feed = self._feed
        if self._file is None or self._resampler is None:
            return False
        if feed.end is None and feed.waiting < feed.limit:
            block = self._file.read(max(1, round(BLOCK_S * self._file.rate)))
            last = len(block) < round(BLOCK_S * self._file.rate)
            feed.ahead.write(self._resampler.push(to_stereo(block), last=last))
            if last:
                feed.end = feed.ahead.written
            worked = True
        else:
            worked = False
        if feed.held and (feed.end is not None or feed.waiting >= PRIMED_S * self.rate):
            with self._lock:
                if self._request is None:
                    feed.held = False
        return worked


def _silently(reason: str) -> str:
    return f"{reason} Playing silently."
