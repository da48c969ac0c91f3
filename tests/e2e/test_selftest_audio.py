"""Capture for real: a tone in a private sound server, the capture process, and what the commands say of them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests import pulse
from tests.fakes import tiny_model_folder
from visualizer.checks.private_sound import TONE_HZ

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(not pulse.available(), reason="PulseAudio and pactl are not installed"),
]

METERS = """
import json, time
from visualizer.sound.audio import InputMeters, input_devices
from visualizer.checks.private_sound import private_tone
with private_tone():
    inputs = input_devices()
    meters = InputMeters(inputs)
    deadline = time.monotonic() + 30
    while not any(level > -20 for level in meters.levels().values()) and time.monotonic() < deadline:
        time.sleep(0.05)
    levels = meters.levels()
    meters.close()
    print(json.dumps({"levels": levels, "keys": [device.key for device in inputs]}))
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model_folder(tmp_path_factory.mktemp("models") / "tiny")


def answer(*words: str) -> Any:
    """What a Python says as JSON; it must say nothing else."""
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_nothing_is_lost_while_the_model_paints(model: Path) -> None:
    report = answer("-m", "visualizer", "selftest", "audio", "--minutes", "0.03", "--json", "--model", str(model))
    assert report["whole"]
    assert (report["tone"], report["breaks"], report["missing"], report["overflows"]) == (TONE_HZ, 0, 0, 0)
    assert report["paintings_per_s"] > 0
    assert report["seconds"] == pytest.approx(1.8, abs=0.5)


def test_meters_show_a_tone() -> None:
    figures = answer("-c", METERS)
    assert list(figures["levels"]) == figures["keys"]
    assert max(figures["levels"].values()) == pytest.approx(-9.03, abs=0.1)  # a sine of half the full scale


def test_devices_say_what_they_are() -> None:
    with pulse.null_sink():
        found = answer("-m", "visualizer", "devices", "--json")
    assert [(device["kind"], device["default"], device["host_api"]) for device in found] == [
        ("monitor", True, "PulseAudio"),
        ("output", True, "PulseAudio"),
    ]
    assert {"name", "kind", "channels", "rate", "default", "host_api"} <= set(found[0])


SUSPENDED = """
import json, subprocess, time
from visualizer.sound.audio import Microphone
from visualizer.checks.private_sound import SINK, private_tone
with private_tone():
    microphone = Microphone()
    deadline = time.monotonic() + 30
    while microphone.level < -20 and time.monotonic() < deadline:
        time.sleep(0.05)
    subprocess.run(["pactl", "suspend-sink", SINK, "1"], check=True)
    while microphone.level > -80 and time.monotonic() < deadline:
        time.sleep(0.05)
    heard, lost = microphone.heard, microphone.lost()
    while microphone.heard == heard and time.monotonic() < deadline:
        time.sleep(0.05)
    goes_on = microphone.heard > heard
    subprocess.run(["pactl", "suspend-sink", SINK, "0"], check=True)
    while microphone.level < -20 and time.monotonic() < deadline:
        time.sleep(0.05)
    print(json.dumps({"lost": lost, "goes_on": goes_on, "level": microphone.level}))
    microphone.close()
"""

KILLED = """
import os, signal
from visualizer.sound.audio import Microphone
microphone = Microphone()
print(microphone._recorder.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_output_that_sleeps_sounds_like_silence() -> None:
    figures = answer("-c", SUSPENDED)
    assert figures["goes_on"]
    assert not figures["lost"]
    assert figures["level"] > -20


def test_the_capture_process_ends_with_the_app() -> None:
    with pulse.null_sink():
        app = subprocess.run([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, timeout=60, check=False)
        capture = Path(f"/proc/{int(app.stdout)}/cmdline")
        deadline = time.monotonic() + 10
        while _runs(capture) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _runs(capture)


def _runs(command_line: Path) -> bool:
    try:
        return bool(command_line.read_bytes())  # a process that has ended and waits to be reaped has none
    except OSError:
        return False
