"""The sound devices of this machine, by name and kind; runs on any thread but the callback's.

On Linux the sound server's own sources, monitors and sinks (`pulse`) take the place of PortAudio's one device for it;
on Windows the loopbacks of its outputs (`loopback`) join PortAudio's inputs, of which each is listed once. `streams`
opens them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from visualizer.errors import VisualizerError
from visualizer.sound.loopback import loopbacks
from visualizer.sound.pulse import ServedDevice, served_devices
from visualizer.sound.streams import Backend, portaudio
from visualizer.words import later, tr

MICROPHONE, LINE, MONITOR, OUTPUT = "microphone", "line", "monitor", "output"
PULSE, WASAPI = "PulseAudio", "Windows WASAPI"
NONE = {
    "input": later("No sound input was found: connect one, or start the sound server."),
    "output": later("No sound output was found: connect one, or start the sound server."),
}
UNKNOWN = {
    "input": later("The sound input “{name}” was not found: use one of {names}."),
    "output": later("The sound output “{name}” was not found: use one of {names}."),
}
AMBIGUOUS = {
    "input": later("The sound input “{name}” fits more than one: use one of {names}."),
    "output": later("The sound output “{name}” fits more than one: use one of {names}."),
}


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
    def is_loopback(self) -> bool:
        """What an output plays, as Windows gives it: not through PortAudio."""
        return (self.host_api, self.kind) == (WASAPI, MONITOR)

    @property
    def key(self) -> str:
        """What to remember it by: name and host API; the number changes when devices come and go."""
        return f"{self.name} [{self.host_api}]"

    def called(self, words: str) -> bool:
        """Whether words are its name, its key or PulseAudio's name for it."""
        return words.casefold() in (self.name.casefold(), self.key.casefold(), self.target.casefold())


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
