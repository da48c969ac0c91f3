"""The window: every action of the table by key and menu, drops, notices, full screen, menus, settings, end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QInputDialog, QLabel, QMenu
from pytestqt.qtbot import QtBot

from tests.fakes_audio import FakeSound
from tests.sound_files import tone, write_sound
from visualizer.errors import VisualizerError
from visualizer.gui.app import _dump, _write_report
from visualizer.gui.settings import SettingsFile
from visualizer.gui.window import MainWindow
from visualizer.show.actions import ACTIONS
from visualizer.show.events import State
from visualizer.show.parts import Parts

Check = Callable[[MainWindow], bool]


def dialogs(window: MainWindow) -> list[QFileDialog]:
    return [dialog for dialog in window.findChildren(QFileDialog) if dialog.isVisible()]


def title(window: MainWindow) -> str:
    return window.session.status().title


def position(window: MainWindow) -> float:
    return window.session.status().position_s


def steered(window: MainWindow) -> int:
    """How often a person's word on the beat has reached the listening thread."""
    return window.session.figures().beat_orders


def looked(window: MainWindow) -> int | None:
    """The look that is painted."""
    return window.painting.look if window.painting is not None else None


# What is true after each action, in a window that plays the first of two pieces from its start.
EFFECTS: dict[str, Check] = {
    "open": lambda w: [d.fileMode() for d in dialogs(w)] == [QFileDialog.FileMode.ExistingFiles],
    "open_folder": lambda w: [d.fileMode() for d in dialogs(w)] == [QFileDialog.FileMode.Directory],
    "play": lambda w: w.session.status().state is State.PAUSED,
    "next": lambda w: title(w) == "second",
    "previous": lambda w: title(w) == "first",  # there is none before
    "forward": lambda w: position(w) == pytest.approx(5, abs=0.5),
    "back": lambda w: position(w) == pytest.approx(0, abs=0.5),
    "leap_forward": lambda w: position(w) == pytest.approx(20, abs=0.5),  # the end
    "leap_back": lambda w: position(w) == pytest.approx(0, abs=0.5),
    "next_input": lambda w: w.session.status().live,
    "queue": lambda w: w.sounds.queue is not None and w.sounds.queue.count() == 2,
    "louder": lambda w: w.settings.volume == pytest.approx(0.85),
    "quieter": lambda w: w.settings.volume == pytest.approx(0.75),
    "mute": lambda w: w.settings.muted and w.transport.volume.value() == 0,
    "quit": lambda w: not w.isVisible(),
    "period_auto": lambda w: w.actions_by_name["period_auto"].isChecked(),
    **{f"period_{i}": lambda w, i=i: w.actions_by_name[f"period_{i}"].isChecked() for i in range(5)},
    **{fit: lambda w, fit=fit: w.settings.fit == fit for fit in ("fill", "fit", "mirror")},
    "next_fit": lambda w: w.settings.fit == "fit",
    "more_sensitive": lambda w: w.settings.sensitivity == pytest.approx(0.55),
    "less_sensitive": lambda w: w.settings.sensitivity == pytest.approx(0.45),
    "next_look": lambda w: looked(w) == 1,
    "previous_look": lambda w: looked(w) == -1,
    "last_look": lambda w: looked(w) == 0,
    "random_look": lambda w: looked(w) > 1,
    "lock": lambda w: w.looks.locked and w.actions_by_name["lock"].isChecked(),
    "freeze": lambda w: w.pictures.frozen and w.actions_by_name["freeze"].isChecked(),
    "black": lambda w: w.pictures.black and w.actions_by_name["black"].isChecked(),
    **dict.fromkeys(("tap", "resync", "nudge_back", "nudge_forward"), lambda w: steered(w) == 1),
    **dict.fromkeys(("double_tempo", "halve_tempo", "release_tempo"), lambda w: steered(w) == 1),
    "limited": lambda w: w.settings.limited and w.own.panel is not None and w.own.panel.general.question.isVisible(),
    "preferences": lambda w: w.own.panel is not None,
    "flashing": lambda w: w.stage.panel is not None and "flashing" in w.stage.panel.accessibleName(),
    "reduced": lambda w: w.looks.reduced,
    "output": lambda w: w.screens.output is not None and w.screens.output.isVisible(),
    "next_display": lambda w: w.screens.output is not None and w.screens.output.isFullScreen(),
    "desk": lambda w: w.settings.desk and w.desk.isVisible(),
    "overlay": lambda w: w.overlay.isVisible(),
    "record": lambda w: w.shows.states()["record"] and w.actions_by_name["record"].isChecked(),
    "camera": lambda w: any("camera" in text for text in w.stage.notices.texts),  # why there is none, or its name
    "save_scene": lambda w: any(dialog.isVisible() for dialog in w.findChildren(QInputDialog)),
    "save": lambda w: any(text.startswith("Painting saved") for text in w.stage.notices.texts),
    "full_screen": lambda w: w.isFullScreen(),
    "leave": lambda w: w.isVisible() and not w.isFullScreen(),
    "plot": lambda w: not w.settings.plot and not w.plot.isVisible(),
    "menu": lambda w: w.menu.isVisible(),
    "help": lambda w: w.stage.panel is not None,
    "about": lambda w: w.stage.panel is not None and "MVNet" in w.stage.panel.accessibleName(),
}


