"""Microphone: samples arrive as they are, losses are counted, a dead device is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.fakes_audio import FakeSound, FakeStatus, FakeStream, FakeTimes
from visualizer.errors import VisualizerError
from visualizer.sound.capture import HISTORY_S, STALL_S, Microphone

RATE = 48_000


class Clock:
    """Turned by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


Listen = Callable[..., tuple[Microphone, FakeStream]]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Opens microphones, and closes them at the end."""
    opened: list[Microphone] = []

    def listening(sound: FakeSound, clock: Clock | None = None) -> tuple[Microphone, FakeStream]:
        opened.append(Microphone(backend=sound, clock=clock or Clock()))
        return opened[-1], sound.streams[0]

    yield listening
    for microphone in opened:
        microphone.close()


def test_mono_mix_in_order(listen: Listen) -> None:
    microphone, stream = listen(FakeSound())
    assert (microphone.name, microphone.rate, stream.active) == ("Fake microphone", RATE, True)
    wave = np.random.default_rng(0).uniform(-1, 1, (5000, 2)).astype(np.float32)
    parts, cursor = [], microphone.heard
    for start in range(0, 5000, 700):
        stream.push(wave[start : start + 700])
        samples, cursor, gap = microphone.read(cursor)
        assert gap == 0
        parts.append(samples)
    assert microphone.heard == cursor == 5000
    np.testing.assert_allclose(np.concatenate(parts), wave.mean(axis=1), atol=1e-7)


@pytest.mark.parametrize(("channels", "opened"), [(1, 1), (2, 2), (32, 2)])
def test_opens_two_channels_at_most(listen: Listen, channels: int, opened: int) -> None:
    sound = FakeSound(input_channels=channels)
    microphone, stream = listen(sound)
    assert stream.settings["channels"] == opened
    stream.push(np.full((10, opened), 0.5))
    assert microphone.read(0)[0].tolist() == [0.5] * 10


def test_a_late_reader_gets_the_newest_and_the_count_of_the_rest(listen: Listen) -> None:
    microphone, stream = listen(FakeSound())
    for _ in range(14):
        stream.push(np.zeros((RATE, 2)))
    samples, cursor, gap = microphone.read(0)
    assert gap == 14 * RATE - HISTORY_S * RATE
    assert len(samples) == HISTORY_S * RATE
    assert cursor == 14 * RATE


def test_overflows_are_counted(listen: Listen) -> None:
    microphone, stream = listen(FakeSound())
    stream.push(np.zeros((10, 2)))
    stream.push(np.zeros((10, 2)), FakeStatus(input_overflow=True))
    assert microphone.overflows == 1


def test_the_latency_is_the_cards_own_beyond_the_block(listen: Listen) -> None:
    microphone, stream = listen(FakeSound())
    assert microphone.latency_s == 0
    block = np.zeros((480, 2))  # 10 ms
    stream.push(block, times=FakeTimes(50.0 - 0.035, 50.0))
    assert microphone.latency_s == pytest.approx(0.025)
    for number in range(200):
        swing = 0.01 if number % 2 else -0.01
        stream.push(block, times=FakeTimes(60.0 - 0.05 - swing, 60.0))
    assert microphone.latency_s == pytest.approx(0.04, abs=0.001)


@pytest.mark.parametrize("times", [None, FakeTimes(0.0, 5.0), FakeTimes(3.0, 0.0), FakeTimes(1.0, 5.0)])
def test_a_card_that_reports_nonsense_has_no_latency(listen: Listen, times: FakeTimes | None) -> None:
    microphone, stream = listen(FakeSound())
    stream.push(np.zeros((480, 2)), times=times)
    assert microphone.latency_s == 0


def test_a_block_that_is_there_before_it_has_sounded_has_no_latency(listen: Listen) -> None:
    microphone, stream = listen(FakeSound())
    stream.push(np.zeros((480, 2)), times=FakeTimes(49.995, 50.0))
    assert microphone.latency_s == 0


def test_level(listen: Listen) -> None:
    microphone, stream = listen(FakeSound())
    assert microphone.level == -90
    stream.push(np.ones((RATE, 2)))
    assert microphone.level == pytest.approx(0, abs=1e-3)
    stream.push(np.full((RATE, 2), 0.1))
    assert microphone.level == pytest.approx(-20, abs=1e-3)


def test_lost_when_the_device_dies(listen: Listen) -> None:
    microphone, stream = listen(FakeSound())
    assert not microphone.lost()
    stream.die()
    assert microphone.lost()
    microphone.close()
    assert stream.closed


def test_lost_when_the_device_stalls_and_found_when_it_delivers(listen: Listen) -> None:
    clock = Clock()
    microphone, stream = listen(FakeSound(), clock)
    clock.now += STALL_S - 0.1
    assert not microphone.lost()
    stream.push(np.zeros((10, 2)))
    assert not microphone.lost()
    clock.now += STALL_S + 0.1
    assert microphone.lost()


@pytest.mark.parametrize(
    ("sound", "device", "words"),
    [
        (FakeSound(fails="Invalid device"), None, "cannot be opened .Invalid device."),
        (FakeSound(input_channels=0), None, "No sound input was found"),
        (FakeSound(), "Nothing", "“Nothing” was not found: use one of Fake microphone"),
    ],
)
def test_what_cannot_be_opened_is_a_sentence(sound: FakeSound, device: str | None, words: str) -> None:
    with pytest.raises(VisualizerError, match=words):
        Microphone(device, backend=sound)
