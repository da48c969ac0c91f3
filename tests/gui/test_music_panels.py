"""Queue, input chooser, cover, seek line and wheel in the real window."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes_audio import FakeSound
from tests.sound_files import tone, write_sound
from visualizer.files.tags import Tags
from visualizer.gui.input_chooser import InputChooser
from visualizer.gui.queue_panel import QueueList
from visualizer.gui.raster import RasterCanvas
from visualizer.gui.seek_line import bar_colours, bar_heights
from visualizer.gui.settings import SettingsFile
from visualizer.gui.theme import PIGMENTS
from visualizer.gui.window import MainWindow
from visualizer.show.events import State
from visualizer.show.parts import Parts
from visualizer.show.session import Session
from visualizer.sound.advice import system_sound_advice


class HandMeters:
    """Meters moved by hand."""

    made: list[HandMeters]

    def __init__(self, inputs: Sequence[Any]) -> None:
        self.keys = [one.key for one in inputs]
        self.level = -30.0
        self.closed = False

    def levels(self) -> Mapping[str, float]:
        return dict.fromkeys(self.keys, self.level)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def meters() -> list[HandMeters]:
    """Those that were opened."""
    return []


@pytest.fixture
def parts(parts: Parts, meters: list[HandMeters]) -> Parts:
    def make(inputs: Sequence[Any]) -> HandMeters:
        meters.append(HandMeters(inputs))
        return meters[-1]

    return replace(parts, meters=make)


def title(window: MainWindow) -> str:
    return window.session.status().title


def opened_queue(window: MainWindow, qtbot: QtBot) -> QueueList:
    window.actions_by_name["queue"].trigger()
    queue = window.sounds.queue
    assert queue is not None
    qtbot.waitUntil(lambda: queue.isVisible() and queue.count() == 2)
    return queue


def opened_chooser(window: MainWindow, qtbot: QtBot) -> InputChooser:
    window.transport.input.click()
    chooser = window.sounds.chooser
    qtbot.waitUntil(lambda: chooser.isVisible() and len(chooser.rows) == 2)
    return chooser


# ---- inputs


def test_the_chooser_measures_while_it_is_open(playing: MainWindow, qtbot: QtBot, meters: list[HandMeters]) -> None:
    chooser = opened_chooser(playing, qtbot)
    files, microphone = chooser.rows
    assert files.isChecked()
    assert "default" in microphone.accessibleName()
    qtbot.waitUntil(lambda: microphone.level == pytest.approx(0.5))
    meters[-1].level = -6.0
    qtbot.waitUntil(lambda: microphone.level == pytest.approx(0.9))
    qtbot.keyClick(chooser, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: all(one.closed for one in meters))
    assert not chooser.isVisible()
    assert playing.isVisible()


def test_the_chooser_by_keyboard_and_back_to_the_music(playing: MainWindow, qtbot: QtBot) -> None:
    playing.session.seek(7.0)
    playing.session.toggle()
    qtbot.waitUntil(lambda: playing.session.status().state is State.PAUSED)
    chooser = opened_chooser(playing, qtbot)
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    qtbot.keyClick(chooser, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: playing.session.status().live)
    qtbot.waitUntil(lambda: playing.settings.input_name.startswith("Fake microphone ["))
    chooser = opened_chooser(playing, qtbot)
    assert chooser.rows[1].isChecked()
    qtbot.mouseClick(chooser.rows[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: title(playing) == "first" and playing.session.status().state is State.PLAYING)
    assert playing.session.status().position_s == pytest.approx(7.0, abs=0.3)


def test_files_are_asked_for_when_no_music_waits(window: MainWindow, qtbot: QtBot) -> None:
    asked: list[bool] = []
    window.actions_by_name["open"].triggered.disconnect()
    window.actions_by_name["open"].triggered.connect(asked.append)
    qtbot.mouseClick(opened_chooser(window, qtbot).rows[0], Qt.MouseButton.LeftButton)
    assert len(asked) == 1


def test_a_chooser_without_inputs_says_so(window: MainWindow, qtbot: QtBot, sound: FakeSound) -> None:
    sound.input_channels = 0
    window.transport.input.click()
    chooser = window.sounds.chooser
    qtbot.waitUntil(lambda: chooser._note.text().startswith("No sound inputs were found. "))
    assert len(chooser.rows) == 1


@pytest.mark.parametrize("platform", ["darwin", "win32", "linux"])
def test_the_chooser_says_how_to_hear_other_programs_within_the_window(
    window: MainWindow, qtbot: QtBot, platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.resize(1000, 700)
    monkeypatch.setattr(sys, "platform", platform)
    window.transport.input.click()
    chooser, note = window.sounds.chooser, window.sounds.chooser._note
    qtbot.waitUntil(lambda: len(chooser.rows) == 2)  # files and a microphone: nothing hears what is played
    assert note.text() == system_sound_advice([])
    qtbot.waitUntil(lambda: note.height() >= note.heightForWidth(note.width()) > note.fontMetrics().height())
    assert chooser.x() + chooser.width() <= window.x() + window.width()


# ---- the queue


def test_the_queue_shows_tags_and_plays_by_keyboard(playing: MainWindow, qtbot: QtBot, songs: list[Path]) -> None:
    queue = opened_queue(playing, qtbot)
    qtbot.waitUntil(lambda: playing.session.tags(songs[1]) is not None)
    assert playing.session.tags(songs[1]) == Tags("second", duration_s=20.0)
    qtbot.keyClick(queue, Qt.Key.Key_Down)
    qtbot.keyClick(queue, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: title(playing) == "second")
    qtbot.waitUntil(lambda: queue.pieces.at == 1)


def test_pieces_are_moved_and_taken_out(playing: MainWindow, qtbot: QtBot, songs: list[Path]) -> None:
    queue = opened_queue(playing, qtbot)
    qtbot.keyClick(queue, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: playing.session.queue() == ((songs[1], songs[0]), 1))
    qtbot.waitUntil(lambda: queue.pieces.paths == (songs[1], songs[0]))
    model = queue.pieces
    mime = model.mimeData([model.index(0)])
    model.dropMimeData(mime, Qt.DropAction.MoveAction, 2, 0, model.index(-1))
    qtbot.waitUntil(lambda: queue.pieces.paths == tuple(songs))
    queue.setCurrentIndex(model.index(1))
    qtbot.keyClick(queue, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: queue.count() == 1)
    qtbot.keyClick(queue, Qt.Key.Key_Delete)  # the one that plays stays
    qtbot.wait(250)
    assert playing.session.queue()[0] == (songs[0],)


def test_ten_thousand_pieces_ask_only_for_what_is_seen(qtbot: QtBot) -> None:
    asked: list[Path] = []
    queue = QueueList(lambda path: None, asked.extend)
    qtbot.addWidget(queue)
    queue.resize(400, 300)
    queue.show_queue([Path(f"/music/{n}.flac") for n in range(10_000)], 5000)
    queue.show()
    qtbot.waitUntil(lambda: Path("/music/5000.flac") in asked)
    assert len(asked) < 20


# ---- the transport


def test_the_next_piece_follows_and_everything_changes_with_it(
    window: MainWindow, qtbot: QtBot, sound: FakeSound, tmp_path: Path
) -> None:
    for name, colour in (("one", (200, 0, 0)), ("two", None)):
        (tmp_path / name).mkdir()
        write_sound(tmp_path / name / f"{name}.wav", tone(2.0, 48_000), 48_000)
        if colour:
            Image.new("RGB", (90, 60), colour).save(tmp_path / name / "cover.png")
    window.open([tmp_path / "one" / "one.wav", tmp_path / "two" / "two.wav"])
    qtbot.waitUntil(lambda: window.transport.cover.isVisible())
    player: Any = window.session._jukebox._player
    while player.heard < 2.5 * 48_000:
        qtbot.waitUntil(lambda: player._feed.waiting >= 480)
        sound.streams[-1].pull(480)
    qtbot.waitUntil(lambda: window.transport.title.text() == "two")
    qtbot.waitUntil(lambda: not window.transport.cover.isVisible())
    assert window.settings.recent[0].endswith("two.wav")
    assert player.underruns == 0


def test_the_wheel_is_the_volume_anywhere_on_the_bar(playing: MainWindow) -> None:
    before = playing.settings.volume
    for part, notches in ((playing.transport, 1), (playing.transport.seek, -2), (playing.transport.volume, 2)):
        middle = QPointF(part.rect().center())
        event = QWheelEvent(
            middle,
            part.mapToGlobal(middle),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(part, event)
    assert playing.settings.volume == pytest.approx(before + 0.05)
    assert playing.session.status().position_s == pytest.approx(0, abs=0.5)


def test_the_seek_line_shows_the_survey_and_the_time_under_the_pointer(playing: MainWindow, qtbot: QtBot) -> None:
    line = playing.transport.seek
    qtbot.waitUntil(lambda: line.survey is not None and line.survey.heard_s == line.survey.duration_s)
    at = QPointF(line.width() * 3 / 4, 10)
    button, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(line, QMouseEvent(QEvent.Type.MouseMove, at, line.mapToGlobal(at), button, button, keys))
    assert line.time_at(line._pointed) in ("0:14", "0:15")
    assert line.accessibleDescription().endswith("of 0:20")
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: playing.session.status().position_s == pytest.approx(5, abs=0.5))


def test_bars_are_as_high_as_the_piece_is_loud_there() -> None:
    heights = bar_heights(np.array([0.0, 0.05, 0.1, 0.2, 0.4], np.float32))
    assert heights[0] == pytest.approx(0.06)
    assert heights[-1] == 1
    assert (np.diff(heights) > 0.1).all()
    assert bar_heights(np.full(3, 0.001, np.float32)).max() < 0.2  # a piece of near silence looks like it
    assert bar_heights(np.zeros(0, np.float32)).shape == (0,)


def test_bars_have_the_colour_of_the_period() -> None:
    colours = bar_colours(np.eye(5))
    assert ["#{:02x}{:02x}{:02x}".format(*row) for row in colours.tolist()] == list(PIGMENTS)
    assert np.ptp(bar_colours(np.zeros((1, 5)))) > 0  # not heard yet: a mixture of all


def test_closing_while_a_piece_is_surveyed_is_clean(
    qtbot: QtBot, parts: Parts, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(parts)
    window = MainWindow(session, RasterCanvas, SettingsFile(tmp_path / "settings.ini"))
    qtbot.addWidget(window)
    session.load_model(str(model_folder))
    window.open([write_sound(tmp_path / "long.wav", tone(600.0, 8000, channels=1), 8000)])
    line = window.transport.seek
    qtbot.waitUntil(lambda: line.survey is not None)
    assert line.survey.heard_s < 600  # type: ignore[union-attr]
    window.close()
    assert not window.left_busy
