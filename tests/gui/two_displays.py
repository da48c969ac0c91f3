"""The show on two real displays. Not collected by itself: tests/e2e/test_displays.py runs it on an X server for it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QGuiApplication, QImage, QKeySequence, QScreen
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from tests.displays import Displays
from visualizer.gui.output_window import OutputWindow, screen_named
from visualizer.gui.start import begin, wanted_screen
from visualizer.gui.window import MainWindow
from visualizer.show.events import State
from visualizer.show.options import AppOptions

PROJECTOR = QRect(1280, 0, 1024, 768)
WAIT_MS = 30_000
STILL = 15  # refreshes after which a frozen picture stands


@pytest.fixture
def displays() -> Iterator[Displays]:
    with contextlib.closing(Displays(int(os.environ["DISPLAY"].removeprefix(":")))) as displays:
        yield displays
        if screen_named("Projector") is None:
            displays.plug_in("Projector", PROJECTOR.x(), PROJECTOR.width(), PROJECTOR.height())


@pytest.fixture
def show(playing: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window at the desk, the picture on the projector."""
    playing.setGeometry(100, 50, 900, 600)
    playing.preferences.change(display="Projector")
    playing.screens.toggle_full_screen()
    qtbot.waitUntil(lambda: filled(playing) == "Projector", timeout=WAIT_MS)
    return playing


def output(window: MainWindow) -> OutputWindow:
    assert window.screens.output is not None
    return window.screens.output


def filled(window: MainWindow) -> str:
    """Name of the display that the output fills; empty when it fills none."""
    found = window.screens.output
    screen = found.screen() if found is not None and found.isVisible() and found.isFullScreen() else None
    return screen.name() if found is not None and screen is not None and found.geometry() == screen.geometry() else ""


