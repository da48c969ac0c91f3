"""The sound devices of this machine, and the only door to PortAudio; runs on any thread but the callback's.

PortAudio is imported when first needed: without the library the app goes on, silently. On Linux it knows
PulseAudio (and PipeWire's stand-in for it) as one ALSA device called "pulse", so the server's own sources,
monitors and sinks are listed through pactl, and chosen by the variable that libpulse reads when a stream
is opened.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from visualizer.errors import VisualizerError

MICROPHONE, MONITOR, OUTPUT = "microphone", "monitor", "output"
PULSE = "PulseAudio"
_DIRECTION = {MICROPHONE: "input", MONITOR: "input", OUTPUT: "output"}
_PULSE_VARIABLE = {"input": "PULSE_SOURCE", "output": "PULSE_SINK"}
_PULSE_TIMEOUT_S = 3.0

_opening = threading.Lock()  # opening changes the environment and file descriptor 2 for a moment
_open_streams: set[int] = set()


@dataclass(frozen=True)
class Device:
    """A place that sound comes from or goes to.

    Attributes:
        name: for people.
        index: PortAudio's number for it; it may change when devices come and go.
        host_api: "ALSA", "PulseAudio", "Core Audio", "Windows WASAPI", ...
        channels: that it has.
        rate: its own sample rate in Hz.
        kind: "microphone", "monitor" (what another device plays) or "output".
        default: what the system would choose.
        target: PulseAudio's name for it; empty elsewhere.
    """

    name: str
    index: int
    host_api: str
    channels: int
    rate: float
    kind: str
    default: bool
    target: str = ""


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
        raise VisualizerError(f"Sound needs the PortAudio library ({error}): install it{install}.") from None
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


def input_devices(backend: Backend | None = None) -> list[Device]:
    """Microphones and monitors, the default first; empty without PortAudio."""
    return _devices("input", backend)


def output_devices(backend: Backend | None = None) -> list[Device]:
    """Loudspeakers and headphones, the default first; empty without PortAudio."""
    return _devices("output", backend)


def find_device(wanted: Device | str | int | None, direction: str, backend: Backend) -> Device:
    """The device meant by a Device, its number, its name or a part of it; the default for None or "default".

    Raises:
        VisualizerError: there is none, or the words fit more than one.
    """
    if isinstance(wanted, Device):
        return wanted
    found = _devices(direction, backend)
    if not found:
        raise VisualizerError(f"No sound {direction} was found: connect one, or start the sound server.")
    if wanted is None or wanted == "default":
        return found[0]
    if isinstance(wanted, int):
        fits = [device for device in found if device.index == wanted][:1]
    else:
        words = wanted.casefold()
        fits = [device for device in found if words in (device.name.casefold(), device.target.casefold())]
        fits = fits or [device for device in found if words in device.name.casefold()]
    if len(fits) == 1:
        return fits[0]
    names = ", ".join(device.name for device in fits or found)
    many = "fits more than one" if fits else "was not found"
    raise VisualizerError(f"The sound {direction} {wanted!r} {many}: use one of {names}.")


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
    opener = backend.OutputStream if direction == "output" else backend.InputStream
    with _opening, _pulse_target(device, direction), _quiet_stderr():
        try:
            stream = opener(device=device.index, dtype="float32", **settings)
        except (backend.PortAudioError, ValueError) as error:
            cause = str(error).split(" [")[0]
            raise VisualizerError(
                f"The sound {direction} {device.name!r} cannot be opened ({cause}): "
                "choose another, or check that no other program holds it."
            ) from None
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


def _devices(direction: str, backend: Backend | None) -> list[Device]:
    try:
        backend = backend or portaudio()
    except VisualizerError:
        return []
    listed = list(_portaudio_devices(direction, backend))
    pulse = next((device for device in listed if (device.host_api, device.name) == ("ALSA", "pulse")), None)
    served = _pulse_devices(direction, pulse.index) if pulse else []
    if served:  # the server holds the cards: ALSA's own names for them would only fail or say the same twice
        listed = [device for device in listed if device.host_api != "ALSA"] + served
    return sorted(listed, key=lambda device: not device.default)


def _portaudio_devices(direction: str, backend: Backend) -> Iterator[Device]:
    try:
        default = backend.query_devices(kind=direction)["index"]
    except (backend.PortAudioError, ValueError):
        default = -1
    for entry in backend.query_devices():
        if channels := entry[f"max_{direction}_channels"]:
            yield Device(
                name=entry["name"],
                index=entry["index"],
                host_api=backend.query_hostapis(entry["hostapi"])["name"],
                channels=channels,
                rate=entry["default_samplerate"],
                kind=MICROPHONE if direction == "input" else OUTPUT,
                default=entry["index"] == default,
            )


def _pulse_devices(direction: str, index: int) -> list[Device]:
    """PulseAudio's own sources or sinks; empty where there is no server or no pactl."""
    noun, key = ("sources", "default_source_name") if direction == "input" else ("sinks", "default_sink_name")
    listed, info = _pactl("list", noun), _pactl("info")
    if not isinstance(listed, list) or not isinstance(info, dict):
        return []
    return [_pulse_device(entry, index, direction, info.get(key, "")) for entry in listed]


def _pulse_device(entry: dict[str, Any], index: int, direction: str, default: str) -> Device:
    spec = re.search(r"(\d+)ch (\d+)Hz", entry.get("sample_specification", ""))
    channels, rate = (int(spec[1]), float(spec[2])) if spec else (2, 44_100.0)
    monitor = entry["name"].endswith(".monitor") or bool(entry.get("monitor_source"))
    return Device(
        name=entry.get("description") or entry["name"],
        index=index,
        host_api=PULSE,
        channels=channels,
        rate=rate,
        kind=OUTPUT if direction == "output" else MONITOR if monitor else MICROPHONE,
        default=entry["name"] == default,
        target=entry["name"],
    )


def _pactl(*words: str) -> Any:
    """What pactl answers, parsed; None when it cannot."""
    program = shutil.which("pactl") if sys.platform.startswith("linux") else None
    if program is None:
        return None
    try:
        answer = subprocess.run(
            [program, "-f", "json", *words], capture_output=True, timeout=_PULSE_TIMEOUT_S, check=True
        )
        return json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
