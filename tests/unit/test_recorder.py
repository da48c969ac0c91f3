"""A recording on a hand-turned clock: length, sound and picture in step, what is left out, how it ends."""

from __future__ import annotations

import contextlib
import itertools
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import KICK
from visualizer.hearing.sources import Heard
from visualizer.painting.engine import Painting
from visualizer.painting.knobs import Knobs
from visualizer.picture.drawing import RasterDrawing
from visualizer.rendering.video import SOUND_RATE
from visualizer.show.recorded_picture import RecordedPicture, Showing
from visualizer.show.recorder import Recorded, Recorder, RecordingOptions

SIZE = (160, 90)
OPTIONS = RecordingOptions(size=SIZE, fps=Fraction(30), tags=(("title", "A test"),))
STROKE_S = 1.0
CODED_S = 2 * 1024 / SOUND_RATE  # AAC codes whole blocks, and one more


class Clicks:
    """A source with a click at STROKE_S; its clock may run fast."""

    rate = 48_000.0
    heard = 0

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        raise AssertionError("a recording reads in stereo")

    def read_stereo(self, cursor: int, stop: int) -> tuple[np.ndarray, int, int]:
        samples = np.zeros((stop - cursor, 2), np.float32)
        click = round(STROKE_S * self.rate) - cursor
        if 0 <= click < len(samples):
            samples[click : click + 200] = 0.8
        return samples, stop, 0


class Show:
    """Time turned by hand, a painting in halves of light, and a kick at STROKE_S."""

    def __init__(self, until: float, pace: float = 1.0) -> None:
        self.now = 0.0
        self.until = until
        self.pace = pace
        self.recorder: Recorder | None = None
        self.showing = Showing(Knobs(wildness=1.0), limited=False)
        self.source = Clicks()
        self.waits: Callable[[], None] = lambda: None
        self._painted = False

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        assert self.recorder is not None
        self.waits()
        self.now += seconds
        if self.now >= self.until:
            self.recorder.stop()
        while self.recorder.waiting > 5:  # this clock runs faster than the writing thread
            time.sleep(0.001)

    def heard(self, time: float) -> Heard:
        features = Features.silence()
        if time >= STROKE_S:
            onsets = np.zeros_like(features.onsets)
            onsets[KICK] = 1.0
            features = replace(features, is_open=True, loudness=1.0, onsets=onsets)
        return Heard(self.source, time * self.pace * self.source.rate, features)

    def take(self) -> Painting | None:
        if self._painted:
            return None
        self._painted = True
        image = np.zeros((16, 16, 3), np.uint8)
        image[::2] = 255
        return Painting(image, np.full(5, 0.2), np.zeros(10), np.zeros(100), 0.0, 0.0, 0.0)

    def picture(self) -> RecordedPicture:
        return RecordedPicture(RasterDrawing(SIZE, tier=1), self.take, lambda: self.showing)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Callable[..., Recorded]]:
    recorders: list[Recorder] = []

    def run(show: Show, path: Path = tmp_path / "videos" / "v.mp4", free: int = 10**12) -> Recorded:
        ended: list[Recorded] = []
        recorder = Recorder(
            path,
            show.picture,
            show.heard,
            ended.append,
            OPTIONS,
            clock=show.clock,
            wait=show.wait,
            free_bytes=lambda folder: free,
        )
        show.recorder = recorder
        recorders.append(recorder)
        recorder.start()
        assert recorder.join(60)
        assert len(ended) == 1
        return ended[0]

    yield run
    for recorder in recorders:
        recorder.stop()


