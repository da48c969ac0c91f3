"""In silence a live canvas draws seldom and only listens in between; sound, or a choice, ends that at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.test_canvas import KINDS
from visualizer.gui.canvas import GLCanvas
from visualizer.gui.easel import CALM_AFTER_S, CALM_EVERY
from visualizer.gui.raster import RasterCanvas
from visualizer.hearing.analyser import Features
from visualizer.painting.knobs import Knobs

SILENCE = Features.silence()
SOUND = replace(SILENCE, is_open=True, loudness=0.5)
TICKS = 6 * CALM_EVERY


class Calm:
    """A live canvas, and how often it has listened."""

    def __init__(self, kind: type[GLCanvas] | type[RasterCanvas], qtbot: QtBot) -> None:
        self.now = 100.0
        self.features = SILENCE
        self.listened = 0
        self.wanted = 0  # refreshes that had to be drawn, whether the machine could or not
        self._qtbot = qtbot
        self.canvas = kind(lambda: None, self._hear, lambda: self.now)
        self._is_needed = self.canvas._needed
        self.canvas._needed = self._count  # type: ignore[method-assign]
        qtbot.addWidget(self.canvas.widget())
        self.canvas.resize(160, 120)
        self.canvas.show()
        qtbot.waitExposed(self.canvas.widget())
        self.canvas.set_live(True)

    def _hear(self) -> Features:
        self.listened += 1
        return self.features

    def _count(self) -> bool:
        needed = self._is_needed()
        self.wanted += needed
        return needed

    def refreshes(self, ticks: int = TICKS) -> int:
        """How many refreshes must be drawn while it listens so often; some of them have been."""
        self._qtbot.waitUntil(lambda: self.canvas.refreshes > 0)
        first, wanted, drawn = self.listened, self.wanted, self.canvas.refreshes
        self._qtbot.waitUntil(lambda: self.listened >= first + ticks)
        found = self.wanted - wanted
        self._qtbot.waitUntil(lambda: self.canvas.refreshes > drawn)
        return found


@pytest.fixture(params=KINDS)
def calm(request: pytest.FixtureRequest, qtbot: QtBot) -> Calm:
    found = Calm(request.param, qtbot)
    assert found.refreshes() > TICKS / 3  # it is not calm yet
    found.now += CALM_AFTER_S + 0.1
    return found


def test_in_silence_few_refreshes_are_drawn_but_some_are(calm: Calm) -> None:
    assert TICKS / CALM_EVERY - 2 <= calm.refreshes() <= TICKS / CALM_EVERY + 2


def test_the_first_sound_is_drawn_in_the_refresh_that_hears_it(calm: Calm) -> None:
    calm.refreshes()
    calm.features = SOUND
    assert calm.refreshes(3) >= 2
    calm.features = SILENCE
    assert calm.refreshes() > TICKS / 3  # the end of a sound is no calm yet


@pytest.mark.parametrize(
    "choose",
    [
        lambda canvas: canvas.set_black(True),
        lambda canvas: canvas.set_frozen(True),
        lambda canvas: canvas.set_fit("mirror"),
        lambda canvas: canvas.set_knobs(Knobs(wildness=1.0)),
    ],
)
def test_a_choice_in_silence_is_followed_smoothly(qtbot: QtBot, choose: Callable[[RasterCanvas], object]) -> None:
    calm = Calm(RasterCanvas, qtbot)
    calm.refreshes()
    calm.now += CALM_AFTER_S + 0.1
    calm.refreshes()
    assert isinstance(calm.canvas, RasterCanvas)
    choose(calm.canvas)
    assert calm.refreshes() > TICKS / 3


def test_intervals_of_a_calm_are_not_measured(calm: Calm) -> None:
    calm.refreshes()
    measured = len(calm.canvas.interval_s)
    calm.refreshes()
    assert len(calm.canvas.interval_s) == measured
