"""The virtual camera on a hand-turned clock: pictures in time, late ones left out, and each way in which it ends."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from visualizer.hearing.analyser import Features
from visualizer.hearing.sources import Heard
from visualizer.show.virtual_camera import FPS, SIZE, VirtualCamera, open_camera


class Picture:
    """Notes what is asked of it."""

    def __init__(self) -> None:
        self.begun = True
        self.times: list[float] = []
        self.features: list[Features | None] = []
        self.released = False

    def watch(self, now: float) -> None:
        """Nothing is new."""

    def image(self, time: float, features: Features | None) -> Any:
        self.times.append(time)
        self.features.append(features)
        return av.VideoFrame(*SIZE, "yuv420p")

    def release(self) -> None:
        self.released = True


class Device:
    """Takes a while for each picture; breaks on demand."""

    name = "/dev/video7"

    def __init__(self, clock: Clock, takes_s: float = 0.0, breaks: bool = False) -> None:
        self.sent, self.closed = 0, False
        self._clock, self._takes_s, self._breaks = clock, takes_s, breaks

    def send(self, frame: Any) -> None:
        if self._breaks:
            raise OSError("the camera is gone")
        assert (frame.width, frame.height) == SIZE
        self.sent += 1
        self._clock.now += self._takes_s

    def close(self) -> None:
        self.closed = True


class Clock:
    """Time turned by hand; stops a camera after two seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.camera: VirtualCamera | None = None

    def __call__(self) -> float:
        if self.now >= 2.0 and self.camera is not None:
            self.camera.stop()
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds + 1e-9


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def picture() -> Picture:
    return Picture()


def run(clock: Clock, picture: Picture, open_device: Callable[[], Any]) -> tuple[list[str], list[str]]:
    """Run a camera to its end; what it said when it began and when it ended."""
    opened: list[str] = []
    ended: list[str] = []
    camera = VirtualCamera(
        lambda: picture,  # type: ignore[arg-type, return-value]
        lambda time: Heard(None, 0.0, Features.silence()),  # type: ignore[arg-type]
        opened.append,
        ended.append,
        open_device=open_device,
        clock=clock,
        wait=clock.wait,
    )
    clock.camera = camera
    camera.start()
    assert camera.join(30)
    return opened, ended


def test_it_shows_the_present_thirty_times_a_second(clock: Clock, picture: Picture) -> None:
    device = Device(clock)
    assert run(clock, picture, lambda: device) == (["/dev/video7"], [""])
    assert device.sent == pytest.approx(2 * FPS, abs=1)
    assert np.diff(picture.times) == pytest.approx(1 / float(FPS), abs=1e-6)
    assert all(features is not None for features in picture.features)
    assert device.closed
    assert picture.released


def test_what_is_late_is_left_out(clock: Clock, picture: Picture) -> None:
    device = Device(clock, takes_s=0.11)  # three images and a third
    run(clock, picture, lambda: device)
    assert np.diff(picture.times).min() > 0.1
    assert np.diff(picture.times).max() < 0.15


def test_nothing_is_sent_before_the_first_painting(clock: Clock, picture: Picture) -> None:
    picture.begun = False
    device = Device(clock)
    run(clock, picture, lambda: device)
    assert device.sent == 0


def test_a_camera_that_goes_is_said_and_given_back(clock: Clock, picture: Picture) -> None:
    device = Device(clock, breaks=True)
    _, ended = run(clock, picture, lambda: device)
    assert ended == ["The virtual camera stopped (OSError: the camera is gone)."]
    assert device.closed
    assert picture.released


def test_without_the_package_it_says_what_to_install(
    clock: Clock, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    opened, ended = run(clock, picture, open_camera)
    assert not opened
    assert "pip install pyvirtualcam" in ended[0]


@pytest.mark.parametrize(
    ("system", "remedy"), [("linux", "modprobe v4l2loopback"), ("win32", "install OBS"), ("darwin", "install OBS")]
)
def test_without_a_camera_it_says_how_to_get_one(
    clock: Clock, picture: Picture, monkeypatch: pytest.MonkeyPatch, system: str, remedy: str
) -> None:
    def none(width: int, height: int, fps: float) -> None:
        raise RuntimeError("no camera found\nat all")

    monkeypatch.setitem(sys.modules, "pyvirtualcam", SimpleNamespace(Camera=none))  # type: ignore[arg-type]
    monkeypatch.setattr(sys, "platform", system)
    _, ended = run(clock, picture, open_camera)
    assert "(no camera found)" in ended[0]
    assert remedy in ended[0]


def test_the_package_gets_pictures_in_red_green_blue(
    clock: Clock, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[np.ndarray] = []
    asked: list[tuple[int, int, float]] = []

    def camera(width: int, height: int, fps: float) -> SimpleNamespace:
        asked.append((width, height, fps))
        return SimpleNamespace(device="OBS Virtual Camera", send=sent.append, close=lambda: None)

    monkeypatch.setitem(sys.modules, "pyvirtualcam", SimpleNamespace(Camera=camera))  # type: ignore[arg-type]
    assert run(clock, picture, open_camera) == (["OBS Virtual Camera"], [""])
    assert asked == [(*SIZE, float(FPS))]
    assert {(frame.shape, frame.dtype) for frame in sent} == {((SIZE[1], SIZE[0], 3), np.dtype(np.uint8))}
