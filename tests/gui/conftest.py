"""The real window on real parts, with a stand-in for the sound card alone; leaked timers fail a test."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QSurfaceFormat
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import tiny_model_folder
from tests.fakes_audio import FakeSound
from tests.sound_files import tone, write_sound
from visualizer.gui.canvas import wanted_format
from visualizer.gui.raster import RasterCanvas
from visualizer.gui.settings import SettingsFile
from visualizer.gui.window import MainWindow
from visualizer.painting.models import load_model
from visualizer.painting.pipeline import Pipeline
from visualizer.show.events import State
from visualizer.show.parts import Parts
from visualizer.show.session import Session
from visualizer.sound.audio import Microphone, Player, input_devices

PATIENCE_MS = 30_000

QSurfaceFormat.setDefaultFormat(wanted_format())  # before pytest-qt makes the application


def pytest_configure(config: pytest.Config) -> None:
    """Qt's offscreen platform says of every window and menu what it cannot do."""
    config.addinivalue_line("qt_log_ignore", "^This plugin does not support ")


class PatientBot(QtBot):
    """Waits longer than pytest-qt's five seconds: on a crowded machine a thread may not run for as long."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        """Run the event loop until something holds."""
        super().waitUntil(callback, timeout=timeout)

    def waitExposed(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        """Until a window is on the screen."""
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        """Until a window has the keys."""
        return super().waitActive(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's, with patience."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def no_timer_is_left(no_thread_is_left: None) -> Iterator[None]:
    """Fail a test that leaves a timer ticking."""
    yield
    gc.collect()
    ticking = [one for one in gc.get_objects() if type(one) is QTimer and _ticks(one)]
    assert not ticking, f"timers left: {[timer.parent() for timer in ticking]}"


def _ticks(timer: QTimer) -> bool:
    try:
        return timer.isActive()
    except RuntimeError:  # Qt has deleted it already
        return False


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kilobyte model."""
    return tiny_model_folder(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two sound files of 20 s."""
    folder = tmp_path_factory.mktemp("songs")
    return [write_sound(folder / f"{name}.wav", tone(20.0, 8000, channels=1), 8000) for name in ("first", "second")]


@pytest.fixture
def sound() -> FakeSound:
    """One microphone and one loudspeaker, moved by hand."""
    return FakeSound()


@pytest.fixture
def parts(sound: FakeSound, model_folder: Path) -> Parts:
    """The app's own parts on the stand-in sound system, painting with the tiny model."""
    return Parts(
        player=lambda: Player(backend=sound),
        listen=lambda device: Microphone(device, backend=sound),
        inputs=lambda: input_devices(sound),
        model=lambda name: load_model(Path(name) if name else model_folder, threads=1, verify=False),
        paint=lambda model, latest, failed: Pipeline(model, latest, on_failed=failed),
    )


@pytest.fixture
def open_window(
    qtbot: QtBot, parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], MainWindow]]:
    """Opens windows whose settings are in tmp_path; all are closed at the end."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("visualizer.show.session.CLOSE_S", PATIENCE_MS / 1000)  # threads may be slow, not stay
    monkeypatch.setattr("visualizer.gui.shows.keep_presenting", contextlib.nullcontext)  # the display may sleep
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(Session(parts), RasterCanvas, SettingsFile(tmp_path / "settings.ini"), seed=3)
        windows.append(window)
        qtbot.addWidget(window)
        with qtbot.waitActive(window):  # keys reach only the active window
            window.show()
            window.activateWindow()
        return window

    yield make
    for window in windows:
        window.close()


@pytest.fixture
def window(open_window: Callable[[], MainWindow]) -> MainWindow:
    """The window before any music, without a model."""
    return open_window()


@pytest.fixture
def playing(window: MainWindow, songs: list[Path], qtbot: QtBot) -> MainWindow:
    """The window with a model and two pieces, the first playing, and a painting on the canvas."""
    window.session.load_model(None)
    window.open(songs)
    qtbot.waitUntil(lambda: window.session.status().state is State.PLAYING and window.paintings > 0)
    qtbot.waitUntil(lambda: window.session.status().duration_s > 0)
    return window
