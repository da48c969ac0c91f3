"""WASAPI loopback on a stand-in for PyAudioWPatch: what is played arrives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from visualizer.sound import loopback
from visualizer.sound.loopback import Loopback, LoopbackStream, loopbacks

RATE = 48_000


@dataclass
class FakeStream:
    waiting: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    gone: bool = False
    started: bool = False

    def start_stream(self) -> None:
        self.started = True

    def get_read_available(self) -> int:
        if self.gone:
            raise OSError("device invalidated")
        return len(self.waiting)

    def read(self, n: int, exception_on_overflow: bool = True) -> bytes:
        assert not exception_on_overflow
        block, self.waiting = self.waiting[:n], self.waiting[n:]
        return block.tobytes()


@dataclass
class FakePackage:
    """The module, and PyAudio in one."""

    paWASAPI: int = 13
    paFloat32: int = 1
    stream: FakeStream = field(default_factory=FakeStream)
    settings: dict[str, Any] = field(default_factory=dict)
    fails: bool = False
    running: int = 0

    def PyAudio(self) -> FakePackage:
        self.running += 1
        return self

    def terminate(self) -> None:
        self.running -= 1

    def get_host_api_info_by_type(self, kind: int) -> dict[str, Any]:
        if self.fails:
            raise OSError("Host API not found")
        return {"defaultOutputDevice": 4}

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        return {"name": "Speakers", "maxInputChannels": 4}

    def get_loopback_device_info_generator(self) -> Iterator[dict[str, Any]]:
        for index, name in ((8, "HDMI [Loopback]"), (9, "Speakers [Loopback]")):
            yield {"name": name, "index": index, "maxInputChannels": 4, "defaultSampleRate": 48_000.0}

    def open(self, **settings: Any) -> FakeStream:
        if self.fails:
            raise OSError("Invalid device")
        self.settings = settings
        return self.stream


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> FakePackage:
    fake = FakePackage()
    monkeypatch.setattr(loopback, "loopback_package", lambda: fake)
    return fake


def opened(blocks: list[np.ndarray], ends: list[bool] | None = None) -> LoopbackStream:
    return LoopbackStream(
        device=9,
        samplerate=RATE,
        channels=2,
        latency=0.02,
        callback=lambda block, n, times, status: blocks.append(block.copy()),
        finished_callback=lambda: None if ends is None else ends.append(True),
    )


def test_outputs_are_listed_with_the_default(package: FakePackage) -> None:
    assert loopbacks() == [Loopback("HDMI", 8, 4, RATE, False), Loopback("Speakers", 9, 4, RATE, True)]
    assert package.running == 0


def test_without_wasapi_there_are_none(package: FakePackage) -> None:
    package.fails = True
    assert loopbacks() == []
    assert package.running == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows may have it")
def test_elsewhere_there_are_none() -> None:
    assert loopback.loopback_package() is None
    assert loopbacks() == []


def test_sound_comes_as_it_is_in_two_channels(package: FakePackage) -> None:
    blocks: list[np.ndarray] = []
    stream = opened(blocks)
    assert (package.settings["channels"], package.settings["rate"]) == (4, RATE)
    package.stream.waiting = np.arange(40, dtype=np.float32).reshape(10, 4)
    stream.advance()
    np.testing.assert_array_equal(blocks[0], np.arange(40).reshape(10, 4)[:, :2])
    stream.close()
    assert package.running == 0


def test_while_nothing_plays_nothing_comes(package: FakePackage) -> None:
    blocks: list[np.ndarray] = []
    stream = opened(blocks)
    stream.advance()
    assert blocks == []
    stream.close()


def test_an_output_that_goes_ends_the_stream(package: FakePackage) -> None:
    ends: list[bool] = []
    stream = opened([], ends)
    stream.start()
    assert package.stream.started
    package.stream.gone = True
    stream._thread.join(5.0)
    assert not stream.active
    assert ends == [True]
    stream.close()


def test_an_output_that_cannot_be_opened_leaves_nothing(package: FakePackage) -> None:
    package.fails = True
    with pytest.raises(ValueError, match="Invalid device"):
        opened([])
    assert package.running == 0
