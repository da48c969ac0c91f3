"""The canvas without OpenGL: the same picture with simpler strokes, at a lower rate. GUI thread.

The picture is drawn on a thread of its own (raster_refresh) and here only put on screen, so that keys and
menus never wait for it. The thread runs while the canvas is seen.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QObject, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from visualizer.gui.easel import Easel, Hear, Take, nothing_heard
from visualizer.gui.raster_refresh import Drawn, RasterRefresh, Wanted, draw_wall
from visualizer.picture.scene import Scene
from visualizer.show.worker import Worker

REFRESH_HZ = 33.0  # a painting for two of them makes more than fifteen a second, also where some refreshes are late


class WayBack(QObject):
    """Carries what was drawn from the drawing thread to the canvas.

    An object of its own, without a parent: a thread that is late must not speak through a canvas that Qt has deleted.
    """

    drawn = pyqtSignal(object)  # a Drawn, or None where drawing failed


class RasterCanvas(Easel, QWidget):
    """The painting, drawn by the processor; same interface as GLCanvas.

    Args:
        take: gives the newest painting once, or None; called on each refresh, must not wait.
        features: gives what should be seen of the music now; None uses the newest painting's.
        clock: seconds, steady.
    """

    painted = pyqtSignal(object)

    def __init__(
        self,
        take: Take,
        features: Hear = nothing_heard,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._set_up(take, features, clock)
        self.renderer = "QPainter"
        self.hz = REFRESH_HZ
        self._refresh = RasterRefresh(self._scene)
        self._worker: Worker | None = None
        self._number = 0  # of the refresh that was asked for last
        self._busy = False  # it is being drawn
        self._overdue = False  # and the next is due already
        self._woken = False  # something has changed since
        self._drawn: Drawn | None = None
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setTimerType(Qt.TimerType.PreciseTimer)
        self._pace.timeout.connect(self._next)
        self._due = 0.0
        self._way_back = WayBack()
        self._way_back.drawn.connect(self._finish)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def widget(self) -> QWidget:
        """The widget itself."""
        return self

    def draw_now(self) -> None:
        """Draw this moment at once, here; what is being drawn is dropped. For pictures that must not be late."""
        self._number += 1
        self._busy = True
        self._finish(self._refresh.draw(self._wanted()))

    def showEvent(self, event: object) -> None:
        """Seen again: refresh."""
        if self._worker is None:
            self._worker = Worker(self._fail, "drawing")
        self._wake()

    def hideEvent(self, event: object) -> None:
        """Not seen: rest."""
        self._pace.stop()
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()
        self._number += 1  # what was drawn meanwhile is not shown
        self._busy = self._overdue = False

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Put on screen what was drawn last, stretched until it is drawn for a new size; before that the wall."""
        painter = QPainter(self)
        if self._drawn is None:
            draw_wall(painter, self.rect())
        elif self._drawn.size == (self.width(), self.height()):
            painter.drawImage(0, 0, self._drawn.image)
        else:
            painter.drawImage(QRectF(self.rect()), self._drawn.image)
        painter.end()

    def resizeEvent(self, event: object) -> None:
        """Another size: what was drawn does not fit."""
        self._wake()

    def _other_threads(self) -> tuple[int, ...]:
        number = self._worker.native_id if self._worker is not None else None
        return () if number is None else (number,)

    def _begin(self, image: np.ndarray | None) -> None:
        self._refresh.hang(image, self._clock())
        self._changed()

    def _with_scene(self, change: Callable[[Scene], object]) -> None:
        self._refresh.change(change)
        self._changed()

    def _changed(self) -> None:
        if self._worker is None:  # nothing is drawn that would take it up: changes must not heap up
            self._refresh.catch_up()
        self._wake()

    def _wake(self) -> None:
        self._woken = True
        if self.isVisible() and not self._pace.isActive():
            self._due = time.perf_counter()
            self._pace.start(0)

    def _next(self) -> None:
        """The next refresh is due."""
        self._await_next()  # before a painting is taken, which would wake a canvas that rests
        if self._live:
            self.look()
        if not self._needed():
            return
        if self._busy:
            self._overdue = True
        else:
            self._ask()

    def _ask(self) -> None:
        """Have a refresh drawn."""
        if self._worker is None:
            return
        self._number += 1
        self._busy, self._overdue, self._woken = True, False, False
        wanted = self._wanted()
        self._worker.submit(lambda: self._draw(wanted))

    def _wanted(self) -> Wanted:
        size = (max(1, self.width()), max(1, self.height()))
        features = self._heard()
        return Wanted(self._number, size, self.devicePixelRatioF(), self._fit, self._tier, features, self._clock())

    def _draw(self, wanted: Wanted) -> None:
        """On the drawing thread."""
        if wanted.number == self._number:
            self._way_back.drawn.emit(self._refresh.draw(wanted))
            self._refresh.rest()

    def _fail(self, error: Exception) -> None:
        """On the drawing thread: log it, show it, go on with the next refresh."""
        sys.excepthook(type(error), error, error.__traceback__)
        self._way_back.drawn.emit(None)

    def _finish(self, drawn: Drawn | None) -> None:
        """A refresh is drawn: show it, and ask for the next where it is late."""
        if drawn is not None and drawn.number != self._number:
            return
        self._busy = False
        if drawn is not None:
            self._drawn = drawn
            self.paint_s.append(drawn.paint_s)
            self.upload_s.extend(drawn.upload_s)
            self._count()
            self.update()
        if self._overdue:
            self._ask()
        elif drawn is not None and not (self._live or self._woken or drawn.changes):
            self._pace.stop()

    def _await_next(self) -> None:
        """Ask for the next refresh at its place in an even row: being late once does not make the next ones late."""
        now = time.perf_counter()
        self._due = max(self._due + self._every / REFRESH_HZ, now)
        self._pace.start(max(0, round(1000 * (self._due - now))))
