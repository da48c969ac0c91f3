"""Both canvases: the same picture, cross-fades without a jump, rest, a lost context."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QGuiApplication
from PyQt6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from visualizer.canvas import GLCanvas, OpenGL, probe_opengl
from visualizer.engine import Painting
from visualizer.fade import FIRST_S
from visualizer.raster import RasterCanvas
from visualizer.theme import WALL


class Easel:
    """A canvas in a window, with its clock and its slot for paintings."""

    def __init__(self, kind: type[GLCanvas] | type[RasterCanvas], qtbot: QtBot) -> None:
        self.now = 100.0
        self.slot: deque[Painting] = deque(maxlen=1)
        self.taken: list[Painting] = []
        self.canvas = kind(lambda: self.slot.pop() if self.slot else None, clock=lambda: self.now)
        self.canvas.painted.connect(self.taken.append)
        self.window = QWidget()
        layout = QHBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas.widget())
        self.window.resize(160, 120)
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)

    def paint(self, image: np.ndarray) -> None:
        """Deliver a painting as the pipeline does."""
        zeros = np.zeros(10, np.float32)
        self.slot.append(Painting(image, np.full(5, 0.2, np.float32), zeros, zeros, 0.5, 0.0, 0.0))
        self.canvas.look()

    def rests(self, qtbot: QtBot) -> bool:
        """Whether there was no refresh for a while."""
        refreshes = self.canvas.refreshes
        qtbot.wait(120)
        return self.canvas.refreshes == refreshes

    def colour(self, x: float = 0.5, y: float = 0.5) -> np.ndarray:
        """The screen's colour at a place, 0..1 from the upper left."""
        image = self.canvas.grabFramebuffer() if isinstance(self.canvas, GLCanvas) else self.canvas.grab().toImage()
        colour: QColor = image.pixelColor(int(x * (image.width() - 1)), int(y * (image.height() - 1)))
        return np.array([colour.red(), colour.green(), colour.blue()])


KINDS = [pytest.param(GLCanvas, marks=pytest.mark.gl), RasterCanvas]


@pytest.fixture(params=KINDS)
def easel(request: pytest.FixtureRequest, qtbot: QtBot) -> Easel:
    """An easel of each kind; OpenGL where there is a context."""
    if request.param is GLCanvas and (problem := probe_opengl().problem):
        pytest.skip(problem)
    return Easel(request.param, qtbot)


def flat(red: int, green: int, blue: int, size: int = 16) -> np.ndarray:
    return np.full((size, size, 3), (red, green, blue), np.uint8)


def test_a_bare_wall_is_dark_and_nothing_is_live(easel: Easel) -> None:
    assert np.abs(easel.colour() - np.array(WALL)).max() < 12
    easel.canvas.look()
    assert easel.taken == []


def test_a_painting_rises_out_of_the_wall_and_stays(easel: Easel) -> None:
    easel.paint(flat(200, 120, 40))
    assert np.abs(easel.colour() - np.array(WALL)).max() < 12
    easel.now += FIRST_S / 2
    halfway = easel.colour()
    easel.now += FIRST_S
    assert np.abs(easel.colour() - (200, 120, 40)).max() <= 10  # the weave moves it a little
    assert WALL[0] < halfway[0] < 195
    assert len(easel.taken) == 1


def test_the_fade_is_linear_in_light(easel: Easel) -> None:
    easel.paint(flat(0, 0, 0))
    easel.now += 5
    easel.colour()
    easel.paint(flat(255, 255, 255))
    easel.now += FIRST_S / 2
    assert easel.colour()[1] == pytest.approx(188, abs=10)  # half the light is code 188, not 128


def test_a_painting_in_the_middle_of_a_fade_makes_no_jump(easel: Easel) -> None:
    easel.paint(flat(10, 200, 10))
    easel.now += 5
    easel.colour()
    easel.paint(flat(250, 10, 10))
    easel.now += FIRST_S / 2
    before = easel.colour()
    easel.paint(flat(10, 10, 250))
    assert np.abs(easel.colour() - before).max() <= 3
    easel.now += 5
    assert np.abs(easel.colour() - (10, 10, 250)).max() <= 12


def test_a_painting_of_another_size_makes_no_jump(easel: Easel) -> None:
    easel.paint(flat(90, 90, 90, size=16))
    easel.now += 5
    before = easel.colour()
    easel.paint(flat(200, 90, 90, size=64))
    assert np.abs(easel.colour() - before).max() <= 3
    easel.now += 5
    assert easel.colour()[0] > 185


def test_up_is_up_and_left_is_left(easel: Easel) -> None:
    image = flat(0, 0, 0)
    image[:8, :8] = (255, 0, 0)  # upper left
    image[8:, 8:] = (0, 0, 255)  # lower right
    easel.paint(image)
    easel.now += 5
    assert easel.colour(0.2, 0.3)[0] > 150
    assert easel.colour(0.8, 0.7)[2] > 150
    assert easel.colour(0.8, 0.3).max() < 60


def test_the_whole_painting_hangs_on_the_wall(easel: Easel) -> None:
    easel.paint(flat(250, 250, 250))
    easel.now += 5
    assert easel.colour(0.02, 0.5).min() > 180  # fills the window
    easel.canvas.set_fit("fit")
    assert easel.colour(0.02, 0.5).max() < 40
    assert easel.colour().min() > 230


def test_clearing_brings_the_wall_back(easel: Easel) -> None:
    easel.paint(flat(250, 250, 250))
    easel.now += 5
    easel.colour()
    easel.canvas.clear()
    easel.now += 5
    assert easel.colour().max() < 45


def test_live_it_takes_paintings_by_itself_and_then_rests(easel: Easel, qtbot: QtBot) -> None:
    easel.canvas.set_live(True)
    zeros = np.zeros(10, np.float32)
    easel.slot.append(Painting(flat(9, 9, 9), np.full(5, 0.2, np.float32), zeros, zeros, 0.5, 0.0, 0.0))
    qtbot.waitUntil(lambda: len(easel.taken) == 1)
    easel.canvas.set_live(False)
    easel.now += 5
    assert any(easel.rests(qtbot) for _ in range(20))


def test_timings_are_kept_for_the_bench(easel: Easel) -> None:
    easel.paint(flat(1, 2, 3))
    easel.colour()
    assert len(easel.canvas.upload_s) == 1
    assert len(easel.canvas.paint_s) >= 1


@pytest.mark.gl
def test_a_lost_context_is_rebuilt_with_the_last_painting(qtbot: QtBot) -> None:
    if problem := probe_opengl().problem:
        pytest.skip(problem)
    easel = Easel(GLCanvas, qtbot)
    easel.paint(flat(30, 200, 90))
    easel.now += 5
    assert easel.colour()[1] > 180
    # Reparenting to another window makes Qt destroy the context and call initializeGL again.
    other = QWidget()
    qtbot.addWidget(other)
    layout = QHBoxLayout(other)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(easel.canvas.widget())
    other.resize(160, 120)
    other.show()
    qtbot.waitExposed(other)
    easel.now += 5
    assert np.abs(easel.colour() - (30, 200, 90)).max() <= 12


def test_imitated_opengl_is_recognised() -> None:
    assert OpenGL("", "llvmpipe (LLVM 15.0.6, 256 bits)").software
    assert not OpenGL("", "NVIDIA GeForce RTX 3060/PCIe/SSE2").software


def test_no_opengl_is_a_sentence_not_a_crash(qapp: QGuiApplication) -> None:
    if QGuiApplication.platformName() != "offscreen":
        pytest.skip("this platform may have OpenGL")
    assert "picture is drawn without it" in probe_opengl().problem
