"""Streams to and from the sound devices, and the only door to PortAudio; runs on any thread but the callback's.

PortAudio is imported when first needed: without the library the app goes on, silently. What `devices` lists is opened
here; a stream of the sound server's own sources and sinks goes through PortAudio's one device for it.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from visualizer.errors import VisualizerError
from visualizer.sound.loopback import LoopbackStream
from visualizer.words import later, tr

if TYPE_CHECKING:
    from visualizer.sound.devices import Device

REFUSED = {
    "input": later(
        "The sound input “{name}” cannot be opened ({cause}): choose another, or check that no other program holds it."
    ),
    "output": later(
        "The sound output “{name}” cannot be opened ({cause}): choose another, or check that no other program holds it."
    ),
}
_PULSE_VARIABLE = {"input": "PULSE_SOURCE", "output": "PULSE_SINK"}


_opening = threading.Lock()  # opening changes the environment and file descriptor 2 for a moment
_open_streams: set[int] = set()


class Stream(Protocol):
    """A running connection to a device, as PortAudio gives it."""

    @property
    def latency(self) -> float:
        """Seconds between the callback and the air."""

    @property
    def active(self) -> bool:
        """False before start and when the device is gone."""

    def start(self) -> None:
        """Begin calling back."""

    def close(self) -> None:
        """Stop at once and let go of the device."""


class Backend(Protocol):
    """What the app uses of sounddevice; tests hand in their own."""

    PortAudioError: type[Exception]

    def query_devices(self, device: Any = None, kind: str | None = None) -> Any:
        """All devices, or one, as dictionaries."""

    def query_hostapis(self, index: int | None = None) -> Any:
        """The systems behind the devices."""

    def OutputStream(self, **settings: Any) -> Stream:
        """Open a stream to a device."""

    def InputStream(self, **settings: Any) -> Stream:
        """Open a stream from a device."""


def portaudio() -> Backend:
    """The sounddevice module.

    Raises:
        VisualizerError: the PortAudio library is missing or does not start.
    """
    try:
        import sounddevice
    except Exception as error:  # OSError without the library, sounddevice's own error when it does not start
        install = " (Debian and Ubuntu: apt install libportaudio2)" if sys.platform.startswith("linux") else ""
        needed = tr("Sound needs the PortAudio library ({error}): install it{how}.", error=error, how=install)
        raise VisualizerError(needed) from None
    _silence_alsa()
    return sounddevice


@functools.cache
def _silence_alsa() -> None:
    """Keep ALSA's remarks (underruns, missing cards) off the terminal: we count or say them ourselves."""
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library, or no ALSA
        alsa = ctypes.CDLL("libasound.so.2")
        # A C function that ignores its arguments and does nothing: ALSA calls the handler on the sound card's
        # thread, also while Python is shutting down, where a Python function would not be safe.
        alsa.snd_lib_error_set_handler(ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p))


def portaudio_problem() -> str | None:
    """Why there can be no sound at all, in one sentence; None when PortAudio works."""
    try:
        portaudio()
    except VisualizerError as error:
        return str(error)
    return None


def open_output(device: Device, backend: Backend, **settings: Any) -> Stream:
    """Open a stream to a device; settings as for sounddevice.OutputStream. Raises VisualizerError."""
    return _open(device, "output", backend, settings)


def open_input(device: Device, backend: Backend, **settings: Any) -> Stream:
    """Open a stream from a device; settings as for sounddevice.InputStream. Raises VisualizerError."""
    return _open(device, "input", backend, settings)


def close_stream(stream: Stream, backend: Backend) -> None:
    """Close a stream that open_output or open_input gave; a device that is gone is no error."""
    with contextlib.suppress(backend.PortAudioError), _quiet_stderr():
        stream.close()
    _open_streams.discard(id(stream))


def refresh_devices(backend: Any = None) -> bool:
    """Look for devices anew: PortAudio lists them only when it starts.

    Returns:
        False when that was not possible, because a stream is open or PortAudio is missing.
    """
    with _opening:
        if _open_streams:
            return False
        try:
            backend = backend or portaudio()
            backend._terminate()
            backend._initialize()
        except Exception:  # PortAudio's own error type cannot be named when it is missing
            return False
        return True


def _open(device: Device, direction: str, backend: Backend, settings: dict[str, Any]) -> Stream:
    opener: Callable[..., Stream] = backend.OutputStream if direction == "output" else backend.InputStream
    if direction == "input" and device.is_loopback:
        opener = LoopbackStream
    with _opening, _pulse_target(device, direction), _quiet_stderr():
        try:
            stream = opener(device=device.index, dtype="float32", **settings)
        except (backend.PortAudioError, ValueError) as error:
            cause = str(error).split(" [")[0]
            raise VisualizerError(tr(REFUSED[direction], name=device.name, cause=cause)) from None
        _open_streams.add(id(stream))
    return stream


@contextlib.contextmanager
def _pulse_target(device: Device, direction: str) -> Iterator[None]:
    """Have libpulse connect the next stream to one source or sink: it reads the variable when it opens."""
    if not device.target:
        yield
        return
    variable = _PULSE_VARIABLE[direction]
    before = os.environ.get(variable)
    os.environ[variable] = device.target
    try:
        yield
    finally:
        if before is None:
            del os.environ[variable]
        else:
            os.environ[variable] = before


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Send file descriptor 2 nowhere for a moment: ALSA and PortAudio write there what we say in a sentence."""
    try:
        kept = os.dup(2)
    except OSError:  # no console at all (a Windows program without one)
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
