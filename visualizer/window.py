"""The main window: joins session, canvas, transport, plot, notices and settings. GUI thread.

It never decodes, computes or waits: commands go to the session, which answers with events; its
status is read ten times a second.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QByteArray, QEvent, QMimeData, QPointF, QRect, QStandardPaths, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QAction,
    QCloseEvent,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QMouseEvent,
)
from PyQt6.QtWidgets import QFileDialog, QMainWindow, QMenu

from visualizer.actions import SEEK_LEAP_S, SEEK_STEP_S, VOLUME_STEP, help_rows
from visualizer.canvas import Canvas
from visualizer.easel import Hear, Take
from visualizer.errors import VisualizerError
from visualizer.events import Event, Failed, InputsFound, ModelLoaded, Opened, Said, State, Status
from visualizer.menus import fill_choices, fill_inputs, make_actions, make_menu, recent_choices
from visualizer.model_card import find_models
from visualizer.panels import about_panel, help_panel
from visualizer.period_plot import PeriodPlot
from visualizer.picture_file import painting_facts, save_painting
from visualizer.pieces import Piece, bundled_pieces
from visualizer.playlist import MUSIC
from visualizer.session import Session
from visualizer.settings import Settings, SettingsFile
from visualizer.stage import Stage
from visualizer.theme import DARK, LIGHT, app_icon, style_sheet, theme_for
from visualizer.transport import Transport
from visualizer.welcome import Welcome

if TYPE_CHECKING:
    from visualizer.engine import Painting

TITLE = "MVNet Visualizer"
TICK_MS = 100
SAVE_AFTER_MS = 1000
UNMANAGED_AFTER_MS = 400
PERIOD_COUNT = 5
CHOSEN_S = 3.5  # of looking for the paintings of a period or model chosen in a pause

MakeCanvas = Callable[[Take, Hear], Canvas]


class MainWindow(QMainWindow):
    """The window.

    Args:
        session: what plays and paints; the window closes it at its end.
        make_canvas: gives a canvas from what takes paintings and what tells the music's features.
        file: where the settings are kept; they are loaded from it now.
        seed: of the paintings, told in saved pictures.

    Attributes:
        settings: as they are now.
        first_painting_at: time.time() of the first painting that was shown, or None.
        paintings: how many were shown.
        left_busy: closed while a thread of the session was still busy.
    """

    woken = pyqtSignal()  # from any thread: the session has events
    reported = pyqtSignal(str)  # from any thread: an unexpected fault, as a sentence

    def __init__(self, session: Session, make_canvas: MakeCanvas, file: SettingsFile, seed: int = 0) -> None:
        super().__init__()
        self.session = session
        self.settings: Settings = file.load()
        self.first_painting_at: float | None = None
        self.paintings = 0
        self.left_busy = False
        self._file = file
        self._seed = seed
        self._painting: Painting | None = None
        self._inputs: tuple[Any, ...] | None = None
        self._status: Status | None = None
        self._period: int | None = None
        self._chosen_until = 0.0
        self._tier = 0
        self._closed = False
        self._windowed: QRect | None = None
        self.setWindowTitle(TITLE)
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setMinimumSize(420, 320)
        self._build(make_canvas)
        self._connect()
        self._restore()
        if file.warning:
            self.notice(file.warning, alarm=True)

    # ---- making

    def _build(self, make_canvas: MakeCanvas) -> None:
        self.actions_by_name = make_actions(self, self._commands())
        self._submenus = {name: QMenu(self) for name in ("inputs", "recent", "models")}
        self._chooser_menu = QMenu(self)
        self.menu = make_menu(self, self.actions_by_name, self._submenus)
        if QGuiApplication.platformName() == "cocoa":
            bar = self.menuBar()
            for action in self.menu.actions():
                if bar is not None:
                    bar.addAction(action)
        self.canvas = make_canvas(self.session.latest.reader(), self.session.features)
        self.transport = Transport(self.actions_by_name, self._chooser_menu, self.menu)
        self.plot = PeriodPlot()
        listen = QAction("Listen", self)
        listen.triggered.connect(lambda: self.listen(""))
        self.welcome = Welcome(bundled_pieces(), self.actions_by_name["open"], listen)
        self.stage = Stage(self.canvas.widget(), self.transport, self.plot, self.welcome)
        self.setCentralWidget(self.stage)
        self.stage.setFocus()  # not the first button: it would keep Space and the arrows for itself

    def _commands(self) -> dict[str, Callable[[], object]]:
        session = self.session
        periods = {f"period_{index}": lambda index=index: self.hold_period(index) for index in range(PERIOD_COUNT)}
        return periods | {
            "open": lambda: self._choose_files(folder=False),
            "open_folder": lambda: self._choose_files(folder=True),
            "play": session.toggle,
            "next": lambda: session.step(1),
            "previous": lambda: session.step(-1),
            "forward": lambda: session.seek_by(SEEK_STEP_S),
            "back": lambda: session.seek_by(-SEEK_STEP_S),
            "leap_forward": lambda: session.seek_by(SEEK_LEAP_S),
            "leap_back": lambda: session.seek_by(-SEEK_LEAP_S),
            "louder": lambda: self.set_volume(self.settings.volume + VOLUME_STEP),
            "quieter": lambda: self.set_volume(self.settings.volume - VOLUME_STEP),
            "mute": lambda: self._set_muted(not self.settings.muted),
            "quit": self.close,
            "period_auto": lambda: self.hold_period(None),
            "whole": lambda: self._set_whole(not self.settings.whole),
            "save": self.save_painting,
            "full_screen": self.toggle_full_screen,
            "leave": self._leave,
            "plot": lambda: self._set_plot(not self.settings.plot),
            "menu": self._open_menu,
            "help": self._toggle_help,
            "about": self._show_about,
        }

    def _connect(self) -> None:
        self.woken.connect(self._fetch)
        self.reported.connect(self._alarm)
        self.session.wake_with(self.woken.emit)
        self.canvas.painted.connect(self._painted)
        self.transport.sought.connect(self.session.seek)
        self.transport.volume_set.connect(self.set_volume)
        self.welcome.chosen.connect(self._play_piece)
        for menu in (self._chooser_menu, self._submenus["inputs"]):
            menu.aboutToShow.connect(self._show_inputs)
        self._submenus["recent"].aboutToShow.connect(self._show_recent)
        self._submenus["models"].aboutToShow.connect(self._show_models)
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._apply_theme)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_status)
        self._tick.start()
        self._unmanaged = QTimer(self)
        self._unmanaged.setSingleShot(True)
        self._unmanaged.setInterval(UNMANAGED_AFTER_MS)
        self._unmanaged.timeout.connect(self._resize_unmanaged)
        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(SAVE_AFTER_MS)
        self._save.timeout.connect(self._save_soon)

    def _restore(self) -> None:
        settings = self.settings
        self._apply_theme()
        self.resize(1100, 720)
        if settings.geometry:
            self.restoreGeometry(QByteArray.fromHex(settings.geometry.encode()))
        self.actions_by_name["plot"].setChecked(settings.plot)
        self.actions_by_name["whole"].setChecked(settings.whole)
        self.actions_by_name["mute"].setChecked(settings.muted)
        self.actions_by_name["period_auto"].setChecked(True)
        self.canvas.set_fit("fit" if settings.whole else "fill")
        self._apply_volume()
        self._show_status()

    # ---- commands

    def open(self, paths: Iterable[Path]) -> None:
        """Play files and folders."""
        self.session.open(paths)
        self._show_status()

    def listen(self, name: str) -> None:
        """Listen to an input by name; empty for the default."""
        self.session.listen(name)
        self._show_status()

    def notice(self, text: str, alarm: bool = False) -> None:
        """Show a sentence for a while."""
        self.stage.notices.add(text, alarm)

    def _alarm(self, text: str) -> None:
        # A method of this object, not a function: so Qt carries the signal over to this thread.
        self.notice(text, alarm=True)

    def set_volume(self, volume: float) -> None:
        """0 to 1; what is beyond is cut. Unmutes."""
        self._change(volume=min(1.0, max(0.0, volume)), muted=False)
        self.actions_by_name["mute"].setChecked(False)
        self._apply_volume()

    def hold_period(self, index: int | None) -> None:
        """Paint one period whatever is heard; None follows the music."""
        self._period = index
        self._chosen()
        self.session.set_period(index)
        self.plot.set_held(index)
        self.actions_by_name["period_auto" if index is None else f"period_{index}"].setChecked(True)

    def save_painting(self) -> None:
        """Write the painting that is shown into the pictures folder, in the background."""
        painting, model = self._painting, self.session.model
        if painting is None:
            self.notice("There is no painting to save yet: play some music first.")
            return
        facts = painting_facts(
            painting,
            model=model.card.name if model else "",
            seed=self._seed,
            sound=self._status.title if self._status else "",
        )
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        folder = Path(pictures) / TITLE
        self.session.run(lambda: self.session.say(f"Painting saved: {save_painting(painting, folder, facts)}"))

    def toggle_full_screen(self) -> None:
        """Full screen, or back to the window as it was."""
        # changeEvent does the rest, however the state was changed.
        if not self.isFullScreen():
            self._windowed = self.geometry()
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self._unmanaged.start()

    def _resize_unmanaged(self) -> None:
        """Without a window manager (a stage machine's bare X server) nobody else resizes the window."""
        screen = self.screen()
        if screen is None or self._windowed is None:
            return
        if self.isFullScreen() and self.size() != screen.size():
            self.setGeometry(screen.geometry())
        elif not self.isFullScreen() and self.size() == screen.size():
            self.setGeometry(self._windowed)

    def _leave(self) -> None:
        if self.stage.panel is not None:
            self._close_panel()
        elif self.isFullScreen():
            self.toggle_full_screen()

    def _set_muted(self, muted: bool) -> None:
        self._change(muted=muted)
        self.actions_by_name["mute"].setChecked(muted)
        self._apply_volume()

    def _set_whole(self, whole: bool) -> None:
        self._change(whole=whole)
        self.actions_by_name["whole"].setChecked(whole)
        self.canvas.set_fit("fit" if whole else "fill")

    def _set_plot(self, shown: bool) -> None:
        self._change(plot=shown)
        self.actions_by_name["plot"].setChecked(shown)
        self._show_plot()

    def _open_menu(self) -> None:
        self.stage.show_controls()
        self.menu.popup(self.transport.more.mapToGlobal(self.transport.more.rect().topLeft()))

    def _toggle_help(self) -> None:
        if self.stage.panel is not None:
            self._close_panel()
        else:
            self.stage.show_panel(help_panel(help_rows(), self.stage))
        self.actions_by_name["help"].setChecked(self.stage.panel is not None)

    def _show_about(self) -> None:
        model = self.session.model
        sentence = "No model is loaded yet."
        if model is not None:
            card = model.card
            runs = f"It runs on {model.provider} ({model.provider_reason})."
            sentence = f"The model that paints is {card.title} ({card.name}). {runs} Licence: {card.licence}"
        self.stage.show_panel(about_panel(self.stage, sentence.strip()))

    def _close_panel(self) -> None:
        self.stage.show_panel(None)
        self.actions_by_name["help"].setChecked(False)

    def _choose_files(self, folder: bool) -> None:
        dialog = QFileDialog(self, "Open a folder of music" if folder else "Open music files")
        dialog.setFileMode(QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFiles)
        if not folder:
            dialog.setNameFilters([f"Music ({' '.join('*' + ending for ending in MUSIC)})", "All files (*)"])
        if self.settings.recent:
            dialog.setDirectory(str(Path(self.settings.recent[0]).parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.open(map(Path, names)))
        dialog.open()

    def _play_piece(self, piece: Piece) -> None:
        """Play a bundled piece, and those after it."""
        pieces = [other.path for other in bundled_pieces()]
        at = pieces.index(piece.path)
        self.open(pieces[at:] + pieces[:at])

    # ---- what the session says

    def _fetch(self) -> None:
        for event in self.session.events():
            self._take(event)
        self._show_status()

    def _take(self, event: Event) -> None:
        if isinstance(event, Failed | Said):
            self.notice(event.text, alarm=isinstance(event, Failed))
        elif isinstance(event, Opened):
            if event.path is None:
                self._change(input_name=event.title)
            else:
                self._change(recent=self.settings.with_recent(str(event.path)))
        elif isinstance(event, InputsFound):
            self._inputs = event.inputs
            for menu in (self._chooser_menu, self._submenus["inputs"]):
                if menu.isVisible():
                    self._fill_inputs(menu)
        elif isinstance(event, ModelLoaded):
            self._chosen()
            self._change(model=event.name)

    def _chosen(self) -> None:
        """A period or model was chosen: while the music stands, look for what is painted of it."""
        if self._status is not None and self._status.state in (State.PAUSED, State.ENDED):
            self._chosen_until = time.monotonic() + CHOSEN_S

    def _govern(self) -> None:
        """Tell what the screen wants, and draw no more than the machine can."""
        self.session.set_refresh(self.canvas.hz)
        tier = self.session.figures().tier
        if tier != self._tier:
            self._tier = tier
            self.canvas.set_tier(tier)

    def _show_status(self) -> None:
        status = self.session.status()
        self._govern()
        if status.state in (State.PAUSED, State.ENDED) and (
            self._painting is None or time.monotonic() < self._chosen_until
        ):
            # The picture holds while the music stands, but for a short sound that was over before the model was
            # there, and for a period or model chosen meanwhile.
            self.canvas.look()
        if status == self._status:
            return
        self._status = status
        self.canvas.set_live(status.state is State.PLAYING)
        self.transport.show_status(status)
        enabled = status.state in (State.PLAYING, State.PAUSED, State.ENDED)
        self.actions_by_name["play"].setEnabled(enabled)
        self.actions_by_name["next"].setEnabled(enabled and not status.live and not status.last)
        self.actions_by_name["previous"].setEnabled(enabled and not status.live and not status.first)
        self.stage.show_welcome(status.state is State.EMPTY)
        self._show_plot()
        title = f"{status.title} - {TITLE}" if enabled else TITLE
        if title != self.windowTitle():
            self.setWindowTitle(title)

    def _show_plot(self) -> None:
        self.stage.show_plot(
            self.settings.plot and self._painting is not None and self.session.status().state is not State.EMPTY
        )

    def _painted(self, painting: Painting) -> None:
        first, self._painting = self._painting is None, painting
        if first:
            self._show_plot()
        self.paintings += 1
        if self.first_painting_at is None:
            self.first_painting_at = time.time()
        self.plot.set_probabilities(painting.period.tolist())
        self.transport.show_level(painting.level)

    # ---- menus that fill when they open

    def _show_inputs(self) -> None:
        menu = self.sender()
        if isinstance(menu, QMenu):
            self._fill_inputs(menu)
        self.session.find_inputs()

    def _fill_inputs(self, menu: QMenu) -> None:
        status = self.session.status()
        current = status.title if status.live else ""
        fill_inputs(menu, self.actions_by_name["open"], self._inputs, current, self.listen)

    def _show_recent(self) -> None:
        menu = self._submenus["recent"]
        fill_choices(menu, recent_choices(self.settings.recent), None, lambda path: self.open([path]))

    def _show_models(self) -> None:
        models, painting = find_models(), self.session.model
        current = [name for name, folder in models.items() if painting is not None and folder == painting.card.folder]
        choices = [(name, name) for name in models]
        fill_choices(self._submenus["models"], choices, current[0] if current else "", self.session.load_model)

    # ---- settings and looks

    def _change(self, **values: Any) -> None:
        changed = replace(self.settings, **values)
        if changed != self.settings:
            self.settings = changed
            self._save.start()

    def _save_soon(self) -> None:
        settings = self.settings
        self.session.run(lambda: self._file.save(settings), "settings")

    def _apply_volume(self) -> None:
        settings = self.settings
        self.session.set_volume(0.0 if settings.muted else settings.volume)
        self.transport.show_volume(0.0 if settings.muted else settings.volume)

    def _apply_theme(self) -> None:
        hints = QGuiApplication.styleHints()
        scheme = hints.colorScheme() if hints is not None else Qt.ColorScheme.Unknown
        theme = {"dark": DARK, "light": LIGHT}.get(self.settings.appearance, theme_for(scheme))
        self.setStyleSheet(style_sheet(theme))
        self.transport.set_theme(theme)

    # ---- what Qt says

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the window's state, whoever changed it."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.WindowStateChange:
            full = self.isFullScreen()
            self.actions_by_name["full_screen"].setChecked(full)
            self.stage.set_floating(full)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """The pointer moved: show the controls."""
        self.stage.show_controls()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Full screen, or back."""
        if event is not None and not self._over_transport(event.position()):
            self.toggle_full_screen()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """The whole menu, under the pointer."""
        if event is not None:
            self.menu.popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take files and folders."""
        if event is not None and _dropped(event.mimeData()):
            event.acceptProposedAction()
            self.stage.mark_drop(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:
        """Carried away again."""
        self.stage.mark_drop(False)

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Play what was dropped."""
        self.stage.mark_drop(False)
        paths = _dropped(event.mimeData()) if event is not None else []
        if event is not None and paths:
            event.acceptProposedAction()
            self.open(paths)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Keep the settings, end every thread."""
        if not self._closed:
            self._closed = True
            self.canvas.set_live(False)
            for timer in self.findChildren(QTimer):
                timer.stop()
            geometry = bytes(self.saveGeometry().toHex().data()).decode()
            self.settings = replace(self.settings, geometry=geometry)
            self.hide()
            self.left_busy = not self.session.close()
            with contextlib.suppress(VisualizerError):  # nobody is left to read it
                self._file.save(self.settings)
        super().closeEvent(event)

    def _over_transport(self, at: QPointF) -> bool:
        return self.transport.isVisible() and self.transport.geometry().contains(at.toPoint())


def _dropped(mime: QMimeData | None) -> list[Path]:
    """Local files and folders among what is dropped."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()] if mime is not None else []
