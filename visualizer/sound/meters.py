"""How loud every input is, for a chooser: opens them all for as long as it is shown, in one process of its own.

The app's side is `InputMeters`, called on any thread but the GUI's to start and stop, and on any to read; `measure`
runs in the new process, where listening to a dozen inputs cannot make the sound that is heard wait.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from visualizer.errors import VisualizerError
from visualizer.sound.capture_process import spawn_context
from visualizer.sound.devices import Device, present_device
from visualizer.sound.streams import Stream, close_stream, open_input, portaudio

BLOCK_S = 0.05  # of one measurement: twenty a second look alive and cost little
FALL_DB = 1.5  # a block, after the peak: fast enough to follow, slow enough to read
FLOOR_DBFS = -90.0
UNHEARD_DBFS = -1000.0  # not open: measured never
END_S = 2.0


class InputMeters:
    """Levels of inputs, from when they are opened until close; no input, no process.

    A Bluetooth headset's microphone is left alone: opening it would turn its music into a telephone's.

    Args:
        devices: the inputs.
    """

    def __init__(self, devices: Sequence[Device]) -> None:
        context = spawn_context()
        self._devices = [device for device in devices if not device.target.startswith("bluez_")]
        self._memory = context.RawArray(ctypes.c_double, [UNHEARD_DBFS] * len(self._devices))
        self._ours, theirs = context.Pipe()
        self._process = context.Process(
            target=_run, args=(self._devices, self._memory, theirs), name="meters", daemon=True
        )
        try:
            if self._devices:
                self._process.start()
        except OSError:
            self._devices = []  # a chooser without meters is still a chooser
        finally:
            theirs.close()

    def levels(self) -> dict[str, float]:
        """Loudness in dBFS, -90 to 0 (a full-scale square wave), by the inputs' keys; only of those that are open."""
        values = list(self._memory)
        return {one.key: value for one, value in zip(self._devices, values, strict=False) if value > UNHEARD_DBFS}

    def close(self) -> None:
        """Let go of all inputs. It may be called again."""
        self._ours.close()
        if self._devices:
            self._devices = []
            self._process.join(END_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()


def _run(devices: Sequence[Device], memory: Any, app: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    measure(devices, memory, app)


def measure(devices: Sequence[Device], memory: Any, app: Connection) -> None:
    """What the process does: write each input's level into memory until the app closes its end.

    Args:
        devices: the inputs; one that cannot be opened stays unheard.
        memory: their levels, dBFS.
    """
    streams: list[Stream] = []
    try:
        backend = portaudio()
    except VisualizerError:  # said where inputs are listed
        return
    levels = np.frombuffer(memory, np.float64)
    for place, device in enumerate(devices):
        with contextlib.suppress(VisualizerError, backend.PortAudioError, OSError):
            stream = open_input(
                present_device(device, backend),
                backend,
                samplerate=device.rate,
                channels=min(2, device.channels),
                blocksize=round(BLOCK_S * device.rate),
                latency=BLOCK_S,
                callback=_meter(levels, place),
            )
            streams.append(stream)
            stream.start()
    with contextlib.suppress(OSError, EOFError):
        app.poll(None)  # until the app closes its end, or has died
    for stream in streams:
        close_stream(stream, backend)


def _meter(levels: np.ndarray, place: int) -> Any:
    """PortAudio's callback for one input: up at once, down slowly."""

    def hear(block: np.ndarray, n: int, times: Any, status: Any) -> None:
        power = float(np.mean(np.square(block)))
        levels[place] = max(FLOOR_DBFS, 10 * np.log10(power + 1e-12), levels[place] - FALL_DB)

    return hear