def images_of(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Times and grey images [n, h, w]."""
    found: list[tuple[float, np.ndarray]] = []
    with av.open(str(path)) as file, contextlib.suppress(av.InvalidDataError):  # the last one may be cut off
        found.extend((image.time or 0.0, image.to_ndarray(format="gray")) for image in file.decode(video=0))
    return np.array([time for time, _ in found]), np.array([image for _, image in found], float)


def sound_of(path: Path) -> np.ndarray:
    """Mono float [n], from time 0."""
    with av.open(str(path)) as file:
        pieces = list(file.decode(audio=0))
    assert pieces[0].time == pytest.approx(0, abs=0.001)
    return np.concatenate([piece.to_ndarray() for piece in pieces], axis=1).mean(0)


def test_length_picture_and_sound(record: Callable[..., Recorded]) -> None:
    outcome = record(Show(until=2.5))
    assert outcome.path is not None
    assert outcome.problem == ""
    assert outcome.seconds == pytest.approx(2.5, abs=1 / 30)
    times, images = images_of(outcome.path)
    assert (len(times), outcome.dropped) == (round(30 * outcome.seconds), 0)
    sound = sound_of(outcome.path)
    assert len(sound) / SOUND_RATE == pytest.approx(outcome.seconds, abs=1 / 30 + CODED_S)
    assert images[0].std() > 20


@pytest.mark.parametrize("pace", [1.0, 1.004, 0.996])
def test_a_stroke_is_seen_and_heard_in_the_same_image(record: Callable[..., Recorded], pace: float) -> None:
    outcome = record(Show(until=2.0, pace=pace))
    assert outcome.path is not None
    sound = sound_of(outcome.path)
    click_s = np.flatnonzero(np.abs(sound) > 0.3)[0] / SOUND_RATE
    assert click_s == pytest.approx(STROKE_S / pace, abs=0.03)
    times, images = images_of(outcome.path)
    changes = np.abs(images[1:] - images[:-1]).mean((1, 2))
    first = np.flatnonzero(changes[10:] > 4 * np.median(changes[10:25]) + 0.5)[0] + 11
    assert times[first] == pytest.approx(click_s, abs=1 / 30 + 1e-3)
    assert len(sound) / SOUND_RATE == pytest.approx(
        outcome.seconds, abs=1 / 30 + CODED_S
    )  # however the card's clock runs


def test_black_and_still_are_recorded(record: Callable[..., Recorded]) -> None:
    show = Show(until=2.0)

    def darken() -> None:
        if show.now > 0.5:
            show.showing = replace(show.showing, black=True)

    show.waits = darken
    outcome = record(show)
    assert outcome.path is not None
    times, images = images_of(outcome.path)
    light = images.mean((1, 2))
    assert light[(times > 0.2) & (times < 0.5)].min() > 50
    assert light[times > 1.0].max() < 20


def test_late_images_are_left_out_and_counted_but_the_sound_is_whole(record: Callable[..., Recorded]) -> None:
    show = Show(until=3.0)

    def stall() -> None:
        if 1.0 < show.now < 1.2:
            show.now += 1.0  # the machine was busy elsewhere

    show.waits = stall
    outcome = record(show)
    assert outcome.path is not None
    assert 15 <= outcome.dropped <= 60
    assert "left out" in outcome.sentence()
    assert len(sound_of(outcome.path)) / SOUND_RATE == pytest.approx(outcome.seconds, abs=1 / 30 + CODED_S)
    assert images_of(outcome.path)[0][-1] == pytest.approx(outcome.seconds, abs=0.1)


def test_paintings_fade_into_each_other(record: Callable[..., Recorded]) -> None:
    show = Show(until=2.0)

    def take() -> Painting | None:
        code = 40 if show.now < 0.5 else 200
        return Painting(
            np.full((16, 16, 3), code, np.uint8), np.full(5, 0.2), np.zeros(10), np.zeros(100), 0.0, 0.0, 0.0
        )

    show.take = take  # type: ignore[method-assign]
    outcome = record(show)
    assert outcome.path is not None
    times, images = images_of(outcome.path)
    light = images.mean((1, 2))
    assert light[times > 0.8].min() > light[times < 0.4].max() + 60
    assert light[times < 0.4].std() < 5


def test_a_nearly_full_disk_ends_it_cleanly(record: Callable[..., Recorded]) -> None:
    outcome = record(Show(until=60.0), free=1000)
    assert "nearly full" in outcome.problem
    assert outcome.path is not None
    assert len(images_of(outcome.path)[0]) >= 30


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
def test_a_disk_that_takes_no_more_leaves_what_can_be_played(record: Callable[..., Recorded]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, hard))
    try:
        outcome = record(noisy(Show(until=60.0)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "cannot be written" in outcome.problem
    assert outcome.path is not None
    assert len(images_of(outcome.path)[0]) >= 25


def noisy(show: Show) -> Show:
    """Paintings that need room."""
    rng, calls = np.random.default_rng(1), itertools.count()

    def take() -> Painting | None:
        if next(calls) % 4:
            return None
        image = rng.integers(0, 256, (64, 64, 3), np.uint8)
        return Painting(image, np.full(5, 0.2), np.zeros(10), np.zeros(100), 0.0, 0.0, 0.0)

    show.take = take  # type: ignore[method-assign]
    return show


def test_a_place_that_cannot_be_made_is_a_sentence(record: Callable[..., Recorded], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outcome = record(Show(until=60.0), path=tmp_path / "file" / "v.mp4")
    assert outcome.path is None
    assert "nothing is recorded" in outcome.sentence()


def test_an_older_recording_is_never_written_over(record: Callable[..., Recorded]) -> None:
    first, second = record(Show(until=0.5)), record(Show(until=0.5))
    assert first.path is not None
    assert second.path is not None
    assert (first.path.name, second.path.name) == ("v.mp4", "v 2.mp4")


def test_a_picture_that_fails_ends_it_with_a_sentence(record: Callable[..., Recorded]) -> None:
    show = Show(until=60.0)

    def broken() -> RecordedPicture:
        raise RuntimeError("no OpenGL today")

    show.picture = broken  # type: ignore[method-assign]
    outcome = record(show)
    assert "no OpenGL today" in outcome.sentence()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("record")]


def test_the_painting_hangs_as_it_does_in_the_window() -> None:
    show = Show(1.0)
    picture = show.picture()

    def edge(time: float) -> np.ndarray:
        picture.watch(time)
        return np.asarray(picture.image(time, None).to_ndarray(format="gray")[:, :8])

    filled = edge(0.1)
    show.showing = replace(show.showing, fit="fit")
    hung = edge(0.2)
    assert filled.std() > 10  # the painting reaches the edge
    assert hung.std() < 5  # where it hangs whole, the wall does
