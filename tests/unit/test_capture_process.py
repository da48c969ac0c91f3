"""The capture process: what it does, in this process on a stand-in; and a real one that has nothing to hear."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

import numpy as np
import pytest

from tests.fakes_audio import FakeSound, FakeStatus
from visualizer.errors import VisualizerError
from visualizer.sound import capture, capture_process
from visualizer.sound.capture import REVIVALS, REVIVALS_S, STALL_S, Microphone
from visualizer.sound.capture_process import (
    LOOK_S,
    OPENED,
    OVER,
    QUIET_S,
    REFUSED,
    CaptureProcess,
    Silence,
    spawn_context,
)
from visualizer.sound.devices import Device
from visualizer.sound.ring import SampleRing
from visualizer.sound.shared_ring import RingMemory, SharedRing, ring_memory

RATE = 1000
FAKE = Device("Fake microphone", 5, "Fake", 2, 48_000.0, "microphone", True)
NOWHERE = Device("No such device", 99, "Nobody", 2, 48_000.0, "microphone", True)


@dataclass
class Inside:
    """capture(), running on a thread as it does in the process."""

    sound: FakeSound
    ring: SharedRing
    app: Connection
    thread: threading.Thread


Start = Callable[[FakeSound], Inside]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    running: list[Inside] = []

    def starting(sound: FakeSound) -> Inside:
        monkeypatch.setattr(capture_process, "portaudio", lambda: sound)
        memory = ring_memory(spawn_context(), 1000, 2)
        ours, theirs = spawn_context().Pipe()
        thread = threading.Thread(target=capture_process.capture, args=(FAKE, memory, theirs))
        thread.start()
        running.append(Inside(sound, SharedRing(memory), ours, thread))
        return running[-1]

    yield starting
    for one in running:
        one.app.close()
        one.thread.join()


def test_what_is_heard_is_in_the_ring(start: Start) -> None:
    inside = start(FakeSound())
    assert inside.app.recv() == (OPENED, "")
    stream = inside.sound.streams[0]
    assert (stream.settings["device"], stream.settings["blocksize"], stream.settings["samplerate"]) == (0, 480, 48_000)
    stream.push(np.full((10, 2), 0.5))
    stream.push(np.full((10, 2), 0.25), FakeStatus(input_overflow=True))
    samples, _ = inside.ring.read(0)
    assert samples[:, 0].tolist() == [0.5] * 10 + [0.25] * 10
    assert inside.ring.overflows == 1
    assert inside.ring.arrived > 0


def test_it_ends_when_the_app_lets_go(start: Start) -> None:
    inside = start(FakeSound())
    inside.app.recv()
    inside.app.close()
    inside.thread.join(10.0)
    assert inside.sound.streams[0].closed


def test_it_says_when_the_device_is_gone(start: Start) -> None:
    inside = start(FakeSound())
    inside.app.recv()
    inside.sound.streams[0].die()
    assert inside.app.recv() == (OVER, "")


def test_silence_is_filled_in_while_nothing_comes_and_ends_with_the_next_sound() -> None:
    now = [100.0]
    ring = SampleRing(10 * RATE, 2)
    silence = Silence(ring, RATE, lambda: now[0])
    ring.arrived = now[0]
    silence.write(np.ones((RATE, 2)), None, None)
    ring.arrived = now[0]
    for _ in range(30):
        silence.fill()
        now[0] += LOOK_S
        if now[0] < 100.0 + QUIET_S:
            assert ring.written == RATE
    assert ring.written == pytest.approx(RATE + 2.9 * RATE, abs=0.01 * RATE)
    assert not ring.read(RATE)[0].any()
    written = ring.written
    silence.write(np.ones((10, 2)), None, None)
    ring.arrived = now[0]
    silence.fill()
    assert ring.written == written + 10


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        (FakeSound(fails="Device unavailable"), "cannot be opened (Device unavailable)"),
        (FakeSound(input_channels=0), "is not there: connect it again"),
    ],
)
def test_it_says_why_it_cannot_hear(start: Start, sound: FakeSound, words: str) -> None:
    said, text = start(sound).app.recv()
    assert said == REFUSED
    assert words in text


def test_a_real_process_that_cannot_hear_says_so_and_is_gone() -> None:
    with pytest.raises(VisualizerError, match=r"No such device|needs the PortAudio library"):
        CaptureProcess(NOWHERE, ring_memory(spawn_context(), 1000, 2))
    assert not [child for child in capture_process.multiprocessing.active_children() if child.name == "capture"]


@dataclass
class FakeProcess:
    """Stands in for the operating system's process."""

    device: Device
    memory: RingMemory
    running: bool = True
    over: bool = False
    closed: bool = False

    def close(self) -> None:
        self.running, self.closed = False, True


