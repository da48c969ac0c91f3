"""Keeps the window's parts in step with the session: its status, its events, its paintings. GUI thread.

The status is read ten times a second; events are fetched when the session says that there are any.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from visualizer.show.events import Event, Failed, ModelLoaded, Said, State, Status

if TYPE_CHECKING:
    from visualizer.gui.window import MainWindow
    from visualizer.painting.engine import Painting

TITLE = "MVNet Visualizer"
TICK_MS = 100
FILES = "files"  # what is heard when it is no input
CHOSEN_S = 3.5  # of looking for the paintings of a period or model chosen in a pause


class SessionWatch(QObject):
    """Shows in the window what the session does.

    Args:
        window: whose parts show it; they may be made later than this.

    Attributes:
        painting: the one that is shown.
        paintings: how many were shown.
        first_painting_at: time.time() of the first one, or None.
    """

    settled = pyqtSignal()  # another model paints: for now all is loaded

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.painting: Painting | None = None
        self.paintings = 0
        self.first_painting_at: float | None = None
        self._window = window
        self._session = window.session
        self._status: Status | None = None
        self._chosen_until = 0.0
        self._tier = 0
        self._loaded = False  # a model that has painted nothing yet
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.show_status)

    def start(self) -> None:
        """Begin to follow the session."""
        self._tick.start()

    def device(self) -> str:
        """Name of what is heard, for its offset."""
        status = self._status
        return (status.input if status is not None else "") or FILES

    def fetch(self) -> None:
        """The session has events: show them."""
        for event in self._session.events():
            self._take(event)
        self.show_status()

    def choose(self) -> None:
        """A period or model was chosen: while the music stands, look for what is painted of it."""
        if self._status is not None and self._status.state in (State.PAUSED, State.ENDED):
            self._chosen_until = time.monotonic() + CHOSEN_S

    def show_painting(self, painting: Painting) -> None:
        """Another painting is shown: so do the plot, the map and the colours."""
        window = self._window
        first, self.painting = self.painting is None, painting
        if first:
            self.show_plot()
        self.paintings += 1
        if self._loaded:
            self._loaded = False
            self.settled.emit()
        if self.first_painting_at is None:
            self.first_painting_at = time.time()
        window.colours.see(painting.image)
        window.plot.set_probabilities(painting.period.tolist())
        window.desk.show_painting(painting, time.monotonic())
        window.transport.show_level(painting.level)

    def show_plot(self) -> None:
        """Show or hide the plot: it is wanted, and there is something to plot."""
        window, empty = self._window, self._session.status().state is State.EMPTY
        window.stage.show_plot(window.settings.plot and self.painting is not None and not empty)

    def show_status(self) -> None:
        """Show what goes on now."""
        status, window = self._session.status(), self._window
        self._govern()
        window.shows.follow(status)
        if status.state in (State.PAUSED, State.ENDED) and (
            self.painting is None or time.monotonic() < self._chosen_until
        ):
            # The picture holds while the music stands, but for a short sound that was over before the model was
            # there, and for a period or model chosen meanwhile.
            window.pictures.look()
        if status != self._status:
            self._status = status
            self._show(status)

    def _show(self, status: Status) -> None:
        window = self._window
        if status.state is not State.OPENING:  # until what is opened sounds, the picture moves or holds as before
            window.pictures.set_live(status.state is State.PLAYING)
        window.transport.show_status(status)
        window.music.remember_place(status)
        enabled = status.state in (State.PLAYING, State.PAUSED, State.ENDED)
        actions = window.actions_by_name
        actions["play"].setEnabled(enabled)
        actions["next"].setEnabled(enabled and not status.live and not status.last)
        actions["previous"].setEnabled(enabled and not status.live and not status.first)
        window.stage.show_welcome(status.state is State.EMPTY)
        self.show_plot()
        title = f"{status.title} - {TITLE}" if enabled else TITLE
        if title != window.windowTitle():
            window.setWindowTitle(title)

    def _take(self, event: Event) -> None:
        window = self._window
        if isinstance(event, Failed | Said):
            window.notice(event.text, alarm=isinstance(event, Failed))
        elif isinstance(event, ModelLoaded):
            self.choose()
            self._loaded = True
            if event.name is not None:  # else the choice stays: its folder may be there again next time
                window.preferences.change(model=event.name)
        else:
            window.sounds.take(event)

    def _govern(self) -> None:
        """Tell what the screen wants, and draw no more than the machine can."""
        self._session.set_refresh(self._window.pictures.canvases[-1].hz)
        tier = self._session.figures().tier
        if tier != self._tier:
            self._tier = tier
            self._window.pictures.set_tier(tier)
