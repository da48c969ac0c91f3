"""Both canvases: the same picture, cross-fades without a jump, rest, a lost context."""

from __future__ import annotations

import sys
import threading
from collections import deque
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QColor, QGuiApplication, QImage, QRegion
from PyQt6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from visualizer.gui import raster_refresh
from visualizer.gui.canvas import GLCanvas, OpenGL, probe_opengl
from visualizer.gui.raster import RasterCanvas
from visualizer.gui.raster_refresh import Drawn, RasterRefresh, Wanted
from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import BANDS
from visualizer.painting.engine import Painting
from visualizer.painting.knobs import Knobs
from visualizer.picture.fade import FIRST_S
from visualizer.picture.hanging import FITS, WALL, Fit
from visualizer.picture.scene import BLACK_S, Scene, Sight


class Easel:
    """A canvas in a window, with its clock and its slot for paintings."""

    def __init__(self, kind: type[GLCanvas] | type[RasterCanvas], qtbot: QtBot) -> None:
        self.now = 100.0
        self.slot: deque[Painting] = deque(maxlen=1)
        self.taken: list[Painting] = []
        self.features: Features | None = None
        self.canvas = kind(lambda: self.slot.pop() if self.slot else None, lambda: self.features, lambda: self.now)
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

    def screen(self) -> np.ndarray:
        """What is on screen now, int [h, w, 3]."""
        if isinstance(self.canvas, RasterCanvas):
            self.canvas.draw_now()
        image = self.canvas.grabFramebuffer() if isinstance(self.canvas, GLCanvas) else self.canvas.grab().toImage()
        image = image.convertToFormat(QImage.Format.Format_RGBA8888)
        data = image.constBits()
        assert data is not None
        codes = np.frombuffer(data.asarray(image.sizeInBytes()), np.uint8)
        return codes.reshape(image.height(), image.width(), 4)[..., :3].astype(int)

    def colour(self, x: float = 0.5, y: float = 0.5) -> np.ndarray:
        """The screen's colour about a place, 0..1 from the upper left; brush and weave are averaged away."""
        screen = self.screen()
        row, column = (int(place * (side - 1)) for place, side in zip((y, x), screen.shape, strict=False))
        return screen[max(0, row - 4) : row + 5, max(0, column - 4) : column + 5].mean(axis=(0, 1))


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


KICK = replace(Features.silence(), is_open=True, loudness=1.0, onsets=np.ones(len(BANDS)))


def striped() -> np.ndarray:
    image = flat(20, 20, 20, size=64)
    image[:, 32:] = 220
    image[::4] //= 2
    return image


def test_live_the_picture_moves_with_the_music_and_holds_in_a_pause(easel: Easel) -> None:
    easel.paint(striped())
    easel.now += 5
    easel.canvas.set_live(True)
    easel.features = Features.silence()
    still = easel.screen()
    easel.features = KICK
    for _ in range(4):
        easel.now += 0.03
        moved = easel.screen()
    assert np.abs(moved - still).mean() > 1
    easel.canvas.set_live(False)
    easel.now += 5
    assert np.abs(easel.screen() - moved).max() <= 3


@pytest.mark.parametrize("switch", ["reduced", "knobs"])
def test_movement_can_be_turned_off(easel: Easel, switch: str) -> None:
    easel.paint(striped())
    easel.now += 5
    if switch == "reduced":
        easel.canvas.set_reduced(True)
    else:
        easel.canvas.set_knobs(Knobs(sensitivity=0.0))
    still = easel.screen()
    easel.canvas.set_live(True)
    easel.features = KICK
    for _ in range(4):
        easel.now += 0.03
        moved = easel.screen()
    assert np.abs(moved - still).mean() < 1


