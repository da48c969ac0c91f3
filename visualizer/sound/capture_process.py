"""Captures in a process of its own, where no model and no window can make the sound card wait.

Measured on two crowded cores, with a model painting and an interpreter that is held for up to 1.4 s: samples came
0.6 s late (p99) by PortAudio's callback in the app's process, 0.3 s by blocking reads there, 8 ms here; once the
callback's stream died. PortAudio also starts anew with each process and so knows the devices of that moment, without
stopping the player's stream. The app's side is
`CaptureProcess`, called on the session's worker thread; `capture` runs in the new process, which is spawned:
the same on Linux, Windows and macOS, and within a frozen app.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any

import numpy as np

from visualizer.errors import VisualizerError
from visualizer.sound.devices import MONITOR, Device, present_device
from visualizer.sound.ring import SampleRing
from visualizer.sound.shared_ring import RingMemory, SharedRing
from visualizer.sound.streams import close_stream, open_input, portaudio
from visualizer.words import load_words, spoken, tr

START_S = 15.0  # for a crowded machine to start a Python; usually well under one
END_S = 2.0
LOOK_S = 0.1  # between looks whether the stream still runs
# Blocks of 10 ms: half the processor time of blocks of 5 ms, which PortAudio would choose, and as good for a beat. The
# sound card's buffer may be longer: it gives slack, and delays nothing.
BLOCK_S = 0.01
LATENCY_S = 0.04
PRIORITY = -10  # nice value; needs a right that desktops which care for sound, and root, give
QUIET_S = 1.0  # a monitor that delivers nothing for so long has nothing to deliver: that is silence
HIGH_PRIORITY_CLASS = 0x80  # Windows
LARGEST_LATENCY_S = 1.0  # a card that reports more reports nonsense
LATENCY_PULL = 0.05  # share of a block's own latency that is believed: it swings with the card's buffers
OPENED, REFUSED, OVER = "opened", "refused", "over"


def write_block(ring: SampleRing, block: np.ndarray, times: Any, status: Any, rate: float) -> None:
    """PortAudio's callback for inputs: copy and count, nothing else."""
    ring.arrived = time.monotonic()
    latency_s = _latency_s(times, len(block) / rate)
    if latency_s is not None:
        ring.latency_s += (LATENCY_PULL if ring.latency_s else 1.0) * (latency_s - ring.latency_s)
    ring.write(block)
    if status:
        ring.overflows += 1


def _latency_s(times: Any, length_s: float) -> float | None:
    """From the air to the callback, of a block's last sample, by PortAudio's own times; None where it has none."""
    if times is None or times.currentTime <= 0 or times.inputBufferAdcTime <= 0:
        return None
    latency_s = float(times.currentTime - times.inputBufferAdcTime) - length_s
    return max(0.0, latency_s) if latency_s < LARGEST_LATENCY_S else None