MEDIA = {key for action in ACTIONS for key in action.keys if "Media" in key}  # QTest cannot press them
SKIPPED = ("previous",)


def test_media_keys_are_bound(window: MainWindow) -> None:
    bound = {key.toString() for action in window.actions_by_name.values() for key in action.shortcuts()}
    assert bound >= MEDIA
    assert len(MEDIA) == 4


def test_every_action_is_tested(window: MainWindow) -> None:
    assert set(EFFECTS) == set(window.actions_by_name)


@pytest.mark.parametrize("name", EFFECTS)
def test_action_from_the_menu(playing: MainWindow, qtbot: QtBot, name: str) -> None:
    playing.actions_by_name[name].trigger()
    qtbot.waitUntil(lambda: EFFECTS[name](playing))
    playing.menu.close()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (action.name, key)
        for action in ACTIONS
        for key in action.keys
        if key not in MEDIA and action.name not in SKIPPED and action.name in EFFECTS
    ],
)
def test_action_by_key(playing: MainWindow, qtbot: QtBot, name: str, key: str) -> None:
    QTest.keySequence(playing.windowHandle(), QKeySequence(key))
    qtbot.waitUntil(lambda: EFFECTS[name](playing))
    playing.menu.close()


def test_every_action_is_in_a_menu(window: MainWindow) -> None:
    found: set[str] = set()

    def walk(menu: QMenu) -> None:
        for action in menu.actions():
            found.add(action.objectName())
            if (inner := action.menu()) is not None:
                walk(inner)

    walk(window.menu)
    assert set(EFFECTS) <= found


def test_playing_shows_title_time_plot_and_painting(playing: MainWindow, sound: FakeSound, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: playing.plot.isVisible())
    assert playing.transport.title.text() == "first"
    qtbot.waitUntil(lambda: playing.transport.time.text() == "0:00 / 0:20")
    assert playing.windowTitle().startswith("first")
    assert not playing.welcome.isVisible()
    assert playing.transport.play.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: sum(playing.plot.shown) == pytest.approx(1, abs=0.02))