def on_screen(name: str) -> np.ndarray:
    """What a display really shows, uint8 [h, w, 3]."""
    screen = screen_named(name)
    assert isinstance(screen, QScreen)
    image = screen.grabWindow().toImage().convertToFormat(QImage.Format.Format_RGB888)
    bits = image.constBits()
    assert bits is not None
    rows = np.frombuffer(bits.asarray(image.sizeInBytes()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def focus(window: QWidget, qtbot: QtBot) -> None:
    with qtbot.waitActive(window, timeout=WAIT_MS):
        window.activateWindow()


def test_qt_sees_both(qapp: QApplication) -> None:
    assert [(screen.name(), screen.geometry()) for screen in QGuiApplication.screens()] == [
        ("Desk", QRect(0, 0, 1280, 720)),
        ("Projector", PROJECTOR),
    ]


def test_the_picture_fills_the_named_display_and_the_controls_stay(show: MainWindow) -> None:
    assert output(show).geometry() == PROJECTOR
    assert not show.isFullScreen()
    screen = show.screen()
    assert screen is not None
    assert screen.name() == "Desk"
    assert show.transport.isVisible()


def still_picture(show: MainWindow, qtbot: QtBot) -> np.ndarray:
    """What the projector shows once it stands still: on a busy machine a new painting's strokes come late."""
    pictures = [on_screen("Projector")]

    def stands() -> bool:
        nonlocal refreshed
        if output(show).canvas.refreshes <= refreshed + STILL:
            return False
        refreshed = output(show).canvas.refreshes
        pictures.append(on_screen("Projector"))
        return np.array_equal(pictures[-1], pictures[-2])

    refreshed = output(show).canvas.refreshes
    qtbot.waitUntil(stands, timeout=WAIT_MS)
    return pictures[-1]


def test_the_output_is_clean_whatever_happens(show: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: on_screen("Projector").std() > 5, timeout=WAIT_MS)
    show.pictures.set_frozen(True)
    before = still_picture(show, qtbot)
    children = output(show).findChildren(QWidget)
    assert children == [output(show).canvas.widget()]
    assert output(show).cursor().shape() == Qt.CursorShape.BlankCursor
    show.notice("Something went wrong.", alarm=True)
    show.actions_by_name["help"].trigger()
    show.actions_by_name["overlay"].trigger()
    show.shows.record()
    assert np.array_equal(still_picture(show, qtbot), before)
    assert not np.array_equal(on_screen("Desk")[:720, :1024], before[:720])
    show.shows.record()


def test_a_display_is_pulled_out_and_pushed_back(show: MainWindow, displays: Displays, qtbot: QtBot) -> None:
    displays.pull_out("Projector")
    qtbot.waitUntil(lambda: not output(show).isFullScreen(), timeout=WAIT_MS)
    assert output(show).isVisible()
    assert any("was pulled out" in text for text in show.stage.notices.texts)
    screen = output(show).screen()
    assert screen is not None
    assert screen.geometry().intersects(output(show).geometry())
    refreshed = output(show).canvas.refreshes
    qtbot.waitUntil(lambda: output(show).canvas.refreshes > refreshed, timeout=WAIT_MS)
    assert show.session.status().state is State.PLAYING
    displays.plug_in("Projector", PROJECTOR.x(), PROJECTOR.width(), PROJECTOR.height())
    qtbot.waitUntil(lambda: filled(show) == "Projector", timeout=WAIT_MS)
    refreshed = output(show).canvas.refreshes
    qtbot.waitUntil(lambda: output(show).canvas.refreshes > refreshed, timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("key", "done"),
    [
        ("3", lambda w: w.settings.period == 2),
        ("Z", lambda w: w.pictures.frozen),
        ("B", lambda w: w.pictures.black),
        ("N", lambda w: w.painting is not None and w.painting.look == 1),
        ("Space", lambda w: w.session.status().state is State.PAUSED),
        ("Esc", lambda w: w.screens.output is None and w.isVisible()),
        ("F", lambda w: w.screens.output is None and w.isVisible()),
    ],
)
def test_keys_work_in_the_output(show: MainWindow, qtbot: QtBot, key: str, done: Callable[[MainWindow], bool]) -> None:
    focus(output(show), qtbot)
    QTest.keySequence(output(show).windowHandle(), QKeySequence(key))
    qtbot.waitUntil(lambda: done(show), timeout=WAIT_MS)


def answer(window: MainWindow, words: str) -> None:
    (question,) = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
    buttons: list[QAbstractButton] = question.buttons()
    next(button for button in buttons if button.text() == words).click()


def test_quitting_asks_while_the_show_is_on(show: MainWindow, qtbot: QtBot) -> None:
    show.actions_by_name["quit"].trigger()
    show.actions_by_name["quit"].trigger()  # once is enough
    qtbot.waitUntil(lambda: any(box.isVisible() for box in show.findChildren(QMessageBox)), timeout=WAIT_MS)
    answer(show, "Go on")
    assert show.isVisible()
    assert filled(show) == "Projector"
    show.actions_by_name["quit"].trigger()
    answer(show, "Quit")
    assert not show.isVisible()


def test_covered_unfocused_and_minimised_it_goes_on(show: MainWindow, qtbot: QtBot) -> None:
    cover = QWidget()
    qtbot.addWidget(cover)
    cover.setGeometry(PROJECTOR)
    cover.show()
    focus(cover, qtbot)
    show.showMinimized()
    refreshed, painted = output(show).canvas.refreshes, show.paintings
    qtbot.waitUntil(lambda: output(show).canvas.refreshes > refreshed + 10, timeout=WAIT_MS)
    assert show.session.status().state is State.PLAYING
    show.showNormal()
    qtbot.waitUntil(lambda: show.paintings > painted, timeout=WAIT_MS)


def test_the_preview_leaves_the_refreshes_to_the_output(show: MainWindow, qtbot: QtBot) -> None:
    began = time.monotonic()
    preview, main = show.canvas.refreshes, output(show).canvas.refreshes
    qtbot.waitUntil(lambda: output(show).canvas.refreshes > main + 40, timeout=WAIT_MS)
    # By the time that passed, not by the output's own refreshes: those are fewer on a machine that cannot keep up.
    most = (time.monotonic() - began) * output(show).canvas.hz / 3
    assert show.canvas.refreshes - preview < most + 2
    show.screens.close_output()
    assert show.canvas._every == 1  # type: ignore[attr-defined]


def test_the_next_display_and_the_menu(show: MainWindow, qtbot: QtBot) -> None:
    show.actions_by_name["next_display"].trigger()
    qtbot.waitUntil(lambda: filled(show) == "Desk", timeout=WAIT_MS)
    menu = show._submenus["displays"]
    menu.aboutToShow.emit()
    rows = menu.actions()
    assert [row.text().split(",")[0] for row in rows] == ["Desk", "Projector"]
    assert rows[0].isChecked()
    rows[1].trigger()
    qtbot.waitUntil(lambda: filled(show) == "Projector", timeout=WAIT_MS)


@pytest.mark.parametrize("wanted", ["Projector", "2"])
def test_a_start_fills_the_display_that_is_asked_for(window: MainWindow, qtbot: QtBot, wanted: str) -> None:
    begin(window.session, window, AppOptions(display=wanted))
    qtbot.waitUntil(lambda: filled(window) == "Projector", timeout=WAIT_MS)
    assert not window.settings.left


def test_a_start_says_when_there_is_no_such_display(window: MainWindow) -> None:
    begin(window.session, window, AppOptions(display="3"))
    assert "no display “3”: use one of Desk, Projector" in " ".join(window.stage.notices.texts)
    assert output(window).isVisible()
    assert not output(window).isFullScreen()
    assert wanted_screen("0") is None


def test_a_start_opens_the_output_where_it_was(open_window: Callable[[], MainWindow], qtbot: QtBot) -> None:
    first = open_window()
    projector = screen_named("Projector")
    assert projector is not None
    first.screens.show_on(projector)
    first.close()
    again = open_window()
    begin(again.session, again, AppOptions())
    qtbot.waitUntil(lambda: filled(again) == "Projector", timeout=WAIT_MS)


def test_an_output_whose_display_is_away_waits_for_it(
    open_window: Callable[[], MainWindow], displays: Displays, qtbot: QtBot
) -> None:
    displays.pull_out("Projector")
    qtbot.waitUntil(lambda: screen_named("Projector") is None, timeout=WAIT_MS)
    window = open_window()
    window.preferences.change(output=True, display="Projector")
    begin(window.session, window, AppOptions())
    assert output(window).isVisible()
    assert not output(window).isFullScreen()
    displays.plug_in("Projector", PROJECTOR.x(), PROJECTOR.width(), PROJECTOR.height())
    qtbot.waitUntil(lambda: filled(window) == "Projector", timeout=WAIT_MS)
