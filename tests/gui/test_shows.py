"""The show in the real window: a recording that plays, scenes that come back, a display that stays awake."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent, QGuiApplication, QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from tests.gui.conftest import PATIENCE_MS
from tests.sound_files import tone, write_sound
from visualizer.gui.recordings import Recordings, recording_name
from visualizer.gui.window import MainWindow
from visualizer.show.awake import Awake
from visualizer.show.events import State
from visualizer.show.parts import Parts
from visualizer.show.recorder import RecordingOptions
from visualizer.sound.audio import Player

RECORDED_S = 2.5
DRAWN, PAINTED = 30, 5  # images and paintings in a recording that show motion, however slow the machine is
SIZE = (320, 180)


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two sound files that do not end before a slow machine is done."""
    folder = tmp_path_factory.mktemp("long")
    return [write_sound(folder / f"{name}.wav", tone(90.0, 8000, channels=1), 8000) for name in ("first", "second")]


@pytest.fixture
def parts(parts: Parts) -> Parts:
    """Files play silently, but in time."""
    return replace(parts, player=lambda: Player(None))


@pytest.fixture(autouse=True)
def small_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visualizer.gui.recordings.RecordingOptions", partial(RecordingOptions, SIZE))


def said(window: MainWindow, words: str) -> str:
    return next((text for text in window.stage.notices.texts if words in text), "")


def recordings(window: MainWindow) -> Recordings:
    assert window.shows._recordings is not None
    return window.shows._recordings


def drawn(window: MainWindow) -> int:
    """Images that were drawn for the recording, not left out."""
    recorder = recordings(window)._recorder
    return 0 if recorder is None else recorder._images - recorder.dropped


def test_a_recording_holds_what_was_shown_and_heard(playing: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    mark = recordings(playing).mark
    before = playing.paintings
    playing.actions_by_name["record"].trigger()
    qtbot.waitUntil(lambda: mark.isVisible() and playing.actions_by_name["record"].isChecked())
    qtbot.waitUntil(lambda: recordings(playing).seconds > RECORDED_S)
    qtbot.waitUntil(lambda: drawn(playing) >= DRAWN and playing.paintings >= before + PAINTED)
    qtbot.waitUntil(lambda: mark.time.text() != "0:00")
    playing.actions_by_name["record"].trigger()
    qtbot.waitUntil(lambda: bool(said(playing, "Recorded 0:")))
    assert not mark.isVisible()
    assert not playing.actions_by_name["record"].isChecked()
    (path,) = tmp_path.rglob("*.mp4")
    assert "first" in path.name
    with av.open(str(path)) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == SIZE
        images = [image.reformat(160, 90, "gray").to_ndarray().astype(float) for image in file.decode(video=0)]
    with av.open(str(path)) as file:
        sound = np.concatenate([piece.to_ndarray() for piece in file.decode(audio=0)], axis=1)
    assert images[0].std() > 2
    assert max(np.abs(image - images[0]).mean() for image in images) > 0.3
    assert sound.shape[1] / 48_000 >= RECORDED_S
    assert np.abs(sound[:, 48_000:]).max() > 0.1


def test_closing_finishes_a_recording(playing: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    playing.shows.record()
    qtbot.waitUntil(lambda: recordings(playing).seconds > 1)
    playing.close()
    (path,) = tmp_path.rglob("*.mp4")
    assert not path.name.endswith(".part.mp4")
    with av.open(str(path)) as file:
        assert file.duration is not None
        assert file.duration / 1e6 >= 1


def test_the_mark_goes_with_the_controls_on_the_full_screen(playing: MainWindow, qtbot: QtBot) -> None:
    playing.shows.record()
    mark = recordings(playing).mark
    playing.screens.toggle_full_screen()
    qtbot.waitUntil(playing.isFullScreen)
    playing.stage._hide_controls()
    assert not mark.isVisible()
    playing.stage.show_controls()
    qtbot.waitUntil(mark.isVisible)


def test_nothing_is_recorded_without_a_model(window: MainWindow) -> None:
    window.shows.record()
    assert said(window, "nothing to record yet")
    assert not window.shows.states()["record"]


@pytest.mark.parametrize(
    ("title", "ending"),
    [("Bach: Air", " Bach Air.mp4"), ("a/b\\c\0d", " a b c d.mp4"), ("", ".mp4"), ("x" * 500, "x" * 80 + ".mp4")],
)
def test_names_of_recordings_are_names_of_files(title: str, ending: str) -> None:
    name = recording_name(title)
    assert name.endswith(ending)
    assert len(name) < 110


def test_a_scene_is_saved_by_name_and_loaded_from_the_menu(playing: MainWindow, qtbot: QtBot) -> None:
    playing.preferences.change(wildness=0.9, fit="mirror", transition_s=4.0, period=2)
    playing.session.order(lambda engine: engine.show_look(7))
    qtbot.waitUntil(lambda: playing.painting is not None and playing.painting.look == 7)
    playing.actions_by_name["save_scene"].trigger()
    (dialog,) = playing.findChildren(QInputDialog)
    dialog.setTextValue("Second act")
    dialog.accept()
    qtbot.waitUntil(lambda: bool(said(playing, "Scene saved")))
    playing.preferences.change(wildness=0.1, fit="fill", transition_s=1.0, period=-1)
    playing.session.order(lambda engine: engine.show_look(0))
    qtbot.waitUntil(lambda: playing.painting is not None and playing.painting.look == 0)
    menu = playing._submenus["scenes"]
    menu.aboutToShow.emit()
    rows = menu.actions()
    assert rows[0].text() == "Second act"
    rows[0].trigger()
    qtbot.waitUntil(lambda: playing.settings.wildness == 0.9)
    assert (playing.settings.fit, playing.settings.transition_s, playing.settings.period) == ("mirror", 4.0, 2)
    qtbot.waitUntil(lambda: playing.painting is not None and playing.painting.look == 7)


def test_a_dropped_scene_is_shown_and_the_music_goes_on(playing: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    playing.preferences.change(speed=0.8)
    playing.shows.save("mine")
    qtbot.waitUntil(lambda: bool(said(playing, "Scene saved")))
    playing.preferences.change(speed=0.2)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "scenes" / "mine.scene.json"))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    playing.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))
    qtbot.waitUntil(lambda: playing.settings.speed == 0.8)
    assert playing.session.status().state is State.PLAYING