def test_seek_line_goes_where_it_is_clicked(playing: MainWindow, qtbot: QtBot) -> None:
    line = playing.transport.seek
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(line.width() // 2, line.height() // 2))
    qtbot.waitUntil(lambda: position(playing) == pytest.approx(10, abs=0.3))


def test_about_says_what_runs_the_model(playing: MainWindow) -> None:
    playing.actions_by_name["about"].trigger()
    panel = playing.stage.panel
    assert panel is not None
    assert any("It runs on CPU (" in label.text() for label in panel.findChildren(QLabel))


def test_pausing_holds_the_picture(playing: MainWindow, qtbot: QtBot) -> None:
    playing.session.toggle()
    qtbot.waitUntil(lambda: playing.transport.play.accessibleName() == "Play")
    painted = playing.paintings
    qtbot.wait(150)
    assert playing.paintings == painted


def test_the_picture_moves_on_while_something_is_opened(playing: MainWindow, qtbot: QtBot) -> None:
    playing.session._jukebox.opening = True
    playing.watch.show_status()
    assert playing.session.status().state is State.OPENING
    playing.canvas.interval_s.clear()  # filled while it is live alone
    qtbot.waitUntil(lambda: len(playing.canvas.interval_s) > 3)


def test_a_period_chosen_in_a_pause_is_shown(playing: MainWindow, qtbot: QtBot) -> None:
    playing.session.toggle()
    qtbot.waitUntil(lambda: playing.transport.play.accessibleName() == "Play")
    painted = playing.paintings
    playing.looks.hold_period(4)
    qtbot.waitUntil(lambda: playing.paintings > painted)


def test_welcome_lists_pieces_and_plays_them(window: MainWindow, qtbot: QtBot) -> None:
    assert window.welcome.isVisible()
    assert [button.piece.period for button in window.welcome.pieces] == [
        "renaissance", "baroque", "classical", "romantic", "modern"
    ]  # fmt: skip
    piece = window.welcome.pieces[1].piece
    qtbot.mouseClick(window.welcome.pieces[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: title(window) == f"{piece.composer}: {piece.title}")
    qtbot.waitUntil(lambda: not window.welcome.isVisible())


def drop(window: MainWindow, paths: list[Path]) -> QDropEvent:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    window.dragEnterEvent(enter)
    event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    event.setAccepted(False)
    window.dropEvent(event)
    return event


def test_dropped_files_and_folders_play(window: MainWindow, songs: list[Path], qtbot: QtBot) -> None:
    assert drop(window, [songs[0].parent]).isAccepted()
    qtbot.waitUntil(lambda: title(window) == "first" and not window.session.status().last)
    drop(window, [songs[1]])
    qtbot.waitUntil(lambda: title(window) == "second")
    qtbot.waitUntil(lambda: window.settings.recent[:1] == (str(songs[1]),))


@pytest.mark.parametrize("content", [b"", b"not a sound", b"RIFF\x00\x00"])
def test_a_bad_file_is_one_notice_and_the_music_goes_on(
    playing: MainWindow, qtbot: QtBot, tmp_path: Path, content: bytes
) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(content)
    drop(playing, [bad])
    qtbot.waitUntil(lambda: len(playing.stage.notices.texts) == 1)
    assert "bad.wav" in playing.stage.notices.texts[0]
    qtbot.waitUntil(lambda: playing.session.status().state is State.PLAYING)
    assert not playing.session.status().last
    playing.session.step(1)
    qtbot.waitUntil(lambda: title(playing) == "second")


def test_an_empty_folder_is_said(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    drop(window, [tmp_path / "empty"])
    qtbot.waitUntil(lambda: any("no music in empty" in text for text in window.stage.notices.texts))
    assert window.welcome.isVisible()


def test_a_missing_model_is_said_and_the_music_plays(
    window: MainWindow, songs: list[Path], qtbot: QtBot, tmp_path: Path
) -> None:
    window.preferences.change(model="mine")
    window.session.load_model(str(tmp_path / "nowhere"))
    window.open(songs)
    qtbot.waitUntil(lambda: any("nowhere" in text for text in window.stage.notices.texts))
    qtbot.waitUntil(lambda: window.session.status().state is State.PLAYING and window.paintings > 0)
    assert window.settings.model == "mine"  # what paints instead was nobody's choice


def test_saved_painting_is_a_png_that_says_what_it_is(playing: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    from PIL import Image

    playing.actions_by_name["save"].trigger()
    qtbot.waitUntil(lambda: any(text.startswith("Painting saved: ") for text in playing.stage.notices.texts))
    path = Path(playing.stage.notices.texts[-1].removeprefix("Painting saved: "))
    assert tmp_path in path.parents
    with Image.open(path) as picture:
        assert min(picture.size) == 1024
        assert picture.info["mvnet:seed"] == "3"
        assert picture.info["mvnet:sound"] == "first"


def test_inputs_are_listed_chosen_and_remembered(playing: MainWindow, qtbot: QtBot) -> None:
    playing.transport.input.click()
    chooser = playing.sounds.chooser
    qtbot.waitUntil(lambda: [row.text() for row in chooser.rows] == ["Music files", "Fake microphone"])
    qtbot.mouseClick(chooser.rows[1], Qt.MouseButton.LeftButton)  # the second click, and it is heard
    qtbot.waitUntil(lambda: playing.session.status().live)
    qtbot.waitUntil(lambda: playing.settings.input_name.startswith("Fake microphone ["))
    assert title(playing) == "Fake microphone"
    assert playing.transport.time.text() == "listening"
    assert not playing.transport.seek.isEnabled()
    playing.session.toggle()
    qtbot.waitUntil(lambda: playing.transport.time.text() == "not listening")


def test_a_lost_input_is_a_notice_and_comes_back(window: MainWindow, sound: FakeSound, qtbot: QtBot) -> None:
    window.session.load_model(None)
    window.listen("")
    qtbot.waitUntil(lambda: window.session.status().live and window.session.status().state is State.PLAYING)
    channels, sound.input_channels = sound.input_channels, 0
    sound.streams[-1].die()
    qtbot.waitUntil(lambda: any("stopped" in text for text in window.stage.notices.texts))
    assert title(window).startswith("Waiting for")
    sound.input_channels = channels
    qtbot.waitUntil(lambda: window.session.status().state is State.PLAYING)


def test_listening_without_any_input_is_one_notice(window: MainWindow, sound: FakeSound, qtbot: QtBot) -> None:
    window.listen("no such thing")
    qtbot.waitUntil(lambda: any("no such thing" in text for text in window.stage.notices.texts))
    assert window.session.status().state is State.EMPTY


def test_full_screen_hides_controls_notices_and_pointer(playing: MainWindow, qtbot: QtBot) -> None:
    playing.screens.toggle_full_screen()
    qtbot.waitUntil(playing.isFullScreen)
    canvas = playing.canvas.widget()
    assert canvas.height() == playing.stage.height()
    playing.stage._rest.setInterval(10)
    playing.stage.show_controls()
    qtbot.waitUntil(lambda: not playing.transport.isVisible())
    assert playing.stage.cursor().shape() is Qt.CursorShape.BlankCursor
    playing.notice("A fault during the show.", alarm=True)
    assert not playing.stage.notices.isVisible()
    qtbot.mouseMove(playing.stage, QPoint(50, 50))
    playing.stage.show_controls()
    assert playing.transport.isVisible()
    assert playing.stage.notices.isVisible()
    qtbot.keyClick(playing, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not playing.isFullScreen())
    assert playing.isVisible()
    assert canvas.height() < playing.stage.height()


def test_the_painting_alone_has_the_window(
    playing: MainWindow, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    playing.preferences.change(plot=True, desk=True)
    playing.stage.set_bare()
    playing.stage.show_steps()
    playing.stage.show_welcome(True)
    playing.stage.show_badge(True)
    playing.stage.show_controls()
    playing.notice("A fault during the show.", alarm=True)
    stage = playing.stage
    assert playing.canvas.widget().geometry() == stage.rect()
    assert stage.cursor().shape() is Qt.CursorShape.BlankCursor
    for part in (playing.transport, playing.plot, playing.desk, playing.welcome, stage.steps, stage.badge):
        assert not part.isVisible()
    assert not stage.notices.isVisible()
    assert capsys.readouterr().err == "A fault during the show.\n"
    qtbot.keyClick(playing, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: playing.session.status().state is State.PAUSED)
    qtbot.keyClick(playing, Qt.Key.Key_F1)
    assert stage.panel is not None


def test_the_pointer_is_seen_over_a_sheet_on_the_full_screen(playing: MainWindow, qtbot: QtBot) -> None:
    playing.screens.toggle_full_screen()
    qtbot.waitUntil(playing.isFullScreen)
    playing.actions_by_name["preferences"].trigger()
    panel = playing.stage.panel
    assert panel is not None
    playing.stage._rest.setInterval(10)
    playing.stage.show_controls()
    qtbot.waitUntil(lambda: not playing.transport.isVisible())
    assert playing.stage.cursor().shape() is Qt.CursorShape.BlankCursor
    assert {panel.cursor().shape(), panel.sheet.cursor().shape()} == {Qt.CursorShape.ArrowCursor}


def test_files_for_options_that_cannot_be_written_are_said(playing: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    at_once = SimpleNamespace(run=lambda task: task())
    with pytest.raises(VisualizerError, match="choose another folder for --dump"):
        _dump(at_once, playing, tmp_path / "file" / "window.png")  # type: ignore[arg-type]
    assert "choose another file" in _write_report(tmp_path / "file" / "report.json", {})
    assert _write_report(tmp_path / "report.json", {}) == ""


def test_double_click_is_full_screen_but_not_on_the_transport(playing: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseDClick(playing.transport, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not playing.isFullScreen()
    qtbot.mouseDClick(playing.canvas.widget(), Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    qtbot.waitUntil(playing.isFullScreen)


def test_escape_closes_the_help_first(playing: MainWindow, qtbot: QtBot) -> None:
    playing.screens.toggle_full_screen()
    playing.actions_by_name["help"].trigger()
    assert playing.stage.panel is not None
    qtbot.keyClick(playing, Qt.Key.Key_Escape)
    assert playing.stage.panel is None
    assert playing.isFullScreen()


def test_focused_controls_keep_their_keys(playing: MainWindow, qtbot: QtBot) -> None:
    playing.transport.mute.setFocus()
    qtbot.keyClick(playing.transport.mute, Qt.Key.Key_Space)
    assert playing.settings.muted
    assert playing.session.status().state is State.PLAYING


def test_models_and_recent_menus(
    playing: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, model_folder: Path
) -> None:
    monkeypatch.setattr("visualizer.gui.window.find_models", lambda: {str(model_folder): model_folder})
    playing._submenus["models"].aboutToShow.emit()
    rows = playing._submenus["models"].actions()
    assert [(row.text(), row.isChecked()) for row in rows] == [(str(model_folder), True)]
    rows[0].trigger()
    qtbot.waitUntil(lambda: playing.settings.model == str(model_folder))
    playing._submenus["recent"].aboutToShow.emit()
    assert [row.text() for row in playing._submenus["recent"].actions()] == ["first.wav"]


def test_settings_survive_a_start(open_window: Callable[[], MainWindow], tmp_path: Path) -> None:
    window = open_window()
    window.music.set_volume(0.3)
    window.actions_by_name["plot"].trigger()
    window.resize(700, 500)
    window.close()
    assert SettingsFile(tmp_path / "settings.ini").load().volume == 0.3
    again = open_window()
    assert (again.settings.volume, again.settings.plot) == (0.3, False)
    assert again.transport.volume.value() == 30
    assert again.size().width() == 700


def test_damaged_settings_are_a_notice(open_window: Callable[[], MainWindow], tmp_path: Path) -> None:
    (tmp_path / "settings.ini").write_bytes(b"\x00\xff[]=garbage")
    window = open_window()
    assert any("damaged" in text for text in window.stage.notices.texts)
    assert (tmp_path / "settings.damaged.ini").exists()


def test_reports_from_other_threads_become_notices(window: MainWindow, qtbot: QtBot) -> None:
    thread = threading.Thread(target=window.reported.emit, args=("Something happened elsewhere.",))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: "Something happened elsewhere." in window.stage.notices.texts)


def test_it_settles_once_with_each_model(playing: MainWindow, qtbot: QtBot, model_folder: Path) -> None:
    settled: list[int] = []
    painted = playing.paintings
    qtbot.waitUntil(lambda: playing.paintings > painted + 2)  # the first model has settled, too
    playing.watch.settled.connect(lambda: settled.append(playing.paintings))
    playing.session.load_model(str(model_folder))
    qtbot.waitUntil(lambda: len(settled) == 1)
    painted = playing.paintings
    qtbot.waitUntil(lambda: playing.paintings > painted + 2)
    assert len(settled) == 1


def test_closing_ends_every_thread(playing: MainWindow, parts: Parts) -> None:
    assert {"session", "models", "pipeline", "decode"} <= {thread.name for thread in threading.enumerate()}
    playing.close()
    assert not {"session", "models", "pipeline", "decode"} & {thread.name for thread in threading.enumerate()}


def test_controls_have_names_and_size(playing: MainWindow) -> None:
    for button in (*playing.transport.buttons, playing.transport.input, playing.transport.seek):
        assert button.accessibleName()
        assert button.height() >= 24


def test_a_sound_that_ends_before_the_model_is_there_is_still_painted(
    window: MainWindow, qtbot: QtBot, sound: FakeSound, tmp_path: Path
) -> None:
    window.open([write_sound(tmp_path / "short.wav", tone(0.1, 8000, channels=1), 8000)])
    qtbot.waitUntil(lambda: bool(sound.streams) and window.session.status().state is State.PLAYING)
    while window.session.status().state is not State.ENDED:
        sound.streams[-1].pull(480)
        qtbot.wait(1)
    assert window.paintings == 0
    window.session.load_model(None)
    qtbot.waitUntil(lambda: window.paintings > 0)
    qtbot.waitUntil(window.plot.isVisible)


def test_closing_does_not_wait_for_a_thread_that_is_busy(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualizer.show.session.CLOSE_S", 0.05)
    busy, free = threading.Event(), threading.Event()

    def long_work() -> None:
        busy.set()
        free.wait(30)

    window.session.run(long_work)
    assert busy.wait(30)
    window.close()
    assert window.left_busy
    free.set()


def test_unwritable_settings_are_a_notice(qtbot: QtBot, open_window: Callable[[], MainWindow], tmp_path: Path) -> None:
    window = open_window()
    (tmp_path / "file").touch()
    window.preferences.file.path = tmp_path / "file" / "settings.ini"
    window.music.set_volume(0.3)
    qtbot.waitUntil(lambda: any("the settings are not kept" in text for text in window.stage.notices.texts))