class Processes:
    """Starts stand-ins, or fails to."""

    def __init__(self) -> None:
        self.started: list[FakeProcess] = []
        self.fails: Exception | None = None

    def __call__(self, device: Device, memory: RingMemory) -> FakeProcess:
        if self.fails:
            raise self.fails
        self.started.append(FakeProcess(device, memory))
        return self.started[-1]


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Processes:
    started = Processes()
    monkeypatch.setattr(capture, "CaptureProcess", started)
    return started


def test_a_process_that_dies_is_replaced_and_counting_goes_on(processes: Processes) -> None:
    microphone = Microphone(FAKE)
    SharedRing(processes.started[0].memory).write(np.ones((10, 2), np.float32))
    processes.started[0].running = False
    assert not microphone.lost()
    assert (microphone.revived, processes.started[0].closed) == (1, True)
    SharedRing(processes.started[1].memory).write(np.zeros((5, 2), np.float32))
    samples, cursor, gap = microphone.read(0)
    assert (samples.tolist(), cursor, gap) == ([1.0] * 10 + [0.0] * 5, 15, 0)
    microphone.close()
    assert processes.started[1].closed


def test_processes_that_die_again_and_again_are_given_up(processes: Processes) -> None:
    now = [0.0]
    microphone = Microphone(FAKE, clock=lambda: now[0])
    for _ in range(REVIVALS):
        processes.started[-1].running = False
        assert not microphone.lost()
    processes.started[-1].running = False
    assert microphone.lost()
    now[0] += REVIVALS_S
    assert not microphone.lost()
    assert microphone.revived == REVIVALS + 1


def test_lost_when_the_process_says_so_or_nothing_comes(processes: Processes) -> None:
    now = [0.0]
    microphone = Microphone(FAKE, clock=lambda: now[0])
    now[0] = STALL_S + 0.1
    assert microphone.lost()
    SharedRing(processes.started[0].memory).write(np.zeros((5, 2), np.float32))
    assert not microphone.lost()
    processes.started[0].over = True
    assert microphone.lost()


def test_a_monitor_that_plays_nothing_is_not_lost(processes: Processes) -> None:
    now = [0.0]
    microphone = Microphone(replace(FAKE, kind="monitor"), clock=lambda: now[0])
    now[0] = STALL_S + 0.1
    assert not microphone.lost()


def test_where_no_process_starts_this_one_captures(processes: Processes) -> None:
    processes.fails = OSError("no more processes")
    sound = FakeSound()
    microphone = Microphone(FAKE, backend=sound, apart=True)
    assert "captured beside the painting (no more processes)" in microphone.notice
    sound.streams[0].push(np.ones((10, 2)))
    assert microphone.heard == 10
    assert microphone.arrived > 0
    microphone.close()
    assert sound.streams[0].closed


def test_a_device_that_cannot_be_opened_is_not_tried_here_as_well(processes: Processes) -> None:
    processes.fails = VisualizerError("It is busy: choose another.")
    sound = FakeSound()
    with pytest.raises(VisualizerError, match="busy"):
        Microphone(FAKE, backend=sound, apart=True)
    assert sound.streams == []
