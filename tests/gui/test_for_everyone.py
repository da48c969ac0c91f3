"""Settings panel, keys, timing, first run, names, focus, sizes: what makes the window usable for everyone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from visualizer.files.pieces import bundled_pieces
from visualizer.gui.settings import SettingsFile
from visualizer.gui.settings_commands import WARNING
from visualizer.gui.settings_panel import SettingsPanel
from visualizer.gui.start import begin
from visualizer.gui.theme import DARK, LIGHT, PIGMENTS, Theme, contrast
from visualizer.gui.window import MainWindow
from visualizer.show.actions import ACTIONS
from visualizer.show.events import State
from visualizer.show.options import AppOptions
from visualizer.words import load_words


def settings_panel(window: MainWindow) -> SettingsPanel:
    if window.own.panel is None:
        window.actions_by_name["preferences"].trigger()
    panel = window.own.panel
    assert panel is not None
    return panel


def key_row(panel: SettingsPanel, name: str) -> str:
    """Choose an action on the page of keys; what is shown for its key."""
    panel.tabs.setCurrentIndex(2)
    tree = panel.keys.list
    for index in range(tree.topLevelItemCount()):
        item = tree.topLevelItem(index)
        assert item is not None
        tree.setCurrentItem(item)
        if panel.keys.current == name:
            return item.text(1)
    raise AssertionError(name)


# ---- settings


def test_what_is_changed_in_the_settings_holds_at_once(window: MainWindow) -> None:
    general = settings_panel(window).general
    general.appearance.activated.emit(2)
    assert window.settings.appearance == "light"
    assert LIGHT.ground in window.styleSheet()
    general.motion.activated.emit(2)
    assert window.looks.reduced
    general.quantised.click()
    assert not window.settings.quantised
    general.transition.moved_to.emit(general.transition.maximum())
    assert window.settings.transition_s == 30
    assert general.transition.words.text() == "30.0 s"


def test_the_flash_limit_goes_off_only_after_a_question(window: MainWindow, qtbot: QtBot) -> None:
    general = settings_panel(window).general
    general.limited.click()
    assert window.settings.limited
    assert general.question.isVisible()
    assert general.keep.hasFocus()
    general.keep.click()
    assert window.settings.limited
    assert not general.question.isVisible()
    general.limited.click()
    general.turn_off.click()
    assert not window.settings.limited
    assert not window.actions_by_name["limited"].isChecked()
    assert window.stage.badge.isVisible()
    window.stage.badge.click()
    assert window.settings.limited
    assert not window.stage.badge.isVisible()


def test_the_menu_asks_too_and_turns_on_without_a_question(window: MainWindow) -> None:
    limited = window.actions_by_name["limited"]
    limited.trigger()
    assert limited.isChecked()
    assert settings_panel(window).general.question.isVisible()
    window.preferences.change(limited=False)
    limited.trigger()
    assert window.settings.limited


def test_no_badge_on_a_full_screen_at_rest(window: MainWindow) -> None:
    window.preferences.change(limited=False)
    window.stage.set_floating(True)
    window.stage._hide_controls()
    assert not window.stage.badge.isVisible()
    window.stage.show_controls()
    assert window.stage.badge.isVisible()


# ---- keys


def test_a_new_key_works_at_once_and_everywhere(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    panel = settings_panel(window)
    assert key_row(panel, "mute") == "M"
    panel.keys.list.setFocus()
    qtbot.keyClick(panel.keys.list, Qt.Key.Key_Return)
    assert "new key" in panel.keys.words.text()
    qtbot.keyClick(panel.keys.list, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    assert dict(window.settings.keys) == {"mute": ("Ctrl+U",)}
    assert key_row(panel, "mute") == "Ctrl U"
    window.sheets.close()
    QTest.keySequence(window.windowHandle(), QKeySequence("M"))
    assert not window.settings.muted
    QTest.keySequence(window.windowHandle(), QKeySequence("Ctrl+U"))
    assert window.settings.muted
    assert "Ctrl+U" in window.transport.mute.toolTip()
    window.actions_by_name["help"].trigger()
    assert window.stage.panel is not None
    assert "Ctrl U" in [label.text() for label in window.stage.panel.findChildren(QLabel)]
    window.close()
    assert dict(SettingsFile(tmp_path / "settings.ini").load().keys) == {"mute": ("Ctrl+U",)}


def test_a_key_in_use_is_named_and_refused(window: MainWindow, qtbot: QtBot) -> None:
    panel = settings_panel(window)
    key_row(panel, "mute")
    panel.keys.wait()
    qtbot.keyClick(panel.keys.list, Qt.Key.Key_L)
    assert "Lock the look" in panel.keys.words.text()
    assert dict(window.settings.keys) == {}
    assert panel.keys.list.waiting  # for another one
    assert not window.looks.locked
    qtbot.keyClick(panel.keys.list, Qt.Key.Key_Escape)
    assert not panel.keys.list.waiting
    assert window.own.panel is panel


def test_keys_can_be_taken_away_and_put_back(window: MainWindow) -> None:
    panel = settings_panel(window)
    key_row(panel, "play")
    panel.keys.remove.click()
    play = window.actions_by_name["play"]
    assert {key.toString() for key in play.shortcuts()} == {"Media Play", "Toggle Media Play/Pause"}
    panel.keys.usual.click()
    assert dict(window.settings.keys) == {}
    assert "Space" in {key.toString() for key in play.shortcuts()}


# ---- timing


def test_the_click_lights_the_lamp_at_the_beat_moved_by_the_offset(window: MainWindow, qtbot: QtBot) -> None:
    page = settings_panel(window).timing
    now = [10.0]
    page._clock = lambda: now[0]

    class Clicks:
        started = True
        position_s: float | None = 3.02

        def stop(self) -> None:
            self.started = False

    page.click = clicks = Clicks()  # type: ignore[assignment]
    page.look()
    assert page.lamp.lit
    now[0], clicks.position_s = 10.3, 3.32
    page.look()
    assert not page.lamp.lit
    page.offset.moved_to.emit(page.offset.maximum())  # 500 ms later
    assert window.settings.offsets == {"files": 500}
    now[0], clicks.position_s = 11.0, 4.02
    page.look()
    assert not page.lamp.lit
    now[0], clicks.position_s = 11.5, 4.52
    page.look()
    assert page.lamp.lit
    assert page.offset.words.text() == "500 ms later"


def test_the_click_plays_holds_the_music_and_leaves_nothing(playing: MainWindow, qtbot: QtBot) -> None:
    panel = settings_panel(playing)
    panel.tabs.setCurrentIndex(1)
    panel.timing.start.click()
    qtbot.waitUntil(lambda: playing.session.status().state is State.PAUSED)
    qtbot.waitUntil(lambda: panel.timing.click.position_s is not None)
    folder = panel.timing.click._folder
    assert folder is not None
    playing.sheets.close()
    qtbot.waitUntil(lambda: playing.session.status().state is State.PLAYING)
    qtbot.waitUntil(lambda: panel_click_is_closed(playing) and not folder.exists())


def panel_click_is_closed(window: MainWindow) -> bool:
    return window.own._click._player is None


# ---- flashing light, first run


def test_the_word_about_flashing_light_waits_and_comes_once(window: MainWindow, qtbot: QtBot) -> None:
    window.own.warn_once()
    assert WARNING in window.stage.notices.texts
    for text in ("a", "b", "c", "d"):
        window.notice(text)
    assert WARNING in window.stage.notices.texts
    notice = window.stage.notices._notices[0]
    assert not notice._reading.isActive()
    next(button for button in notice.findChildren(QAbstractButton) if button.text() == "I understand").click()
    assert window.settings.warned
    qtbot.waitUntil(lambda: WARNING not in window.stage.notices.texts)
    window.own.warn_once()
    assert WARNING not in window.stage.notices.texts


BUNDLED = tuple(piece.path for piece in bundled_pieces())


@pytest.mark.parametrize("files", [(), BUNDLED], ids=["by the app", "by script/play"])
def test_the_first_run_plays_and_says_what_to_do_next(
    window: MainWindow, qtbot: QtBot, files: tuple[Path, ...]
) -> None:
    begin(window.session, window, AppOptions(files=files))
    qtbot.waitUntil(lambda: window.session.status().state is State.PLAYING)
    assert window.session.queue()[0] == BUNDLED
    assert window.stage.steps.isVisible()
    assert len(window.stage.steps.findChildren(QLabel)) == 4  # a title and three sentences
    QTest.keySequence(window.windowHandle(), QKeySequence("M"))
    assert not window.stage.steps.isVisible()


@pytest.mark.parametrize("options", [AppOptions(safe_mode=True)])
def test_other_starts_do_not_begin_by_themselves(window: MainWindow, options: AppOptions) -> None:
    begin(window.session, window, options)
    assert window.session.queue()[0] == ()
    assert not window.stage.steps.isVisible()


def test_without_controls_the_word_about_flashing_light_is_said_to_who_started_it(
    window: MainWindow, capsys: pytest.CaptureFixture[str]
) -> None:
    window.stage.set_bare()
    window.own.warn_once()
    assert WARNING in capsys.readouterr().err
    assert not window.settings.warned  # nobody has closed it: the next start with controls shows it


def test_a_display_that_is_not_there_opens_no_window_at_later_starts(window: MainWindow) -> None:
    begin(window.session, window, AppOptions(safe_mode=True, display="nonsense"))
    assert any("no display “nonsense”" in text for text in window.stage.notices.texts)
    assert window.screens.output is not None
    assert not window.settings.output


def test_a_start_holds_the_period_that_is_asked_for(window: MainWindow) -> None:
    window.preferences.change(period=4)
    begin(window.session, window, AppOptions(safe_mode=True))
    assert window.settings.period == 4  # not asked: as last time
    begin(window.session, window, AppOptions(safe_mode=True, period="baroque"))
    assert window.settings.period == 1
    begin(window.session, window, AppOptions(safe_mode=True, period="auto"))
    assert window.settings.period < 0


def test_who_brings_music_to_the_first_run_is_left_alone(window: MainWindow, songs: list[Path]) -> None:
    begin(window.session, window, AppOptions(files=(songs[0],)))
    assert not window.stage.steps.isVisible()


def test_a_later_start_is_no_first_run(window: MainWindow, songs: list[Path]) -> None:
    window.preferences.change(recent=(str(songs[0]),))
    begin(window.session, window, AppOptions())
    assert not window.stage.steps.isVisible()
    assert window.welcome.isVisible()


# ---- names, focus, contrast, sizes

OPENERS = ("preferences", "help", "about", "flashing", "queue", "desk")


def all_shown(window: MainWindow, name: str) -> list[QWidget]:
    window.actions_by_name[name].trigger()
    if window.own.panel is not None:
        window.own.panel.general.question.show()
    return [
        widget for widget in window.findChildren(QWidget) if widget.isVisible() or widget.parentWidget() is not None
    ]


@pytest.mark.parametrize("name", OPENERS)
def test_everything_that_takes_the_focus_has_a_name(playing: MainWindow, name: str) -> None:
    playing.own.warn_once()
    nameless = [
        widget
        for widget in all_shown(playing, name)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.objectName().startswith("qt_")
        and type(widget).__module__.startswith(("visualizer", "PyQt6"))
        and not _inner(widget)
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
    ]
    assert not nameless, [(type(widget).__name__, widget.objectName()) for widget in nameless]


def _inner(widget: QWidget) -> bool:
    """A part that Qt makes within a control of ours: menus and pop-up lists name their rows themselves."""
    return type(widget).__name__ in (
        "QComboBoxListView",
        "QComboBoxPrivateContainer",
        "QMenu",
        "QListView",
        "QHeaderView",
    )


@pytest.mark.parametrize("name", OPENERS)
def test_the_keyboard_reaches_every_control(playing: MainWindow, name: str) -> None:
    """Tab goes around: every visible control that takes the focus is on the way."""
    playing.actions_by_name[name].trigger()
    wanted = {
        widget
        for widget in playing.stage.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    }
    playing.stage.setFocus()
    reached: set[QWidget] = set()
    for _ in range(3 * len(wanted) + 5):
        QTest.keyClick(playing, Qt.Key.Key_Tab)
        focused = playing.focusWidget()
        if focused is not None:
            reached.add(focused)
    assert not wanted - reached, [(type(widget).__name__, widget.accessibleName()) for widget in wanted - reached]


@pytest.mark.parametrize("name", OPENERS)
def test_targets_are_large_enough(playing: MainWindow, name: str) -> None:
    playing.own.warn_once()
    playing.actions_by_name[name].trigger()
    small = [
        (type(widget).__name__, widget.accessibleName(), widget.width(), widget.height())
        for widget in playing.stage.findChildren(QWidget)
        if widget.isVisible() and isinstance(widget, QAbstractButton) and (widget.width() < 24 or widget.height() < 24)
    ]
    assert not small


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_graphics_hold_three_to_one(theme: Theme) -> None:
    for colour in (theme.accent, theme.quiet, *PIGMENTS):
        assert contrast(colour, theme.ground) >= 3
    assert contrast(theme.accent, theme.raised) >= 3
    for words in (theme.text, theme.quiet, theme.alarm):
        assert contrast(words, theme.raised) >= 4.5


@pytest.mark.parametrize(("appearance", "theme"), [("dark", DARK), ("light", LIGHT)])
def test_sheets_are_drawn_in_the_theme(window: MainWindow, appearance: str, theme: Theme) -> None:
    window.preferences.change(appearance=appearance)
    panel = settings_panel(window)
    image = panel.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert image.pixelColor(image.width() // 2, image.height() - 12).name() == theme.ground


@pytest.mark.parametrize("size", [(480, 320), (420, 320), (640, 360)])  # the last: full HD at 300 %
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_welcome_page_can_be_used_in_tiny_windows(
    language: str, open_window: Opener, qtbot: QtBot, size: tuple[int, int]
) -> None:
    load_words(language)
    try:
        window = open_window()
    finally:
        load_words("en")
    window.resize(*size)
    assert (window.width(), window.height()) == size
    welcome = window.welcome
    qtbot.waitUntil(lambda: not welcome.geometry().intersects(window.transport.geometry()))
    page = welcome.widget()
    assert page is not None
    assert page.width() <= welcome.width()  # nothing is cut at the side
    for button in page.findChildren(QPushButton):
        welcome.ensureWidgetVisible(button)
        seen = button.visibleRegion().boundingRect()
        assert (seen.width(), seen.height()) == (button.width(), button.height()), button.accessibleName()


@pytest.mark.parametrize("size", [(420, 747), (1120, 480), (420, 320)])
@pytest.mark.parametrize("name", ["preferences", "help", "flashing", "about"])
def test_sheets_fit_into_every_window(window: MainWindow, size: tuple[int, int], name: str) -> None:
    window.resize(*size)
    window.actions_by_name[name].trigger()
    panel = window.stage.panel
    assert panel is not None
    assert window.stage.rect().contains(panel.geometry())
    assert not panel.geometry().intersects(window.transport.geometry())
    for area in panel.findChildren(QScrollArea):
        page, view = area.widget(), area.viewport()
        if page is not None and view is not None and area.isVisible():
            assert page.minimumSizeHint().width() <= view.width(), name


@pytest.mark.parametrize("size", [(420, 747), (540, 960), (1120, 480), (1100, 720)])
def test_nothing_on_the_desk_is_cut(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    window.actions_by_name["desk"].trigger()
    page, view = window.desk.widget(), window.desk.viewport()
    assert page is not None
    assert view is not None
    assert page.minimumSizeHint().width() <= view.width()
    assert not window.desk.geometry().intersects(window.canvas.widget().geometry())
    assert not window.desk.geometry().intersects(window.transport.geometry())


@pytest.mark.parametrize("size", [(420, 747), (1120, 480), (1100, 720)])
def test_cards_and_plot_do_not_lie_on_each_other(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    window.stage.show_plot(True)
    window.stage.show_steps()
    assert window.stage.rect().contains(window.stage.steps.geometry())
    assert not window.stage.steps.geometry().intersects(window.plot.geometry())


def test_every_changeable_action_is_on_the_page_of_keys(window: MainWindow) -> None:
    tree = settings_panel(window).keys.list
    listed = {tree.topLevelItem(index).data(0, Qt.ItemDataRole.UserRole) for index in range(tree.topLevelItemCount())}  # type: ignore[union-attr]
    assert {action.name for action in ACTIONS if action.keys} - {"leave"} <= listed


Opener = Callable[[], MainWindow]


def test_own_keys_hold_from_the_start(open_window: Opener, tmp_path: Path) -> None:
    first = open_window()
    first.preferences.change(keys={"mute": ("U",)})
    first.close()
    again = open_window()
    QTest.keySequence(again.windowHandle(), QKeySequence("U"))
    assert again.settings.muted
