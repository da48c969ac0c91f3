"""The canvas without OpenGL: the same picture drawn by QPainter, at a lower rate. GUI thread.

The blend and the cubic enlarging run in NumPy on a small picture (at most SMOOTH points a side);
QPainter only stretches it by a little.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QRadialGradient
from PyQt6.QtWidgets import QWidget

from visualizer.easel import Easel, Hear, Take, nothing_heard
from visualizer.enlarge import enlarge_light, to_linear, to_srgb
from visualizer.hanging import Hanging, hang
from visualizer.miniature import tint
from visualizer.presentation import Look
from visualizer.scene import Sight
from visualizer.theme import WALL

SMOOTH = 192
REFRESH_HZ = 31.0  # a little above 30, so that one late refresh does not leave a second short


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
        self._before: np.ndarray | None = None  # linear light [H, W, 3], as are the next two
        self._after: np.ndarray | None = None
        self._shown: np.ndarray | None = None
        self._wall = to_linear(np.array(WALL, np.uint8))
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setTimerType(Qt.TimerType.PreciseTimer)
        self._pace.timeout.connect(self._refresh)
        self._due = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def widget(self) -> QWidget:
        """The widget itself."""
        return self

    def showEvent(self, event: object) -> None:
        """Seen again: refresh."""
        self._wake()

    def hideEvent(self, event: object) -> None:
        """Not seen: rest."""
        self._pace.stop()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw wall and painting."""
        started = time.perf_counter()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = (16, 16) if self._after is None else (self._after.shape[1], self._after.shape[0])
        hanging = hang((self.width(), self.height()), size, 1.0, self._fit)
        sight = self._sight(hanging)
        self._shown = self._mixed(sight)
        if self._shown is None or hanging.framed:  # else the painting covers it all
            self._draw_wall(painter)
        if self._shown is not None:
            self._draw_painting(painter, self._shown, sight.look, hanging)
        if sight.light < 1:
            painter.fillRect(self.rect(), QColor.fromRgbF(0, 0, 0, 1 - sight.light))
        painter.end()
        self.paint_s.append(time.perf_counter() - started)

    def _hang(self, image: np.ndarray | None) -> None:
        started = time.perf_counter()
        self._before = self._shown
        self._after = None if image is None else to_linear(image)
        self.upload_s.append(time.perf_counter() - started)

    def _mixed(self, sight: Sight) -> np.ndarray | None:
        """What is on screen now, linear light; None is the bare wall."""
        wanted = self._between(self._before, self._after, sight.progress)
        return wanted if sight.share >= 1 else self._between(self._shown, wanted, sight.share)

    def _between(self, before: np.ndarray | None, after: np.ndarray | None, share: float) -> np.ndarray | None:
        if share >= 1 or (before is None and after is None):
            return after
        size = before if after is None else after
        assert size is not None
        before = self._wall_like(size) if before is None else before
        after = self._wall_like(size) if after is None else after
        if before.shape != after.shape:
            before = enlarge_light(before, *after.shape[:2])
        return before + np.float32(share) * (after - before)

    def _wall_like(self, light: np.ndarray) -> np.ndarray:
        return np.broadcast_to(self._wall, light.shape)

    def _draw_wall(self, painter: QPainter) -> None:
        wide, high = self.width(), self.height()
        light = QRadialGradient(QPointF(wide / 2, high * 0.44), max(wide, high) * 0.75)
        light.setColorAt(0, QColor(*WALL).lighter(112))
        light.setColorAt(1, QColor(*WALL).darker(150))
        painter.fillRect(self.rect(), light)

    def _draw_painting(self, painter: QPainter, light: np.ndarray, look: Look, hanging: Hanging) -> None:
        height, width = light.shape[:2]
        factor = max(1, SMOOTH // max(height, width))
        if look.saturation != 1 or look.warmth != 0:
            light = light @ tint(look)
        codes = to_srgb(enlarge_light(light, height * factor, width * factor) if factor > 1 else light)
        pixels = np.full((*codes.shape[:2], 4), 255, np.uint8)  # the format that Qt stretches fastest
        pixels[..., :3] = codes[..., ::-1] if sys.byteorder == "little" else codes
        data = pixels.tobytes()  # QImage reads it without a copy, so it must live as long as the image
        image = QImage(data, codes.shape[1], codes.shape[0], codes.shape[1] * 4, QImage.Format.Format_RGB32)
        place = QRectF(hanging.left, hanging.bottom, hanging.width, hanging.height)
        if hanging.framed:
            painter.setClipRect(place)
        middle = QPointF(self.width() / 2, self.height() / 2)
        painter.translate(middle)
        painter.scale(look.zoom, look.zoom)
        painter.translate(-middle)
        painter.drawImage(place, image)
        if hanging.fit == "mirror":
            self._draw_mirrored(painter, image, place)
        painter.resetTransform()
        painter.setClipping(False)

    def _draw_mirrored(self, painter: QPainter, image: QImage, place: QRectF) -> None:
        """Go on beyond the sides with mirror images until the screen is covered."""
        across, down = place.width() < self.width(), place.height() < self.height()
        count = math.ceil(max(self.width() / place.width(), self.height() / place.height()) / 2)
        for step in [*range(-count, 0), *range(1, count + 1)]:
            tile = image if step % 2 == 0 else image.mirrored(across, down)
            painter.drawImage(place.translated(step * place.width() * across, step * place.height() * down), tile)

    def _wake(self) -> None:
        self.update()
        if self.isVisible() and not self._pace.isActive():
            self._due = time.perf_counter()
            self._await_next()

    def _refresh(self) -> None:
        if self._live:
            self.look()
        self.update()
        if self._goes_on():
            self._await_next()

    def _await_next(self) -> None:
        """Ask for the next refresh at its place in an even row: being late once does not make the next ones late."""
        now = time.perf_counter()
        self._due = max(self._due + 1 / REFRESH_HZ, now)
        self._pace.start(max(0, round(1000 * (self._due - now))))
