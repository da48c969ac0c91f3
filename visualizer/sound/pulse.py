"""What the sound server (PulseAudio, or PipeWire in its place) says of its sources and sinks; any thread.

PortAudio knows the server as one ALSA device, "pulse". The server's own list comes from pactl, and the
stream is led to one of them by a variable that libpulse reads when the stream is opened.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

NOTHING_TO_HEAR = "auto_null"  # the sink that the server makes up when there is no sound card
_TIMEOUT_S = 3.0
_NOUNS = {"input": ("sources", "default_source_name"), "output": ("sinks", "default_sink_name")}


@dataclass(frozen=True)
class ServedDevice:
    """A source or sink of the server.

    Attributes:
        target: the server's name for it.
        name: for people.
        channels, rate: as it runs, rate in Hz.
        monitor: it hears what a sink plays.
        line: its plug is a line input.
        default: what is used when none is named: of the sources the monitor of the default sink, which hears
            what the user hears; the server's own default source when there is no sink to hear.
    """

    target: str
    name: str
    channels: int
    rate: float
    monitor: bool
    line: bool
    default: bool


def served_devices(direction: str) -> list[ServedDevice]:
    """Sources for "input" or sinks for "output"; empty without a server or pactl."""
    noun, own_default = _NOUNS[direction]
    listed, info = _pactl("list", noun), _pactl("info")
    if not isinstance(listed, list) or not isinstance(info, dict):
        return []
    default = info.get(own_default, "")
    sink = info.get("default_sink_name", "")
    if direction == "input" and sink not in ("", NOTHING_TO_HEAR):
        heard = f"{sink}.monitor"  # the server forms the name so
        default = heard if any(entry["name"] == heard for entry in listed) else default
    return [_served(entry, default) for entry in listed]


def _served(entry: dict[str, Any], default: str) -> ServedDevice:
    name = entry["name"]
    spec = re.search(r"(\d+)ch (\d+)Hz", entry.get("sample_specification", ""))
    channels, rate = (int(spec[1]), float(spec[2])) if spec else (2, 44_100.0)
    kind = (entry.get("properties") or {}).get("device.class", "")
    return ServedDevice(
        target=name,
        name=entry.get("description") or name,
        channels=channels,
        rate=rate,
        monitor=name.endswith(".monitor") or kind == "monitor",
        line="line" in (entry.get("active_port") or "").casefold(),
        default=name == default,
    )


def _pactl(*words: str) -> Any:
    """What pactl answers, parsed; None when it cannot."""
    program = shutil.which("pactl") if sys.platform.startswith("linux") else None
    if program is None:
        return None
    try:
        answer = subprocess.run([program, "-f", "json", *words], capture_output=True, timeout=_TIMEOUT_S, check=True)
        return json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