def test_without_features_of_their_own_the_paintings_are_used(easel: Easel) -> None:
    easel.paint(striped())
    easel.now += 5
    still = easel.screen()
    easel.canvas.set_live(True)
    zeros = np.zeros(10, np.float32)
    painting = Painting(striped(), np.full(5, 0.2, np.float32), zeros, zeros, 0.5, 0.0, 0.0, features=KICK)
    easel.slot.append(painting)
    easel.canvas.look()
    for _ in range(4):
        easel.now += 0.03
        moved = easel.screen()
    assert np.abs(moved - still).mean() > 1


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size", [(210, 90), (90, 160)])
def test_every_fit_covers_every_shape_of_screen(easel: Easel, fit: Fit, size: tuple[int, int]) -> None:
    easel.window.setFixedSize(*size)
    easel.canvas.set_fit(fit)
    easel.canvas.set_live(True)
    easel.features = KICK
    easel.paint(flat(240, 240, 240))
    for _ in range(5):
        easel.now += 1
        screen = easel.screen()
    assert screen.shape[:2] == (size[1], size[0])
    corners = np.array([screen[row, column] for row in (1, -2) for column in (1, -2)])
    if fit == "fit":
        assert corners.max() < 60  # the wall
        assert screen[size[1] // 2, size[0] // 2].min() > 190
    else:
        assert screen.min() > 100


def test_an_unknown_fit_or_tier_is_refused(easel: Easel) -> None:
    with pytest.raises(ValueError, match="stretch"):
        easel.canvas.set_fit("stretch")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="-1"):
        easel.canvas.set_tier(-1)


def test_a_mirrored_painting_goes_on_beyond_its_sides(easel: Easel) -> None:
    image = flat(10, 10, 10, size=64)
    image[:, :32] = (230, 10, 10)
    easel.window.setFixedSize(200, 80)
    easel.canvas.set_fit("mirror")
    easel.paint(image)
    easel.now += 5
    assert easel.colour(0.4, 0.5)[0] > 180
    assert easel.colour(0.2, 0.5)[0] > 180  # its mirror image
    assert easel.colour(0.04, 0.5)[0] < 60
    assert easel.colour(0.75, 0.5)[0] < 60


def test_frozen_the_picture_stays_and_paintings_are_still_taken(easel: Easel) -> None:
    easel.paint(flat(200, 40, 40))
    easel.now += 5
    before = easel.colour()
    easel.canvas.set_frozen(True)
    easel.paint(flat(40, 40, 200))
    easel.now += 5
    assert easel.colour() == pytest.approx(before, abs=1)
    assert len(easel.taken) == 2
    easel.canvas.set_frozen(False)
    easel.paint(flat(40, 40, 200))
    easel.now += 5
    assert easel.colour()[2] > 170


def test_black_fades_in_and_out(easel: Easel) -> None:
    easel.paint(flat(200, 200, 200))
    easel.now += 5
    easel.colour()
    easel.canvas.set_black(True)
    easel.now += BLACK_S / 2
    assert easel.colour().mean() == pytest.approx(100, abs=12)
    easel.now += BLACK_S
    assert easel.screen().max() <= 1
    easel.canvas.set_black(False)
    easel.now += BLACK_S + 0.1
    assert easel.colour().mean() > 185


def strobe(easel: Easel) -> list[float]:
    """Light of the screen while black and white paintings take turns, ten of each a second."""
    codes = []
    for number in range(24):
        easel.paint(flat(*[255 * (number % 2)] * 3))
        easel.now += 0.05
        codes.append(float(easel.colour().mean()))
    return codes


def test_flashes_are_held_back_unless_asked_for(easel: Easel) -> None:
    held = strobe(easel)
    easel.now += 5
    easel.canvas.set_limited(False)
    free = strobe(easel)
    assert np.abs(np.diff(free[10:])).mean() > 3 * np.abs(np.diff(held[10:])).mean()


def test_every_tier_shows_the_same_picture(easel: Easel) -> None:
    easel.paint(flat(200, 120, 40))
    easel.now += 5
    for tier in range(4):
        easel.canvas.set_tier(tier)
        assert np.abs(easel.colour() - (200, 120, 40)).max() <= 10


def test_ages_and_intervals_are_kept_while_live(easel: Easel) -> None:
    easel.paint(flat(1, 2, 3))
    easel.now = 7.5  # the painting was made at 0
    easel.screen()
    assert not easel.canvas.painting_age_s
    easel.canvas.set_live(True)
    for _ in range(3):
        easel.screen()
    assert easel.canvas.painting_age_s[-1] == 7.5
    assert len(easel.canvas.interval_s) >= 2
    assert min(easel.canvas.interval_s) > 0


def test_what_others_took_away_is_told_beside_each_interval(easel: Easel) -> None:
    easel.paint(flat(1, 2, 3))
    easel.canvas.set_live(True)
    for _ in range(3):
        easel.screen()
    assert set(easel.canvas.others_s) == {0.0}  # nobody has asked
    easel.canvas.trace_waits()
    for _ in range(3):
        easel.screen()
    assert len(easel.canvas.others_s) == len(easel.canvas.interval_s)
    pairs = zip(easel.canvas.others_s, easel.canvas.interval_s, strict=True)
    assert all(0 <= others <= interval for others, interval in pairs)


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


