"""Levels of all inputs at once: on a stand-in for sound, and the process around it without any input."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.fakes_audio import FakeSound
from visualizer.sound import meters
from visualizer.sound.capture_process import spawn_context
from visualizer.sound.devices import Device
from visualizer.sound.meters import FALL_DB, UNHEARD_DBFS, InputMeters, measure

FAKE = Device("Fake microphone", 5, "Fake", 2, 48_000.0, "microphone", True)
GONE = Device("Unplugged", 6, "Fake", 2, 48_000.0, "microphone", False)
HEADSET = Device("Headset", 0, "PulseAudio", 1, 16_000.0, "microphone", False, "bluez_input.00_11")

Measure = Callable[[FakeSound], np.ndarray]


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Measure]:
    """Runs measure() on a thread as it does in the process."""
    ours, theirs = spawn_context().Pipe()
    memory = spawn_context().RawArray(ctypes.c_double, [UNHEARD_DBFS] * 2)
    threads: list[threading.Thread] = []

    def starting(sound: FakeSound) -> np.ndarray:
        monkeypatch.setattr(meters, "portaudio", lambda: sound)
        threads.append(threading.Thread(target=measure, args=([FAKE, GONE], memory, theirs)))
        threads[0].start()
        return np.frombuffer(memory, np.float64)

    yield starting
    ours.close()
    threads[0].join()


def opened(sound: FakeSound) -> None:
    deadline = threading.Event()
    while not (sound.streams and sound.streams[0].active):
        deadline.wait(0.01)


def test_up_at_once_and_down_slowly(measuring: Measure) -> None:
    sound = FakeSound()
    levels = measuring(sound)
    opened(sound)
    assert sound.streams[0].settings["blocksize"] == 2400
    sound.streams[0].push(np.full((2400, 2), 0.1))
    assert levels[0] == pytest.approx(-20, abs=0.01)
    sound.streams[0].push(np.zeros((2400, 2)))
    assert levels[0] == pytest.approx(-20 - FALL_DB, abs=0.01)
    sound.streams[0].push(np.ones((2400, 2)))
    assert levels[0] == pytest.approx(0, abs=0.01)
    for _ in range(100):
        sound.streams[0].push(np.zeros((2400, 2)))
    assert levels[0] == -90


def test_an_input_that_cannot_be_opened_stays_unheard(measuring: Measure) -> None:
    sound = FakeSound()
    levels = measuring(sound)
    opened(sound)
    sound.streams[0].push(np.ones((2400, 2)))
    assert levels[1] == UNHEARD_DBFS
    assert len(sound.streams) == 1


def test_without_inputs_there_is_no_process() -> None:
    none = InputMeters([HEADSET])  # a Bluetooth microphone would change the music
    assert none.levels() == {}
    assert spawn_children() == []
    none.close()
    none.close()


def test_a_real_process_ends_when_closed() -> None:
    running = InputMeters([GONE])
    assert len(spawn_children()) == 1
    assert running.levels() == {}
    running.close()
    assert spawn_children() == []


def spawn_children() -> list[str]:
    import multiprocessing

    return [child.name for child in multiprocessing.active_children()]
