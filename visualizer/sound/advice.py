"""How to let this app hear what other programs play, where the system does not let it by itself. Any thread."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Protocol

from visualizer.words import later, tr

MONITOR = "monitor"  # kind of an input that hears what the computer plays
ADVICE = {
    "darwin": later(
        "macOS lets no program hear what others play: install a virtual sound device, such as BlackHole, "
        "play into it, and choose it here."
    ),
    "win32": later("To hear what other programs play, install the package PyAudioWPatch and connect loudspeakers."),
}
ELSEWHERE = later(
    "To hear what other programs play, run PulseAudio or PipeWire, and install pactl (package pulseaudio-utils)."
)


class Kind(Protocol):
    """What is asked of an input; visualizer.sound.devices.Device is one."""

    @property
    def kind(self) -> str:
        """ "microphone", "line" or "monitor"."""


def system_sound_advice(inputs: Iterable[Kind]) -> str:
    """How to hear what other programs play, in one sentence, where none of the inputs can; else empty."""
    if any(one.kind == MONITOR for one in inputs):
        return ""
    return tr(ADVICE.get(sys.platform, ELSEWHERE))