def test_what_lies_above_a_raster_canvas_costs_no_refresh(qtbot: QtBot) -> None:
    easel = Easel(RasterCanvas, qtbot)
    easel.paint(flat(200, 120, 40))
    easel.now += 2 * FIRST_S
    easel.screen()
    drawn = easel.canvas.refreshes
    corner = QImage(40, 40, QImage.Format.Format_RGB32)
    easel.canvas.widget().render(corner, QPoint(), QRegion(4, 4, 30, 20))  # as when what lies above has changed
    assert easel.canvas.refreshes == drawn
    assert QColor(corner.pixel(20, 15)).red() > 150


def slow_canvas(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> tuple[Easel, threading.Event]:
    """A raster canvas whose drawing thread waits for an event in each refresh."""
    easel, go_on = Easel(RasterCanvas, qtbot), threading.Event()
    draw = RasterRefresh.draw

    def slow_draw(self: RasterRefresh, wanted: Wanted) -> Drawn:
        assert threading.current_thread() is not threading.main_thread()
        go_on.wait(10)
        return draw(self, wanted)

    monkeypatch.setattr(RasterRefresh, "draw", slow_draw)
    return easel, go_on


def test_the_window_does_not_wait_for_the_drawing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    easel, go_on = slow_canvas(qtbot, monkeypatch)
    before = easel.canvas.refreshes
    easel.canvas.set_live(True)
    qtbot.wait(80)  # events are handled meanwhile
    assert easel.canvas.refreshes <= before + 1
    go_on.set()
    qtbot.waitUntil(lambda: easel.canvas.refreshes > before + 3)


def test_hidden_it_draws_nothing_and_shown_again_it_goes_on(qtbot: QtBot) -> None:
    easel = Easel(RasterCanvas, qtbot)
    easel.canvas.set_live(True)
    qtbot.waitUntil(lambda: easel.canvas.refreshes > 2)
    easel.window.hide()
    assert not any(thread.name == "drawing" for thread in threading.enumerate())
    assert easel.rests(qtbot)
    easel.paint(flat(200, 120, 40))
    easel.now += 5
    easel.window.show()
    drawn = easel.canvas.refreshes
    qtbot.waitUntil(lambda: easel.canvas.refreshes > drawn + 1)
    assert np.abs(easel.colour() - (200, 120, 40)).max() <= 10


def test_a_refresh_that_fails_is_told_and_the_next_is_drawn(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    easel, told = Easel(RasterCanvas, qtbot), []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: told.append(error))
    broken = iter([True])
    whole = easel.canvas._scene.sight

    def sight(*words: Any, **named: Any) -> Sight:
        if next(broken, False):
            raise RuntimeError("no paint left")
        return whole(*words, **named)

    monkeypatch.setattr(easel.canvas._scene, "sight", sight)
    easel.canvas.set_live(True)
    drawn = easel.canvas.refreshes
    qtbot.waitUntil(lambda: easel.canvas.refreshes > drawn + 2)
    assert [str(error) for error in told] == ["no paint left"]


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize(("size", "scale"), [((333, 251), 1.0), ((300, 170), 1.5)])
def test_a_picture_drawn_in_strips_has_no_seams(
    qapp: QGuiApplication, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], scale: float, fit: Fit
) -> None:
    def drawn() -> np.ndarray:
        scene = Scene(WALL)
        refresh = RasterRefresh(scene)
        refresh.hang(np.random.default_rng(3).integers(0, 256, (48, 48, 3)).astype(np.uint8), 0.0)
        loud = replace(Features.silence(), loudness=1.0, is_open=True, onsets=np.ones(len(BANDS), np.float32))
        for number in range(4):  # zoomed and turned by then
            image = refresh.draw(Wanted(number, size, scale, fit, 0, loud, FIRST_S * number)).image
        data = image.constBits()
        assert data is not None
        return np.frombuffer(data.asarray(image.sizeInBytes()), np.uint8).copy()

    in_strips = drawn()
    monkeypatch.setattr(raster_refresh, "STRIP", 10_000)
    assert np.array_equal(in_strips, drawn())