def test_a_damaged_scene_is_one_sentence(playing: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "bad.scene.json").write_text("{}")
    before = playing.settings
    playing.open([tmp_path / "bad.scene.json"])
    qtbot.waitUntil(lambda: "is damaged" in said(playing, "bad.scene.json"))
    assert playing.settings.knobs == before.knobs


def test_a_scene_without_a_name_is_refused(playing: MainWindow) -> None:
    playing.shows.save("   ")
    assert said(playing, "cannot be saved")


@pytest.fixture
def desktop() -> list[str]:
    """What the desktop was asked."""
    return []


def asking(desktop: list[str]) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def inhibit() -> Iterator[None]:
        desktop.append("stay awake")
        yield
        desktop.append("may sleep")

    return inhibit


def test_the_display_stays_awake_while_music_plays(playing: MainWindow, qtbot: QtBot, desktop: list[str]) -> None:
    playing.shows.awake.close()
    playing.shows.awake = Awake(asking(desktop))
    qtbot.waitUntil(lambda: desktop == ["stay awake"])
    playing.preferences.change(awake=False)
    qtbot.waitUntil(lambda: desktop == ["stay awake", "may sleep"])


def test_ten_presses_make_ten_pictures_and_the_clipboard_has_the_last(
    playing: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.clear()
    for _ in range(10):
        QTest.keySequence(playing.windowHandle(), QKeySequence("S"))
    qtbot.waitUntil(lambda: len(list(tmp_path.rglob("*.png"))) == 10, timeout=3 * PATIENCE_MS)
    qtbot.waitUntil(lambda: min(clipboard.image().width(), clipboard.image().height()) == 1024)


def test_the_switch_is_in_the_settings(playing: MainWindow) -> None:
    playing.own.toggle()
    assert playing.own.panel is not None
    switch = playing.own.panel.general.awake
    assert switch.isChecked()
    switch.click()
    assert not playing.settings.awake


def test_other_programs_can_choose_the_picture_as_a_camera(
    playing: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames: list[np.ndarray] = []
    device = SimpleNamespace(
        name="Camera", send=lambda frame: frames.append(frame.to_ndarray(format="rgb24")), close=lambda: None
    )
    monkeypatch.setattr("visualizer.show.virtual_camera.open_camera", lambda: device)
    action = playing.actions_by_name["camera"]
    action.trigger()
    assert action.isChecked()
    qtbot.waitUntil(lambda: len({frame.tobytes() for frame in frames}) > DRAWN // 3)
    assert frames[-1].shape == (720, 1280, 3)
    assert frames[-1].std() > 10  # a picture
    assert said(playing, "the camera Camera")
    action.trigger()
    qtbot.waitUntil(lambda: playing.shows.broadcast._camera is None)
    assert not action.isChecked()


def test_a_camera_that_cannot_be_opened_is_a_notice(
    playing: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    playing.actions_by_name["camera"].trigger()
    qtbot.waitUntil(lambda: bool(said(playing, "pip install pyvirtualcam")))
    qtbot.waitUntil(lambda: not playing.actions_by_name["camera"].isChecked())


def test_closing_the_window_gives_the_camera_back(
    playing: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[bool] = []
    device = SimpleNamespace(name="Camera", send=lambda frame: None, close=lambda: closed.append(True))
    monkeypatch.setattr("visualizer.show.virtual_camera.open_camera", lambda: device)
    playing.actions_by_name["camera"].trigger()
    qtbot.waitUntil(lambda: bool(said(playing, "the camera Camera")))
    playing.close()
    assert closed == [True]
