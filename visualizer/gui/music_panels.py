"""What the window shows of music: queue, input chooser, waveform, cover. GUI thread; one part of the window.

It takes the session's events about music, and opens what the transport's chooser and the queue's key ask for.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from visualizer.gui.input_chooser import InputChooser
from visualizer.gui.music_commands import MusicCommands
from visualizer.gui.panels import Panel
from visualizer.gui.queue_panel import QueueList, queue_panel
from visualizer.gui.theme import DARK, Theme
from visualizer.gui.transport import Transport
from visualizer.show.events import Covered, Event, InputsFound, Opened, QueueChanged, Surveyed, TagsRead
from visualizer.show.session import Session


class MusicPanels(QObject):
    """Shows music in the window's places.

    Args:
        session: what plays.
        music: does what is chosen.
        transport: shows the piece, and has the chooser's button.
        files: the action that opens music files.
        menu: the submenu with the inputs.
        show_panel: opens a panel over the painting; None closes it.
        parent: the widget that panels lie on.

    Attributes:
        queue: the list of pieces; None while it is not open.
        chooser: what can be heard.
    """

    def __init__(
        self,
        session: Session,
        music: MusicCommands,
        transport: Transport,
        files: QAction,
        menu: QMenu,
        show_panel: Callable[[Panel | None], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.queue: QueueList | None = None
        self.chooser = InputChooser(session.input_levels, session.meter_inputs, parent)
        self._session = session
        self._music = music
        self._transport = transport
        self._files = files
        self._menu = menu
        self._show_panel = show_panel
        self._stage = parent
        self._theme = DARK
        self.chooser.chosen.connect(self._choose)
        transport.chooser_wanted.connect(self.open_chooser)
        transport.volume_turned.connect(music.turn_volume)
        menu.aboutToShow.connect(self._fill_menu)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.chooser.set_theme(theme)

    def toggle_queue(self) -> None:
        """Open the queue, or close it."""
        if self.queue is not None:
            self._show_panel(None)
            return
        session = self._session
        queue = QueueList(session.tags, session.read_tags, self._theme)
        queue.show_queue(*session.queue())
        queue.played.connect(session.go)
        queue.taken_out.connect(session.take_out)
        queue.moved.connect(session.move)
        queue.destroyed.connect(self._queue_gone)
        self._show_panel(queue_panel(self._stage, queue))
        self.queue = queue
        queue.setFocus()

    def open_chooser(self) -> None:
        """Show what can be heard, and look what there is now."""
        self._fill_chooser()
        self.chooser.open_at(self._transport.input, self._music.inputs)
        self._session.find_inputs()

    def take(self, event: Event) -> None:
        """Show what the session says about music."""
        if isinstance(event, Opened):
            self._transport.seek.set_survey(None)
            if event.path is None:
                self._transport.cover.set_cover(None)
            self._music.opened(event)
            self._show_queue()
            self._refill_chooser()
        elif isinstance(event, Surveyed):
            if event.survey.path == self._session.status().path:
                self._transport.seek.set_survey(event.survey)
        elif isinstance(event, Covered):
            if event.path == self._session.status().path:
                self._transport.cover.set_cover(event.cover)
        elif isinstance(event, QueueChanged):
            self._show_queue()
        elif isinstance(event, TagsRead):
            if self.queue is not None:
                self.queue.refresh_tags()
        elif isinstance(event, InputsFound):
            self._music.inputs = event.inputs
            if self._menu.isVisible():
                self._music.fill_inputs(self._menu, self._files)
            self._refill_chooser()

    def close(self) -> None:
        """Nothing of it outlives the window."""
        self.chooser.hide()

    def _show_queue(self) -> None:
        """Show the queue as it is now, if it is open."""
        if self.queue is not None:
            self.queue.show_queue(*self._session.queue())

    def _queue_gone(self) -> None:
        self.queue = None

    def _fill_chooser(self) -> None:
        status = self._session.status()
        paths, at = self._session.queue()
        plays = status.path is not None  # else the pieces wait behind an input
        waiting = status.title if plays else paths[at].stem if paths else ""
        self.chooser.show_inputs(self._music.inputs, status.input, waiting)

    def _refill_chooser(self) -> None:
        if self.chooser.isVisible():
            self._fill_chooser()

    def _fill_menu(self) -> None:
        self._music.fill_inputs(self._menu, self._files)
        self._session.find_inputs()

    def _choose(self, key: str) -> None:
        if key:
            self._music.listen(key)
        elif self._session.status().live and self._session.queue()[0]:
            self._session.resume()
        else:
            self._files.trigger()
