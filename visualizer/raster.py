"""The canvas without OpenGL: the same picture drawn by QPainter, at a lower rate. GUI thread.

The blend and the cubic enlarging run in NumPy on a small picture (at most SMOOTH points a side);
QPainter only stretches it by a little.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QRadialGradient
from PyQt6.QtWidgets import QWidget

from visualizer.canvas import TIMINGS_KEPT, Take
from visualizer.enlarge import enlarge_light, to_linear, to_srgb
from visualizer.fade import Fade
from visualizer.hanging import hang
from visualizer.theme import WALL

SMOOTH = 192
REFRESH_MS = 40


class RasterCanvas(QWidget):
    """The painting, drawn by the processor; same interface as GLCanvas.

    Args:
        take: gives the newest painting once, or None; called on each refresh, must not wait.
        clock: seconds, steady.
    """

    painted = pyqtSignal(object)

    def __init__(self, take: Take, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.refreshes = 0
        self.upload_s: deque[float] = deque(maxlen=TIMINGS_KEPT)
        self.paint_s: deque[float] = deque(maxlen=TIMINGS_KEPT)
        self.renderer = "QPainter"
        self._take = take
        self._clock = clock
        self._fade = Fade()
        self._before: np.ndarray | None = None  # linear light [H, W, 3], as are the next two
        self._after: np.ndarray | None = None
        self._live = False
        self._whole = False
        self._wall = to_linear(np.array(WALL, np.uint8))
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def widget(self) -> QWidget:
        """The widget itself."""
        return self

    def set_live(self, live: bool) -> None:
        """Refresh continuously, or rest when the last fade is done."""
        if live != self._live:
            self._live = live
            self._run()

    def set_whole(self, whole: bool) -> None:
        """Hang the whole painting on the wall, or fill the screen with it."""
        self._whole = whole
        self.update()

    def clear(self) -> None:
        """Fade to the bare wall."""
        if self._after is not None:
            self._show(None)

    def look(self) -> None:
        """Take the newest painting now, if there is one."""
        painting = self._take()
        if painting is not None:
            started = time.perf_counter()
            self._show(to_linear(painting.image))
            self.upload_s.append(time.perf_counter() - started)
            self.painted.emit(painting)

    def showEvent(self, event: object) -> None:
        """Seen again: refresh."""
        self._timer.start()

    def hideEvent(self, event: object) -> None:
        """Not seen: rest."""
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw wall and painting."""
        started = time.perf_counter()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        blend = self._blend()
        if blend is None or self._whole:  # else the painting covers it all
            self._draw_wall(painter)
        if blend is not None:
            self._draw_painting(painter, blend)
        painter.end()
        self.paint_s.append(time.perf_counter() - started)
        self.refreshes += 1

    def _show(self, light: np.ndarray | None) -> None:
        self._before = self._blend()
        self._after = light
        self._fade.begin(self._clock())
        self._run()
        self.update()

    def _blend(self) -> np.ndarray | None:
        """What is on screen now, linear light; None is the bare wall."""
        progress = np.float32(self._fade.progress(self._clock()))
        before, after = self._before, self._after
        if progress >= 1 or (before is None and after is None):
            return after
        size = before if after is None else after
        assert size is not None
        before = self._wall_like(size) if before is None else before
        after = self._wall_like(size) if after is None else after
        if before.shape != after.shape:
            before = enlarge_light(before, *after.shape[:2])
        return before + progress * (after - before)

    def _wall_like(self, light: np.ndarray) -> np.ndarray:
        return np.broadcast_to(self._wall, light.shape)

    def _draw_wall(self, painter: QPainter) -> None:
        wide, high = self.width(), self.height()
        light = QRadialGradient(QPointF(wide / 2, high * 0.44), max(wide, high) * 0.75)
        light.setColorAt(0, QColor(*WALL).lighter(112))
        light.setColorAt(1, QColor(*WALL).darker(150))
        painter.fillRect(self.rect(), light)

    def _draw_painting(self, painter: QPainter, blend: np.ndarray) -> None:
        height, width = blend.shape[:2]
        factor = max(1, SMOOTH // max(height, width))
        codes = to_srgb(enlarge_light(blend, height * factor, width * factor) if factor > 1 else blend)
        pixels = np.full((*codes.shape[:2], 4), 255, np.uint8)  # the format that Qt stretches fastest
        pixels[..., :3] = codes[..., ::-1] if sys.byteorder == "little" else codes
        data = pixels.tobytes()  # QImage reads it without a copy, so it must live as long as the image
        image = QImage(data, codes.shape[1], codes.shape[0], codes.shape[1] * 4, QImage.Format.Format_RGB32)
        placed = hang((self.width(), self.height()), (width, height), 1.0, self._whole)
        painter.drawImage(QRectF(placed.left, placed.bottom, placed.width, placed.height), image)

    def _run(self) -> None:
        if self.isVisible():
            self._timer.start()

    def _refresh(self) -> None:
        if self._live:
            self.look()
        fading = self._fade.progress(self._clock()) < 1
        if fading:
            self.update()
        elif not self._live:
            self._timer.stop()
            self.update()
