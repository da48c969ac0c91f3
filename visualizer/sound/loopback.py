"""What the loudspeakers play, on Windows: WASAPI loopback through the PyAudioWPatch package.

PortAudio, as sounddevice brings it, does not offer loopback; PyAudioWPatch is a PortAudio that does. Elsewhere, and
without the package, there is none: Linux has monitors (`pulse`), macOS needs a virtual device.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

LOOK_S = 0.005


@dataclass(frozen=True)
class Loopback:
    """An output that can be heard.

    Attributes:
        name: of the output.
        index: PyAudioWPatch's number for it, in this process.
        channels: of the output.
        rate: Hz.
        default: the system plays there unless told otherwise.
    """

    name: str
    index: int
    channels: int
    rate: float
    default: bool


def loopback_package() -> Any:
    """PyAudioWPatch; None elsewhere than on Windows, or where it is not installed."""
    if sys.platform != "win32":
        return None
    try:
        return importlib.import_module("pyaudiowpatch")
    except ImportError:
        return None


def loopbacks() -> list[Loopback]:
    """The outputs that can be heard; empty without PyAudioWPatch or WASAPI."""
    package = loopback_package()
    if package is None:
        return []
    portaudio = package.PyAudio()
    try:
        system = portaudio.get_host_api_info_by_type(package.paWASAPI)
        default = portaudio.get_device_info_by_index(system["defaultOutputDevice"])["name"]
        return [_loopback(entry, default) for entry in portaudio.get_loopback_device_info_generator()]
    except OSError:  # no WASAPI, or no output at all
        return []
    finally:
        portaudio.terminate()


def _loopback(entry: dict[str, Any], default: str) -> Loopback:
    name = str(entry["name"]).removesuffix(" [Loopback]")
    return Loopback(name, entry["index"], entry["maxInputChannels"], entry["defaultSampleRate"], name == default)


class LoopbackStream:
    """Hears an output; takes the settings and has the methods of sounddevice.InputStream that the app uses.

    A thread reads what there is: WASAPI delivers nothing while nothing plays, and a blocking read would hang.

    Args:
        device: number of the loopback.
        samplerate: Hz.
        channels: to hear; the output's own, which loopback cannot change, are cut down to these.
        latency: seconds in one read.
        blocksize: samples in one read, instead; 0 leaves it to latency. Blocks come as they are there.
        callback: (block float32 [n, channels], n, times, status), times and status None.
        finished_callback: called at the end.
        dtype: "float32".
    """

    def __init__(
        self,
        *,
        device: int,
        samplerate: float,
        channels: int,
        latency: float,
        blocksize: int = 0,
        callback: Callable[[np.ndarray, int, Any, Any], None],
        finished_callback: Callable[[], None] = lambda: None,
        dtype: str = "float32",
    ) -> None:
        package = loopback_package()
        self._portaudio = package.PyAudio()
        self._rate, self._channels = samplerate, channels
        try:
            own = self._portaudio.get_device_info_by_index(device)
            self._own_channels = int(own["maxInputChannels"])
            self._stream = self._portaudio.open(
                format=package.paFloat32,
                channels=self._own_channels,
                rate=round(samplerate),
                input=True,
                input_device_index=device,
                frames_per_buffer=blocksize or round(latency * samplerate),
                start=False,
            )
        except (OSError, ValueError) as error:
            self._portaudio.terminate()
            raise ValueError(str(error)) from None
        self.latency = float(latency)
        self._callback, self._finished = callback, finished_callback
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loopback", daemon=True)

    @property
    def active(self) -> bool:
        """True between start and close, until the output is gone."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin calling back."""
        self._stream.start_stream()
        self._thread.start()

    def close(self) -> None:
        """Stop and let go of the output."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._portaudio.terminate()  # closes the stream

    def _run(self) -> None:
        try:
            while not self._stop.wait(LOOK_S):
                self.advance()
        except OSError:  # the output is gone
            pass
        finally:
            self._finished()

    def advance(self) -> None:
        """Pass on what was played since the last time. Raises OSError when the output is gone."""
        if n := self._stream.get_read_available():
            block = np.frombuffer(self._stream.read(n, exception_on_overflow=False), np.float32)
            block = block.reshape(-1, self._own_channels)[:, : self._channels]
            self._callback(block, len(block), None, None)
