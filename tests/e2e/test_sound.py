"""A real round trip: the player's sound through a sound server and back by its monitor, in real time.

One private PulseAudio with a null sink serves the whole file; PortAudio lists devices when it starts, so
each step runs in a process of its own, as the app does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import pulse
from tests.sound_files import tone, write_sound

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(not pulse.available(), reason="PulseAudio and pactl are not installed"),
]

ROUND_TRIP = """
import json, sys, time
import numpy as np
from tests.sound_files import pitch
from visualizer.sound.audio import Microphone, Player, input_devices, output_devices
inputs, outputs = input_devices(), output_devices()
player = Player()
microphone = Microphone(next(device for device in inputs if device.kind == "monitor"))
player.open(sys.argv[1])
player.play()
parts, cursor, gaps = [], microphone.heard, 0
deadline = time.monotonic() + 30
while player.state != "ended" and time.monotonic() < deadline:
    samples, cursor, gap = microphone.read(cursor)
    parts.append(samples)
    gaps += gap
    time.sleep(0.02)
time.sleep(0.5)
samples, cursor, gap = microphone.read(cursor)
wave = np.concatenate([*parts, samples])
loud = np.flatnonzero(np.abs(wave) > 0.01)
tone = wave[loud[0] : loud[-1] + 1]
middle = tone[len(tone) // 4 : -len(tone) // 4]
times = np.arange(len(middle)) / microphone.rate
turned = middle * np.exp(-2j * np.pi * 440 * times)
window = round(microphone.rate / 44)
phase = np.unwrap(np.angle(np.convolve(turned, np.ones(window) / window, "valid")))
print(json.dumps({
    "kinds": [[device.kind for device in devices] for devices in (inputs, outputs)],
    "sounding": player.sounding, "notice": player.notice, "state": player.state,
    "played_s": player.heard / player.rate, "came_back_s": len(tone) / microphone.rate,
    "pitch": pitch(middle, microphone.rate), "phase_range": float(np.ptp(phase)),
    "level": float(np.sqrt(2 * np.mean(middle**2))),
    "gaps": gaps + gap, "underruns": player.underruns, "overflows": microphone.overflows,
}))
microphone.close()
player.close()
"""

PULLED_OUT = """
import json, os, signal, sys, time
from visualizer.sound.audio import Microphone, Player
player, microphone = Player(), Microphone()
player.open(sys.argv[1])
player.play()

def until(true):
    deadline = time.monotonic() + 15
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)

until(lambda: player.heard > 0 and microphone.heard > 0)
os.kill(int(sys.argv[2]), signal.SIGKILL)
until(lambda: not player.sounding and microphone.lost())
heard = player.heard
until(lambda: player.heard > heard)
print(json.dumps({"sounding": player.sounding, "lost": microphone.lost(), "notice": player.notice,
                  "goes_on": player.heard > heard, "state": player.state}))
microphone.close()
player.close()
"""

REPLUGGED = """
import json, os, sys, threading, time
from pathlib import Path
from visualizer.show.events import Failed, Said
from visualizer.painting.models import load_model
from visualizer.show.parts import Parts, real_parts
from visualizer.show.session import Session

real, players = real_parts(), []
def player():
    players.append(real.player())
    return players[-1]
session = Session(Parts(player=player, listen=real.listen, inputs=real.inputs, model=real.model, paint=real.paint))
said = []

def until(true):
    began = time.monotonic()
    while not true() and time.monotonic() - began < 30:
        said.extend(event.text for event in session.events() if isinstance(event, Failed | Said))
        time.sleep(0.02)

def title():
    return session.status().title

def children():
    with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children") as listed:
        return len(listed.read().split())

session.open([Path(sys.argv[1])])
until(lambda: session.status().state.value == "playing" and players[0].heard > 0)
session.listen("Stage")
until(lambda: title() == "Monitor of Stage")
processes, threads = children(), threading.active_count()
for cycle in range(int(sys.argv[2])):
    print("pull", flush=True)
    sys.stdin.readline()
    until(lambda: title().endswith("(waiting for Monitor of Stage)"))
    print("push", flush=True)
    sys.stdin.readline()
    until(lambda: title() == "Monitor of Stage")
    until(lambda: len(said) == 2 * cycle + 2)
