"""The sound devices of this machine, and the only door to PortAudio; runs on any thread but the callback's.

PortAudio is imported when first needed: without the library the app goes on, silently. On Linux the sound
server's own sources, monitors and sinks (`pulse`) take the place of PortAudio's one device for it; on Windows
the loopbacks of its outputs (`loopback`) join PortAudio's inputs, of which each is listed once.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from visualizer.errors import VisualizerError
from visualizer.sound.loopback import LoopbackStream, loopbacks
from visualizer.sound.pulse import ServedDevice, served_devices
from visualizer.words import later, tr

MICROPHONE, LINE, MONITOR, OUTPUT = "microphone", "line", "monitor", "output"
PULSE, WASAPI = "PulseAudio", "Windows WASAPI"
NONE = {
    "input": later("No sound input was found: connect one, or start the sound server."),
    "output": later("No sound output was found: connect one, or start the sound server."),
}
REFUSED = {
    "input": later(
        "The sound input “{name}” cannot be opened ({cause}): choose another, or check that no other program holds it."
    ),
    "output": later(
        "The sound output “{name}” cannot be opened ({cause}): choose another, or check that no other program holds it."
    ),
}
UNKNOWN = {
    "input": later("The sound input “{name}” was not found: use one of {names}."),
    "output": later("The sound output “{name}” was not found: use one of {names}."),
}
AMBIGUOUS = {
    "input": later("The sound input “{name}” fits more than one: use one of {names}."),
    "output": later("The sound output “{name}” fits more than one: use one of {names}."),
}
_PULSE_VARIABLE = {"input": "PULSE_SOURCE", "output": "PULSE_SINK"}

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
        kind: "microphone", "line", "monitor" (what an output plays) or "output".
        default: what is used when none is named: of the inputs the one that hears what the user hears, where
            the system offers it.
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

    @property
    def key(self) -> str:
        """What to remember it by: name and host API; the number changes when devices come and go."""
        return f"{self.name} [{self.host_api}]"

    def called(self, words: str) -> bool:
        """Whether words are its name, its key or PulseAudio's name for it."""
        return words.casefold() in (self.name.casefold(), self.key.casefold(), self.target.casefold())


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


def input_devices(backend: Backend | None = None) -> list[Device]:
    """Microphones, lines and monitors, the default first; empty without PortAudio."""
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
        raise VisualizerError(tr(NONE[direction]))
    if wanted is None or wanted == "default":
        return found[0]
    if isinstance(wanted, int):
        fits = [device for device in found if device.index == wanted][:1]
    else:
        fits = [device for device in found if device.called(wanted)]
        fits = fits or [device for device in found if wanted.casefold() in device.name.casefold()]
    if len(fits) == 1:
        return fits[0]
    names = ", ".join(device.name for device in fits or found)
    sentence = AMBIGUOUS[direction] if fits else UNKNOWN[direction]
    raise VisualizerError(tr(sentence, name=wanted, names=names))


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
    if direction == "input" and (device.host_api, device.kind) == (WASAPI, MONITOR):
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


def present_device(device: Device, backend: Backend) -> Device:
    """The same device in this process's list of now: a number is good for one list only.

    Raises:
        VisualizerError: it is not there.
    """
    listed = _portaudio_devices("input", backend)
    if device.target:
        found = next((one for one in listed if _is_server(one)), None)
    else:
        listed += _loopback_devices()
        found = next((one for one in listed if (one.key, one.kind) == (device.key, device.kind)), None)
    if found is None:
        raise VisualizerError(
            tr("The sound input “{name}” is not there: connect it again, or choose another.", name=device.name)
        )
    return replace(device, index=found.index)


def _devices(direction: str, backend: Backend | None) -> list[Device]:
    try:
        backend = backend or portaudio()
    except VisualizerError:
        return []
    listed = _portaudio_devices(direction, backend)
    pulse = next((device for device in listed if _is_server(device)), None)
    served = [_pulse_device(one, pulse.index, direction) for one in served_devices(direction)] if pulse else []
    if served:  # the server holds the cards: ALSA's own names for them would only fail or say the same twice
        listed = [device for device in listed if device.host_api != "ALSA"] + served
    heard = _loopback_devices() if direction == "input" else []
    if any(device.default for device in heard):
        listed = [replace(device, default=False) for device in listed]
    return _told_apart(sorted(heard + listed, key=lambda device: not device.default))


def _is_server(device: Device) -> bool:
    return (device.host_api, device.name) == ("ALSA", "pulse")


def _portaudio_devices(direction: str, backend: Backend) -> list[Device]:
    """PortAudio's own list. Windows has each device four times; WASAPI's has the whole name and the best timing."""
    try:
        default = backend.query_devices(kind=direction)["index"]
    except (backend.PortAudioError, ValueError):
        default = -1
    listed = []
    for entry in backend.query_devices():
        if channels := entry[f"max_{direction}_channels"]:
            system = backend.query_hostapis(entry["hostapi"])
            own = system.get(f"default_{direction}_device", -1) if system["name"] == WASAPI else default
            listed.append(
                Device(
                    name=entry["name"],
                    index=entry["index"],
                    host_api=system["name"],
                    channels=channels,
                    rate=entry["default_samplerate"],
                    kind=OUTPUT if direction == "output" else LINE if _is_line(entry["name"]) else MICROPHONE,
                    default=entry["index"] == own,
                )
            )
    return [device for device in listed if device.host_api == WASAPI] or listed


def _is_line(name: str) -> bool:
    return "line" in name.casefold().replace("-", " ").split()


def _pulse_device(served: ServedDevice, index: int, direction: str) -> Device:
    return Device(
        name=served.name,
        index=index,
        host_api=PULSE,
        channels=served.channels,
        rate=served.rate,
        kind=OUTPUT if direction == "output" else MONITOR if served.monitor else LINE if served.line else MICROPHONE,
        default=served.default,
        target=served.target,
    )


def _loopback_devices() -> list[Device]:
    return [Device(one.name, one.index, WASAPI, one.channels, one.rate, MONITOR, one.default) for one in loopbacks()]


def _told_apart(listed: list[Device]) -> list[Device]:
    """Number the devices of one name and host API, so that a name means one of them."""
    seen: dict[str, int] = {}
    result = []
    for device in listed:
        seen[device.key] = number = seen.get(device.key, 0) + 1
        result.append(device if number == 1 else replace(device, name=f"{device.name} ({number})"))
    return result
