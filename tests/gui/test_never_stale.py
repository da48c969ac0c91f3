"""Sound to screen as a whole, on virtual time: while music plays every refresh is new, and nothing goes back in time.

Real engine, pipeline, listening and canvas; the clock, the sound card and the time that a painting takes are made.
The flash limit, which may hold a picture back, is off: it has tests of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.fakes import tiny_model_folder
from tests.fakes_time import AheadFile, HandClock, LiveInput, clicks
from tests.flashing import RATE, bursts, kicks
from visualizer.gui.raster import RasterCanvas
from visualizer.painting.engine import Painting
from visualizer.painting.knobs import Knobs
from visualizer.painting.latest import Latest
from visualizer.painting.models import PaintingModel, load_model
from visualizer.painting.pipeline import Pipeline

SECONDS = 2.0  # the governor's first second, and one as it decided
SETTLED_S = 0.3  # after the first painting was shown
WORK_S = 0.025  # that a painting takes
SIZE = (160, 90)
SIDE = 128  # of a painting
FINENESS = 50.0  # the calmest motion of the noise is still seen


def chord(seconds: float) -> np.ndarray:
    """Three notes that are held, as an organ holds them."""
    t = np.arange(round(seconds * RATE)) / RATE
    return sum(0.2 * np.sin(2 * np.pi * pitch * t) for pitch in (220.0, 277.2, 329.6)).astype(np.float32)


def swelling(seconds: float) -> np.ndarray:
    """A note that grows out of silence and falls back."""
    t = np.arange(round(seconds * RATE)) / RATE
    return (0.5 * np.sin(np.pi * t / seconds) ** 2 * np.sin(2 * np.pi * 330 * t)).astype(np.float32)


def strokes(seconds: float) -> np.ndarray:
    """A slow, even beat."""
    return clicks(RATE, seconds, [0.1 + 0.5 * k for k in range(int(2 * seconds))])


SOUNDS: list[Callable[[float], np.ndarray]] = [chord, swelling, strokes, bursts, kicks]


class Stripes:
    """Paints fine stripes that shift with the smallest motion of its inputs, and are as light as before.

    Args:
        encoder: a real model, which hears.
        clock: of which a painting takes WORK_S.
    """

    def __init__(self, encoder: PaintingModel, clock: HandClock) -> None:
        self._clock = clock
        self.card, self.encode = encoder.card, encoder.encode
        self._places = 1.3 * (np.arange(SIDE)[:, None, None] + 0.3 * np.arange(SIDE)[:, None])
        self._colours = np.arange(3.0)

    def paint(self, noise: np.ndarray, embedding: np.ndarray) -> np.ndarray:
        self._clock.sleep(WORK_S)
        latent = np.concatenate((noise[0], embedding[0]))
        shift = FINENESS * latent @ np.random.default_rng(3).standard_normal(len(latent))
        return np.rint(128 + 60 * np.sin(self._places + self._colours + shift)).astype(np.uint8)[None]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> PaintingModel:
    return load_model(tiny_model_folder(tmp_path_factory.mktemp("model")))


class Show:
    """A pipeline and a canvas that take turns on one clock.

    Attributes:
        shown: at each refresh, whether there was sound, and the picture.
        taken: the paintings that the canvas has taken.
    """

    def __init__(self, encoder: PaintingModel, knobs: Knobs, qtbot: QtBot) -> None:
        self.clock = HandClock()
        self.shown: list[tuple[bool, bytes]] = []
        self.taken: list[Painting] = []
        self._slot: deque[Painting] = deque(maxlen=1)
        self._latest: Latest[Painting] = Latest()
        self.pipeline = Pipeline(Stripes(encoder, self.clock), self._latest, clock=self.clock)
        self.pipeline.set_knobs(knobs)
        self.canvas = RasterCanvas(lambda: self._slot.pop() if self._slot else None, self.pipeline.features, self.clock)
        qtbot.addWidget(self.canvas)
        self.canvas.painted.connect(self.taken.append)
        self.canvas.resize(*SIZE)
        self.canvas.set_knobs(knobs)
        self.canvas.set_limited(False)
        self.canvas.set_tier(1)  # strokes add nothing to what is asked here
        self.canvas.set_live(True)
        self.pipeline.set_refresh(self.canvas.hz)

    def run(self, seconds: float) -> None:
        """Let time pass: each thread does its work when it is due, as if it had a processor of its own."""
        clock, end = self.clock, self.clock.now + seconds
        look_at = turn_at = refresh_at = clock.now
        finished: tuple[float, Painting] | None = None
        while clock.now < end:
            if clock.now >= look_at:
                look_at = clock.now + max(self.pipeline.listening.look(clock.now), 1e-3)
            if finished is not None and clock.now >= finished[0]:
                self._slot.append(finished[1])
                finished = None
            if finished is None and clock.now >= turn_at:
                began = clock.now
                wait_s = self.pipeline.turn()
                done_at, clock.now = clock.now, began  # the other threads go on meanwhile
                painting = self._latest.take()
                turn_at = done_at + wait_s
                finished = None if painting is None else (done_at, painting)
            if clock.now >= refresh_at:
                self._refresh()
                refresh_at += 1 / self.canvas.hz
            due = [look_at, refresh_at, turn_at if finished is None else finished[0]]
            clock.now = max(clock.now, min(due))

    def _refresh(self) -> None:
        self.canvas.look()
        self.canvas.draw_now()
        image = QImage(self.canvas.size(), QImage.Format.Format_RGB32)  # a pixmap may have fewer colours
        self.canvas.render(image)
        bits = image.constBits()
        assert bits is not None
        sounds = self.pipeline.listening.features(self.clock.now).is_open
        if self.taken:
            self.shown.append((sounds, bytes(bits.asarray(image.sizeInBytes()))))


amount = st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1)


@given(
    knobs=st.builds(Knobs, amount, amount, amount, amount),
    sound=st.sampled_from(SOUNDS),
    ahead=st.booleans(),
)
@example(knobs=Knobs(0.0, 0.0, 0.0, 1.0), sound=chord, ahead=True)
@settings(
    max_examples=3,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_refresh_is_new_and_none_goes_back(
    knobs: Knobs, sound: Callable[[float], np.ndarray], ahead: bool, encoder: PaintingModel, qtbot: QtBot
) -> None:
    show = Show(encoder, knobs, qtbot)
    kind = AheadFile if ahead else LiveInput
    show.pipeline.set_source(kind(sound(SECONDS), RATE, show.clock))
    show.run(SECONDS)
    after = round(SETTLED_S * show.canvas.hz)
    pairs = [(one[1], two[1]) for one, two in pairwise(show.shown[after:]) if one[0] and two[0]]
    assert len(pairs) > 5
    assert pairs[-1][0] != pairs[-1][1]
    assert sum(one == two for one, two in pairs) <= 1  # nobody could know that paintings will come less often
    assert len(show.taken) > 0.8 * SECONDS * show.canvas.hz / 2
    assert show.pipeline.figures().divisor == 2  # so every other refresh lies between two paintings
    for one, two in pairwise(show.taken):
        assert two.made_at > one.made_at
        assert two.heard_s >= one.heard_s
        assert two.features.heard_s >= one.features.heard_s


def test_frozen_the_picture_may_stand(encoder: PaintingModel, qtbot: QtBot) -> None:
    show = Show(encoder, Knobs(), qtbot)
    show.pipeline.set_source(LiveInput(kicks(SECONDS), RATE, show.clock))
    show.run(0.6)
    show.canvas.set_frozen(True)
    show.shown.clear()
    show.run(0.6)
    assert len({picture for _, picture in show.shown[2:]}) == 1  # so pictures can be told apart, and compared