print(json.dumps({"playing": players[0].heard > 0, "said": said, "title": title(), "sounding": players[0].sounding,
                  "notice": players[0].notice, "more_processes": children() - processes,
                  "more_threads": threading.active_count() - threads}), flush=True)
session.close()
"""

NO_CARD = """
import json, sys
from visualizer.sound.audio import Microphone, Player, input_devices
from visualizer.errors import VisualizerError
player = Player()
try:
    Microphone()
except VisualizerError as error:
    said = str(error)
print(json.dumps({"sounding": player.sounding, "notice": player.notice, "inputs": input_devices(), "said": said}))
player.close()
"""


@pytest.fixture
def server() -> Iterator[pulse.SoundServer]:
    with pulse.null_sink() as running:
        yield running


def run(script: str, *words: str, **environment: str) -> tuple[dict[str, Any], str]:
    """What a script prints as JSON, and what reached the terminal beside it."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_what_is_played_comes_back(server: pulse.SoundServer, tmp_path: Path) -> None:
    path = write_sound(tmp_path / "tone.flac", tone(2.0, 48_000, 440.0), 48_000)
    figures, said = run(ROUND_TRIP, str(path))
    assert figures["kinds"] == [["monitor"], ["output"]]
    assert (figures["sounding"], figures["notice"], figures["state"]) == (True, "", "ended")
    assert figures["played_s"] == pytest.approx(2.0, abs=0.001)
    assert figures["came_back_s"] == pytest.approx(2.0, abs=0.01)
    assert figures["pitch"] == pytest.approx(440, abs=0.1)
    assert figures["phase_range"] < 0.05  # one lost sample would turn the phase by 0.063
    assert figures["level"] == pytest.approx(0.5, abs=0.01)
    assert (figures["gaps"], figures["underruns"], figures["overflows"]) == (0, 0, 0)
    assert said == ""


def test_a_card_that_is_pulled_out(server: pulse.SoundServer, tmp_path: Path) -> None:
    path = write_sound(tmp_path / "tone.wav", tone(60.0, 8000), 8000)
    figures, _ = run(PULLED_OUT, str(path), str(server.process.pid))
    assert figures["lost"]
    assert figures["goes_on"]
    assert (figures["sounding"], figures["state"]) == (False, "playing")
    assert "stopped: connect it again. Playing silently." in figures["notice"]


def test_no_card_at_all_is_two_sentences_and_no_chatter(tmp_path: Path) -> None:
    nowhere = {"PULSE_SERVER": f"unix:{tmp_path}/none", "XDG_RUNTIME_DIR": str(tmp_path)}
    figures, said = run(NO_CARD, **nowhere)
    if figures["sounding"]:
        pytest.skip("this machine has a sound card of its own")
    assert figures["notice"].startswith("No sound output was found")
    assert figures["said"].startswith("No sound input was found")
    assert figures["inputs"] == []
    assert said == ""


def test_an_input_is_unplugged_and_plugged_in_again(server: pulse.SoundServer, tmp_path: Path) -> None:
    """For real: a module of the sound server is unloaded and loaded again, while the player's stream stays open."""
    stage = ("load-module", "module-null-sink", "sink_name=stage", "sink_properties=device.description=Stage")
    module = server.pactl(*stage).strip()
    path = write_sound(tmp_path / "tone.wav", tone(60.0, 8000), 8000)
    with subprocess.Popen(
        [sys.executable, "-c", REPLUGGED, str(path), "2"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as app:
        assert app.stdin is not None
        assert app.stdout is not None
        for line in app.stdout:
            if line.startswith("{"):
                figures = json.loads(line)
                break
            if line == "pull\n":
                server.pactl("unload-module", module)
            else:
                module = server.pactl(*stage).strip()
            print("done", file=app.stdin, flush=True)
        app.communicate(timeout=30)
    assert app.returncode == 0
    stopped = "The input “Monitor of Stage” stopped: connect it again, or choose another; listening to"
    assert [text.startswith(stopped) for text in figures["said"]] == [True, False] * 2
    assert figures["said"][1] == "The input “Monitor of Stage” is back."
    assert (figures["title"], figures["sounding"], figures["notice"]) == ("Monitor of Stage", True, "")
    assert (figures["more_processes"], figures["more_threads"]) == (0, 0)
    assert figures["playing"]