class Silence:
    """Fills in the silence that some sound systems leave out: nothing at all comes while nothing plays.

    Those who listen hear time pass. Runs in the capture process's main thread; the lock keeps its rare writes
    apart from the callback's.
    """

    def __init__(self, ring: SampleRing, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._ring = ring
        self._rate = rate
        self._clock = clock
        self._filled: float | None = None
        self._lock = threading.Lock()

    def write(self, block: np.ndarray, times: Any, status: Any) -> None:
        """Write a block from the sound card."""
        with self._lock:
            write_block(self._ring, block, times, status, self._rate)

    def fill(self) -> None:
        """Write silence up to now if nothing has come for a while, or since the last silence."""
        with self._lock:
            now = self._clock()
            passed = now - self._ring.arrived
            if passed < (QUIET_S if self._ring.arrived != self._filled else LOOK_S / 2):
                return
            self._ring.write(np.zeros((round(passed * self._rate), self._ring.channels), np.float32))
            self._ring.arrived = now
            self._filled = self._ring.arrived


def spawn_context() -> SpawnContext:
    """How the app starts processes: never by fork, which copies the threads' locks but not the threads."""
    return multiprocessing.get_context("spawn")


class CaptureProcess:
    """A process that writes what an input hears into a ring in shared memory.

    Args:
        device: to hear; found again by name in the new process.
        memory: of the ring; a later process may go on in it.
    Raises:
        VisualizerError: the device cannot be opened; the sentence comes from the process.
        OSError: no process can be started here, or it does not answer.

    Attributes:
        pid: of the process.
    """

    def __init__(self, device: Device, memory: RingMemory) -> None:
        context = spawn_context()
        self._over = False
        self._ours, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_run, args=(device, memory, theirs, spoken()), name="capture", daemon=True
        )
        try:
            self._process.start()
        except Exception:
            self._ours.close()
            raise
        finally:
            theirs.close()  # the process has its own; so the end of it is seen here
        self.pid = self._process.pid or 0
        self._await_opened()

    def _await_opened(self) -> None:
        answered = True
        try:
            answered = self._ours.poll(START_S)
            said, text = self._ours.recv() if answered else (OVER, "")
        except (EOFError, OSError):
            said, text = OVER, ""
        if said == OPENED:
            return
        self.close()
        if said == REFUSED:
            raise VisualizerError(text)
        raise OSError("its process does not start" if answered else f"its process takes more than {START_S:.0f} s")

    @property
    def running(self) -> bool:
        """False when the process has ended, whatever ended it."""
        return not self._ours.closed and self._process.is_alive()

    @property
    def over(self) -> bool:
        """The sound card ended the stream: the device is gone. False for a process that merely died."""
        with contextlib.suppress(EOFError, OSError):
            self._over = self._over or (self._ours.poll() and self._ours.recv()[0] == OVER)
        return self._over

    def close(self) -> None:
        """End the process; returns when it is gone. It may be called again."""
        if self._ours.closed:
            return
        self._ours.close()  # it ends when nobody holds the other end
        self._process.join(END_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def _run(device: Device, memory: RingMemory, app: Connection, language: str) -> None:
    load_words(language)  # for what has to be said
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the app decides
    # Not before PortAudio is loaded: starting a Python must not hold up the picture that moves meanwhile.
    capture(device, memory, app, loaded=_ask_for_priority)


def _ask_for_priority() -> None:
    """Before other programs, where the system allows it: we need little, but need it in time."""
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetPriorityClass.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), HIGH_PRIORITY_CLASS)
    else:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)


def capture(device: Device, memory: RingMemory, app: Connection, loaded: Callable[[], None] = lambda: None) -> None:
    """What the process does: hear until the app closes its end, dies, or the stream is over.

    Args:
        loaded: called when PortAudio is there, before the device is opened.
    """
    ring = SharedRing(memory)
    silence = Silence(ring, device.rate)
    over = threading.Event()

    def hear(block: np.ndarray, n: int, times: Any, status: Any) -> None:
        silence.write(block, times, status)

    with contextlib.suppress(OSError, EOFError):  # the app has gone: so do we
        try:
            backend = portaudio()
            loaded()  # before the device is opened: the threads that this makes inherit the priority
            stream = open_input(
                present_device(device, backend),
                backend,
                samplerate=device.rate,
                channels=ring.channels,
                blocksize=round(BLOCK_S * device.rate),
                latency=LATENCY_S,
                callback=hear,
                finished_callback=over.set,
            )
            ring.arrived = time.monotonic()
            stream.start()
        except Exception as error:
            text = str(error) if isinstance(error, VisualizerError) else _does_not_start(device, error)
            app.send((REFUSED, text))
            return
        app.send((OPENED, ""))
        while not app.poll(LOOK_S):
            if over.is_set() or not stream.active:
                app.send((OVER, ""))
                break
            if device.kind == MONITOR:
                silence.fill()
        close_stream(stream, backend)


def _does_not_start(device: Device, error: Exception) -> str:
    return tr(
        "The sound input “{name}” does not start ({error}): choose another, or connect it again.",
        name=device.name,
        error=error,
    )
