"""A sound system without hardware: streams whose callbacks a test calls by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


class FakePortAudioError(Exception):
    """What the stand-in raises where sounddevice raises PortAudioError."""


@dataclass
class FakeStatus:
    """Flags of one callback; true when any is set, as sounddevice's CallbackFlags."""

    output_underflow: bool = False
    input_overflow: bool = False

    def __bool__(self) -> bool:
        return self.output_underflow or self.input_overflow


@dataclass
class FakeTimes:
    """When a block's first sample was in the air, and now, on the card's clock."""

    inputBufferAdcTime: float
    currentTime: float


@dataclass
class FakeStream:
    """A stream that calls back when the test says so."""

    settings: dict[str, Any]
    latency: float = 0.1
    active: bool = False
    closed: bool = False

    def start(self) -> None:
        self.active = True

    def close(self) -> None:
        self.active = False
        self.closed = True

    def pull(self, n: int, status: FakeStatus | None = None) -> np.ndarray:
        """What the loudspeaker gets next, float32 [n, channels]; starts as noise to prove that it is overwritten."""
        out = np.full((n, self.settings["channels"]), 9.0, np.float32)
        self.settings["callback"](out, n, None, status or FakeStatus())
        return out

    def push(self, block: np.ndarray, status: FakeStatus | None = None, times: FakeTimes | None = None) -> None:
        """Deliver what a microphone hears, float32 [n, channels]; the buffer is then reused, as PortAudio does."""
        buffer = block.astype(np.float32)
        self.settings["callback"](buffer, len(buffer), times, status or FakeStatus())
        buffer.fill(9.0)

    def die(self) -> None:
        """The device is pulled out."""
        self.active = False
        self.settings["finished_callback"]()


@dataclass
class FakeSound:
    """Stands in for the sounddevice module: one microphone, one loudspeaker, unless told otherwise."""

    rate: float = 48_000.0
    output_channels: int = 2
    input_channels: int = 2
    fails: str = ""  # what opening a stream is refused with
    on_open: Callable[[], None] = lambda: None
    streams: list[FakeStream] = field(default_factory=list)
    PortAudioError: type[Exception] = FakePortAudioError

    def query_devices(self, device: Any = None, kind: str | None = None) -> Any:
        devices = [
            self._entry("Fake microphone", 0, self.input_channels, 0),
            self._entry("Fake loudspeaker", 1, 0, self.output_channels),
        ]
        if kind is None:
            return devices
        found = [entry for entry in devices if entry[f"max_{kind}_channels"]]
        if not found:
            raise FakePortAudioError("Error querying device -1")
        return found[0]

    def _entry(self, name: str, index: int, inputs: int, outputs: int) -> dict[str, Any]:
        return {
            "name": name,
            "index": index,
            "hostapi": 0,
            "max_input_channels": inputs,
            "max_output_channels": outputs,
            "default_samplerate": self.rate,
        }

    def query_hostapis(self, index: int | None = None) -> Any:
        return {"name": "Fake"}

    def _open(self, **settings: Any) -> FakeStream:
        self.on_open()
        if self.fails:
            raise FakePortAudioError(self.fails)
        stream = FakeStream(settings)
        self.streams.append(stream)
        return stream

    def OutputStream(self, **settings: Any) -> FakeStream:
        return self._open(**settings)

    def InputStream(self, **settings: Any) -> FakeStream:
        return self._open(**settings)
