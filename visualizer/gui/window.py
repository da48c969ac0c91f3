"""The main window: joins session, canvas, transport, desk, notices and settings. GUI thread.

It never decodes, computes or waits: commands go to the session, which answers with events; its
status is read ten times a second. What the actions do lies in its parts: music, looks, screens, shows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, QEvent, QPoint, QPointF, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QAction,
    QCloseEvent,
    QContextMenuEvent,
    QGuiApplication,
    QMouseEvent,
)
from PyQt6.QtWidgets import QMenu

from visualizer.files.pieces import Piece, bundled_pieces
from visualizer.gui.canvas import Canvas
from visualizer.gui.colours import Colours
from visualizer.gui.desk import Desk
from visualizer.gui.desktop import reduced_motion
from visualizer.gui.drop_window import DropWindow
from visualizer.gui.easel import Hear, Take
from visualizer.gui.menus import fill_choices, make_actions, make_menu
from visualizer.gui.music_commands import MusicCommands
from visualizer.gui.music_panels import MusicPanels
from visualizer.gui.overlay import Overlay
from visualizer.gui.panels import Panel
from visualizer.gui.period_plot import PeriodPlot
from visualizer.gui.picture_commands import PictureCommands
from visualizer.gui.pictures import Pictures
from visualizer.gui.preferences import Preferences
from visualizer.gui.screens import Screens
from visualizer.gui.session_watch import TITLE, SessionWatch
from visualizer.gui.settings import Settings, SettingsFile
from visualizer.gui.settings_commands import SettingsCommands
from visualizer.gui.sheets import Sheets
from visualizer.gui.shows import Shows
from visualizer.gui.stage import Stage
from visualizer.gui.theme import app_icon
from visualizer.gui.transport import Transport
from visualizer.gui.welcome import Welcome
from visualizer.painting.model_card import find_models
from visualizer.show.actions import SUBMENUS, bound
from visualizer.show.session import Session
from visualizer.words import tr

if TYPE_CHECKING:
    from visualizer.painting.engine import Painting


MakeCanvas = Callable[[Take, Hear], Canvas]


class MainWindow(DropWindow):
    """The window.

    Args:
        session: what plays and paints; the window closes it at its end.
        make_canvas: gives a canvas that takes paintings from one function and features from another.
        file: where the settings are kept; they are loaded from it now.
        seed: of the paintings, told in saved pictures.

    Attributes:
        preferences: the settings, and who hears of changes.
        music, sounds, looks, screens, own, shows, sheets: the parts that the actions call.
        watch: keeps all of it in step with the session.
        left_busy: closed while a thread of the session was still busy.
    """

    woken = pyqtSignal()  # from any thread: the session has events
    reported = pyqtSignal(str)  # from any thread: an unexpected fault, as a sentence
    asked = pyqtSignal(bool)  # from any thread: the desktop asks for reduced motion

    def __init__(self, session: Session, make_canvas: MakeCanvas, file: SettingsFile, seed: int = 0) -> None:
        super().__init__()
        self.session = session
        self.preferences = Preferences(file, session.run, self)
        self.left_busy = False
        self._make_canvas = make_canvas
        self._closed = False
        self.setWindowTitle(TITLE)
        self.setWindowIcon(app_icon())
        self.setMouseTracking(True)
        self.setMinimumSize(420, 320)
        self._build(seed)
        self._connect()
        self._restore()
        if self.preferences.warning:
            self.notice(self.preferences.warning, alarm=True)

    @property
    def settings(self) -> Settings:
        """As they are now."""
        return self.preferences.settings

    @property
    def painting(self) -> Painting | None:
        """The one that is shown."""
        return self.watch.painting

    @property
    def paintings(self) -> int:
        """How many were shown."""
        return self.watch.paintings

    # ---- making

    def _build(self, seed: int) -> None:
        session, preferences = self.session, self.preferences
        self.pictures = Pictures(session.features)
        self.watch = SessionWatch(self)
        self.music = MusicCommands(session, preferences, self, lambda volume: self.transport.show_volume(volume))
        self.looks = PictureCommands(session, preferences, self.pictures)
        self.screens = Screens(self, preferences, self.pictures, self._new_canvas, self.notice)
        self.own = SettingsCommands(session, preferences, self.pictures, self.watch.device, self._show_panel)
        self.shows = Shows(self, session, preferences, self.pictures, seed, self.notice)
        self.actions_by_name = make_actions(self, self._commands(), bound(preferences.settings.keys))
        self._submenus = {name: QMenu(self) for name in SUBMENUS}
        self.menu = make_menu(self, self.actions_by_name, self._submenus)
        if QGuiApplication.platformName() == "cocoa":
            bar = self.menuBar()
            for action in self.menu.actions():
                if bar is not None:
                    bar.addAction(action)
        self.canvas = self._new_canvas()
        self.transport = Transport(self.actions_by_name, self.menu)
        self.plot = PeriodPlot()
        listen = QAction(tr("Listen"), self)
        listen.triggered.connect(lambda: self.listen(""))
        self.welcome = Welcome(bundled_pieces(), self.actions_by_name["open"], listen)
        self.stage = Stage(self.canvas.widget(), self.transport, self.plot, self.welcome)
        self.desk = Desk(preferences, self.looks, lambda: self.pictures.features, self.watch.device)
        self.stage.set_desk(self.desk)
        self.overlay = Overlay(
            session.figures, lambda: self.canvas.renderer, self._provider_reason, self._card_memory, self.stage
        )
        self.stage.set_overlay(self.overlay)
        self.sheets = Sheets(self.stage, self.actions_by_name, preferences, session)
        self.own.join(self.stage, self.actions_by_name)
        self.shows.join(self.stage, self.canvas.widget(), lambda: self.painting)
        files, inputs = self.actions_by_name["open"], self._submenus["inputs"]
        self.sounds = MusicPanels(session, self.music, self.transport, files, inputs, self._show_panel, self.stage)
        followers = (self.transport, self.desk, self.plot, self.own, self.sounds)
        self.colours = Colours(self, (self.stage.notices,), followers)
        self.setCentralWidget(self.stage)
        self.stage.setFocus()  # not the first button: it would keep Space and the arrows for itself

    def _new_canvas(self) -> Canvas:
        """One more canvas."""
        return self.pictures.make(self._make_canvas, self.session.latest.reader())

    def _commands(self) -> dict[str, Callable[[], object]]:
        return (
            self.music.commands()
            | self.looks.commands()
            | self.screens.commands()
            | self.own.commands()
            | self.shows.commands()
            | {
                "quit": lambda: self.screens.leave_show(self.close),
                "leave": self._leave,
                "desk": lambda: self.preferences.change(desk=not self.settings.desk),
                "plot": lambda: self.preferences.change(plot=not self.settings.plot),
                "overlay": lambda: self._show_overlay(not self.overlay.isVisibleTo(self.stage)),
                "queue": lambda: self.sounds.toggle_queue(),
                "menu": self._open_menu,
                "help": lambda: self.sheets.toggle_help(),
                "about": lambda: self.sheets.show_about(),
            }
        )

    def _connect(self) -> None:
        self.woken.connect(self.watch.fetch)
        self.reported.connect(self._alarm)
        self.asked.connect(self.looks.set_asked_by_desktop)
        self.session.wake_with(self.woken.emit)
        self.canvas.painted.connect(self.watch.show_painting)
        self.preferences.changed.connect(self._show_choices)
        for part in (self.looks, self.shows):
            part.chosen.connect(self.watch.choose)
        self.shows.changed.connect(self._show_choices)
        self.screens.changed.connect(self._show_choices)
        self.own.appearance_changed.connect(self._apply_theme)
        self.transport.sought.connect(self.session.seek)
        self.transport.volume_set.connect(self.music.set_volume)
        self.welcome.chosen.connect(self._play_piece)
        self.dropped.connect(self.open)
        self.carried.connect(self.stage.mark_drop)
        submenus = self._submenus
        submenus["recent"].aboutToShow.connect(lambda: self.music.fill_recent(submenus["recent"]))
        submenus["models"].aboutToShow.connect(self._show_models)
        submenus["displays"].aboutToShow.connect(lambda: self.screens.fill_displays(submenus["displays"]))
        submenus["scenes"].aboutToShow.connect(lambda: self.shows.fill_scenes(submenus["scenes"]))
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._apply_theme)
        self.watch.start()

    def _restore(self) -> None:
        self._apply_theme()
        self.resize(1100, 720)
        if self.settings.geometry:
            self.restoreGeometry(QByteArray.fromHex(self.settings.geometry.encode()))
        self.looks.apply()
        self.music.apply_volume()
        self._show_choices()
        self.watch.show_status()
        self.session.run(lambda: self.asked.emit(reduced_motion()), "desktop")

    # ---- commands

    def open(self, paths: Iterable[Path]) -> None:
        """Play files, folders and playlists, and show scenes."""
        music = self.shows.open(paths)
        if music:
            self.music.open(music)
        self.watch.show_status()

    def listen(self, name: str) -> None:
        """Listen to an input by name; empty for the default."""
        self.music.listen(name)
        self.watch.show_status()

    def notice(self, text: str, alarm: bool = False) -> None:
        """Show a sentence for a while; where the painting stands alone, say it to whoever started the program."""
        if self._closed:
            return
        if self.stage.is_bare:
            print(text, file=sys.stderr, flush=True)
        self.stage.notices.add(text, alarm)

    def _alarm(self, text: str) -> None:
        # A method of this object, not a function: so Qt carries the signal over to this thread.
        self.notice(text, alarm=True)

    def _leave(self) -> None:
        if self.stage.panel is not None:
            self.sheets.close()
        else:
            self.screens.leave_full_screen()

    def _open_menu(self) -> None:
        self.stage.show_controls()
        more, size = self.transport.more, self.menu.sizeHint()
        corner = more.mapToGlobal(more.rect().topRight())  # the menu's lower right one
        self.menu.popup(corner - QPoint(size.width(), size.height()))

    def _show_overlay(self, shown: bool) -> None:
        self.overlay.setVisible(shown)
        self.actions_by_name["overlay"].setChecked(shown)

    def _show_panel(self, panel: Panel | None) -> None:
        self.sheets.show(panel)

    def _play_piece(self, piece: Piece) -> None:
        self.music.play_piece(piece)
        self.watch.show_status()

    # ---- what is chosen

    def _show_choices(self) -> None:
        """Mark what is chosen, wherever it was changed."""
        settings = self.settings
        own = {"plot": settings.plot, "desk": settings.desk, "mute": settings.muted}
        states = self.looks.states() | self.screens.states() | self.shows.states() | own
        for name, on in states.items():
            if self.actions_by_name[name].isChecked() != on:
                self.actions_by_name[name].setChecked(on)
        self.plot.set_held(None if settings.period < 0 else settings.period)
        self.stage.show_desk(settings.desk)
        self.session.set_offset(settings.offsets.get(self.watch.device(), 0) / 1000)
        self.watch.show_plot()

    def _provider_reason(self) -> str:
        """Why the model runs where it does; empty without a model."""
        return str(getattr(self.session.model, "provider_reason", ""))

    def _card_memory(self) -> tuple[int, int] | None:
        """How full the graphics card is that runs the model; None where it is not known."""
        model = self.session.model
        return None if model is None else model.card_memory()

    # ---- menus that fill when they open

    def _show_models(self) -> None:
        models, painting = find_models(), self.session.model
        current = [name for name, folder in models.items() if painting is not None and folder == painting.card.folder]
        choices = [(name, name) for name in models]
        fill_choices(self._submenus["models"], choices, current[0] if current else "", self.session.load_model)

    # ---- looks of the window

    def _apply_theme(self) -> None:
        self.colours.apply(self.settings.appearance)

    # ---- what Qt says

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the window's state, whoever changed it."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.WindowStateChange:
            self.stage.set_floating(self.isFullScreen())
            self._show_choices()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """The pointer moved: show the controls."""
        self.stage.show_controls()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Full screen, or back."""
        if event is not None and not self._over_transport(event.position()):
            self.screens.toggle_full_screen()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """The whole menu, under the pointer."""
        if event is not None:
            self.menu.popup(event.globalPos())

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Keep the settings, end every thread."""
        if event is not None and event.spontaneous() and not self._closed and self.screens.is_full_screen:
            event.ignore()
            self.screens.leave_show(self.close)
            return
        if not self._closed:
            self._closed = True
            self.pictures.set_live(False)
            self.screens.close()
            self.sounds.close()
            for timer in self.findChildren(QTimer):
                timer.stop()
            geometry = bytes(self.saveGeometry().toHex().data()).decode()
            self.hide()
            ended = self.shows.close()
            self.left_busy = not (self.session.close() and ended)
            self.preferences.close(geometry=geometry, left=True)
        super().closeEvent(event)

    def _over_transport(self, at: QPointF) -> bool:
        return self.transport.isVisible() and self.transport.geometry().contains(at.toPoint())
