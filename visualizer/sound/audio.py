"""Sound in and out of the app: what the rest of the app imports.

The parts: `devices` (PortAudio and the list of devices; the only importer of sounddevice; with `pulse`, `loopback`
and `device_scan`), `playback` (files with sound: `reel` splices them, `speaker` is the card, `feed` what its callback
does, `silent` no card), `capture` (live input, in a `capture_process`), `meters` (levels of all inputs), `decode`
(files). Everything downstream sees a Source and cannot tell a file from a microphone.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from visualizer.sound.advice import system_sound_advice
from visualizer.sound.capture import Microphone
from visualizer.sound.device_scan import present_inputs
from visualizer.sound.devices import Device, input_devices, output_devices
from visualizer.sound.meters import InputMeters
from visualizer.sound.playback import Player
from visualizer.sound.streams import portaudio_problem, refresh_devices

__all__ = [
    "Device",
    "InputMeters",
    "Microphone",
    "Player",
    "Source",
    "input_devices",
    "output_devices",
    "portaudio_problem",
    "present_inputs",
    "refresh_devices",
    "system_sound_advice",
]


class Source(Protocol):
    """Sound as it is heard, numbered from the start of the stream.

    Attributes:
        name: for people.
        rate: Hz of what read returns.
    """

    name: str
    rate: float

    @property
    def heard(self) -> int:
        """Samples heard so far."""

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        """Mono float32 [n] heard since cursor, the new cursor, and the samples lost between."""

    def close(self) -> None:
        """Let go of the device."""
