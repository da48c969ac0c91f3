"""Devices: lists and choices, PulseAudio's own names, and a machine without PortAudio."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes_audio import FakeSound
from visualizer.errors import VisualizerError
from visualizer.sound import devices
from visualizer.sound.advice import system_sound_advice
from visualizer.sound.devices import Device, find_device, present_device
from visualizer.sound.loopback import Loopback
from visualizer.sound.streams import close_stream, open_input, portaudio_problem, refresh_devices

PACTL = """#!/bin/sh
case "$3 $4" in
"info ") echo '{"default_source_name": "mic", "default_sink_name": "card"}' ;;
"list sources") echo '[
 {"name": "card.monitor", "description": "Monitor of Card", "sample_specification": "s16le 2ch 44100Hz"},
 {"name": "mic", "description": "Desk microphone", "sample_specification": "s16le 1ch 16000Hz"},
 {"name": "line", "description": "Desk microphone", "sample_specification": "s16le 2ch 48000Hz",
  "active_port": "analog-input-linein"}]' ;;
"list sinks") echo '[{"name": "card", "description": "Card", "sample_specification": "s24le 6ch 96000Hz"}]' ;;
esac
"""


class PulseSound(FakeSound):
    """As PortAudio sees PulseAudio: one ALSA device called "pulse" beside the bare cards."""

    def query_devices(self, device: Any = None, kind: str | None = None) -> Any:
        entries = [self._entry(name, index, 32, 32) for index, name in enumerate(("hw:0,0", "pulse", "default"))]
        return entries if kind is None else entries[2]

    def query_hostapis(self, index: int | None = None) -> Any:
        return {"name": "ALSA"}


@pytest.fixture
def pactl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if not sys.platform.startswith("linux"):
        pytest.skip("PulseAudio is asked on Linux only")
    program = tmp_path / "pactl"
    program.write_text(PACTL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return program


def test_plain_devices() -> None:
    assert devices.input_devices(FakeSound()) == [Device("Fake microphone", 0, "Fake", 2, 48_000.0, "microphone", True)]
    assert devices.output_devices(FakeSound()) == [Device("Fake loudspeaker", 1, "Fake", 2, 48_000.0, "output", True)]
    assert devices.input_devices(FakeSound(input_channels=0)) == []


def test_pulse_sources_and_sinks_take_the_place_of_alsa(pactl: Path) -> None:
    sound = PulseSound()
    assert devices.input_devices(sound) == [
        Device("Monitor of Card", 1, "PulseAudio", 2, 44_100.0, "monitor", True, "card.monitor"),
        Device("Desk microphone", 1, "PulseAudio", 1, 16_000.0, "microphone", False, "mic"),
        Device("Desk microphone (2)", 1, "PulseAudio", 2, 48_000.0, "line", False, "line"),
    ]
    assert devices.output_devices(sound) == [Device("Card", 1, "PulseAudio", 6, 96_000.0, "output", True, "card")]


@pytest.mark.parametrize("answer", ["exit 1", "echo no json", "echo {}"])
def test_a_pactl_that_fails_leaves_alsa(pactl: Path, answer: str) -> None:
    pactl.write_text(f"#!/bin/sh\n{answer}\n")
    assert [device.name for device in devices.input_devices(PulseSound())] == ["default", "hw:0,0", "pulse"]


def test_a_pulse_source_is_chosen_by_the_environment_while_opening_only(
    pactl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SOURCE", "before")
    seen: list[str | None] = []
    sound = PulseSound(on_open=lambda: seen.append(os.environ.get("PULSE_SOURCE")))
    device = find_device("monitor of card", "input", sound)
    stream = open_input(device, sound, channels=2)
    close_stream(stream, sound)
    assert seen == ["card.monitor"]
    assert os.environ["PULSE_SOURCE"] == "before"
    assert sound.streams[0].settings["device"] == 1


def test_without_a_sound_card_the_default_is_the_microphone(pactl: Path) -> None:
    pactl.write_text(PACTL.replace('"default_sink_name": "card"', '"default_sink_name": "auto_null"'))
    assert devices.input_devices(PulseSound())[0].target == "mic"


@pytest.mark.parametrize("wanted", ["mic", "desk microphone", "Desk microphone [PulseAudio]", "DESK MIC"])
def test_find_by_any_name(pactl: Path, wanted: str) -> None:
    if wanted == "DESK MIC":
        pactl.write_text(PACTL.replace('"line", "description": "Desk microphone"', '"line", "description": "Back"'))
    assert find_device(wanted, "input", PulseSound()).target == "mic"


@pytest.mark.parametrize("wanted", [None, "default", 1])
def test_the_default_is_what_the_user_hears(pactl: Path, wanted: str | int | None) -> None:
    assert find_device(wanted, "input", PulseSound()).target == "card.monitor"


def test_find_refuses_what_fits_twice(pactl: Path) -> None:
    with pytest.raises(VisualizerError, match="“m” fits more than one: use one of Monitor of Card, Desk"):
        find_device("m", "input", PulseSound())


class WindowsSound(FakeSound):
    """As PortAudio lists Windows: each device under several names."""

    def query_devices(self, device: Any = None, kind: str | None = None) -> Any:
        entries = [
            self._entry("Microphone (USB Audio D", 0, 2, 0) | {"hostapi": 0},
            self._entry("Speakers (USB Audio D", 1, 0, 2) | {"hostapi": 0},
            self._entry("Line In (Realtek)", 2, 2, 0) | {"hostapi": 1},
            self._entry("Microphone (USB Audio Device)", 3, 2, 0) | {"hostapi": 1},
            self._entry("Speakers (USB Audio Device)", 4, 0, 2) | {"hostapi": 1},
        ]
        return entries if kind is None else next(one for one in entries if one[f"max_{kind}_channels"])

    def query_hostapis(self, index: int | None = None) -> Any:
        wasapi = {"name": "Windows WASAPI", "default_input_device": 3, "default_output_device": 4}
        return wasapi if index else {"name": "MME"}


def test_windows_lists_each_device_once_by_its_whole_name() -> None:
    found = devices.input_devices(WindowsSound())
    assert [(device.name, device.kind, device.default) for device in found] == [
        ("Microphone (USB Audio Device)", "microphone", True),
        ("Line In (Realtek)", "line", False),
    ]
    assert [(device.index, device.default) for device in devices.output_devices(WindowsSound())] == [(4, True)]


def test_windows_hears_what_the_user_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = [Loopback("Speakers (USB Audio Device)", 9, 2, 48_000.0, True)]
    monkeypatch.setattr(devices, "loopbacks", lambda: heard)
    found = devices.input_devices(WindowsSound())
    assert [(device.name, device.kind) for device in found if device.default] == [
        ("Speakers (USB Audio Device)", "monitor")
    ]
    assert found[0].default
    assert len(found) == 3


@pytest.mark.parametrize(
    ("platform", "words"), [("darwin", "BlackHole"), ("win32", "PyAudioWPatch"), ("linux", "PulseAudio or PipeWire")]
)
def test_what_to_do_where_other_programs_cannot_be_heard(
    platform: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    microphone = Device("Desk", 0, "Any", 1, 48_000.0, "microphone", True)
    assert words in system_sound_advice([microphone])
    assert system_sound_advice([microphone, replace(microphone, kind="monitor")]) == ""


def test_a_device_is_found_again_by_name_when_numbers_have_changed() -> None:
    wanted = Device("Fake microphone", 7, "Fake", 2, 44_100.0, "microphone", False)
    again = present_device(wanted, FakeSound())
    assert (again.index, again.rate) == (0, 44_100.0)
    with pytest.raises(VisualizerError, match="“Gone” is not there: connect it again"):
        present_device(replace(wanted, name="Gone"), FakeSound())


def test_a_pulse_source_goes_through_the_server(pactl: Path) -> None:
    source = Device("Desk microphone", 5, "PulseAudio", 1, 16_000.0, "microphone", False, "mic")
    assert present_device(source, PulseSound()).index == 1


def test_opening_is_quiet_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    def chatter() -> None:
        os.write(2, b"ALSA lib chatter\n")

    sound = FakeSound(on_open=chatter)
    close_stream(open_input(devices.input_devices(sound)[0], sound), sound)
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ALSA is Linux's")
def test_alsa_says_nothing_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    if portaudio_problem():
        pytest.skip("PortAudio is not installed")
    alsa = ctypes.CDLL("libasound.so.2")
    assert alsa.snd_pcm_open(ctypes.byref(ctypes.c_void_p()), b"no-such-card", 0, 0) < 0
    assert capfd.readouterr().err == ""


def test_refresh_waits_for_open_streams() -> None:
    calls: list[str] = []

    class Restartable(FakeSound):
        def _terminate(self) -> None:
            calls.append("terminate")

        def _initialize(self) -> None:
            calls.append("initialize")

    sound = Restartable()
    stream = open_input(devices.input_devices(sound)[0], sound)
    assert not refresh_devices(sound)
    assert calls == []
    close_stream(stream, sound)
    assert refresh_devices(sound)
    assert calls == ["terminate", "initialize"]


def test_without_portaudio_the_app_goes_on(tmp_path: Path) -> None:
    """A sounddevice that fails as the real one does without its library, in a process of its own."""
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    script = """
import json
from visualizer.sound.audio import Player, input_devices, output_devices, portaudio_problem, refresh_devices
player = Player()
print(json.dumps([portaudio_problem(), input_devices(), output_devices(), refresh_devices(), player.notice,
                  player.sounding]))
player.close()
"""
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True, text=True)
    problem, inputs, outputs, refreshed, notice, sounding = json.loads(done.stdout)
    assert "needs the PortAudio library (PortAudio library not found): install it" in problem
    assert (inputs, outputs, refreshed, sounding) == ([], [], False, False)
    assert notice == f"{problem} Playing silently."
    assert done.stderr == ""
