"""The canvas without OpenGL: the same picture with simpler strokes, at a lower rate. GUI thread.

The picture is made in NumPy at a moderate size (visualizer.raster_painting); QPainter stretches, zooms and turns it,
and lays the linen over it.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QRadialGradient
from PyQt6.QtWidgets import QWidget

from visualizer.easel import Easel, Hear, Take, nothing_heard
from visualizer.hanging import Hanging, hang
from visualizer.linen import light_on_linen, threads
from visualizer.raster_painting import RasterPainting, view
from visualizer.scene import Sight
from visualizer.theme import WALL

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
        self._painting = RasterPainting(WALL)
        self._linen: tuple[tuple[int, int, bool], QPixmap] | None = None  # for which size and hanging, and itself
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setTimerType(Qt.TimerType.PreciseTimer)
        self._pace.timeout.connect(self._refresh)
        self._due = 0.0
        self._drawn: tuple[Hanging, Sight, np.ndarray | None] | None = None
        self._stale = True  # the picture has moved on since it was drawn
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
        """Draw wall and painting: of this moment, or what was drawn last where only an overlay above has changed."""
        started = time.perf_counter()
        fresh = self._stale or self._drawn is None or event is None or event.rect() == self.rect()
        if fresh or self._drawn is None:
            self._drawn, self._stale = self._picture(), False
        hanging, sight, pixels = self._drawn
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if pixels is None or hanging.framed:  # else the painting covers it all
            self._draw_wall(painter)
        if pixels is not None:
            self._draw_painting(painter, sight, hanging, pixels)
        if sight.light < 1:
            painter.fillRect(self.rect(), QColor.fromRgbF(0, 0, 0, 1 - sight.light))
        painter.end()
        if fresh:
            self.paint_s.append(time.perf_counter() - started)

    def resizeEvent(self, event: object) -> None:
        """Another size: what was drawn does not fit."""
        self._stale = True

    def _picture(self) -> tuple[Hanging, Sight, np.ndarray | None]:
        """One refresh: how the painting hangs and is seen, and its pixels; None for the bare wall."""
        hanging = self._hung(hang((self.width(), self.height()), self._painting.size, 1.0, self._fit))
        sight = self._sight(hanging)
        self._painting.mix(sight)
        if self._painting.bare:
            return hanging, sight, None
        return hanging, sight, self._painting.picture(sight, view(hanging, self._painting.points), self._tier)

    def _hang(self, image: np.ndarray | None) -> None:
        started = time.perf_counter()
        self._painting.upload(image)
        self.upload_s.append(time.perf_counter() - started)

    def _draw_wall(self, painter: QPainter) -> None:
        wide, high = self.width(), self.height()
        light = QRadialGradient(QPointF(wide / 2, high * 0.44), max(wide, high) * 0.75)
        light.setColorAt(0, QColor(*WALL).lighter(112))
        light.setColorAt(1, QColor(*WALL).darker(150))
        painter.fillRect(self.rect(), light)

    def _draw_painting(self, painter: QPainter, sight: Sight, hanging: Hanging, pixels: np.ndarray) -> None:
        """The painting, moved as the look says; a framed one within its frame, and the linen, which hangs still."""
        seen = view(hanging, self._painting.points)
        data = (pixels if sys.byteorder == "little" else pixels[..., ::-1]).tobytes()
        height, width = pixels.shape[:2]
        # QImage reads the data without a copy: it must live as long as the image.
        image = QImage(data, width, height, width * 4, QImage.Format.Format_RGB32)
        place = QRectF(seen.left, self.height() - seen.bottom - seen.height, seen.width, seen.height)
        painter.save()
        if hanging.framed:
            painter.setClipRect(place)
        middle = QPointF(self.width() / 2, self.height() / 2)
        zoom = sight.look.zoom * _covering(self.width(), self.height(), sight.look.rotation_deg)
        painter.translate(middle)
        painter.scale(zoom, zoom)
        painter.rotate(-sight.look.rotation_deg)
        painter.translate(-middle)
        painter.drawImage(place, image)
        if hanging.fit == "mirror":
            self._draw_mirrored(painter, image, place)
        painter.resetTransform()
        painter.drawPixmap(0, 0, self._linen_for(hanging))
        painter.restore()

    def _linen_for(self, hanging: Hanging) -> QPixmap:
        """A shade of black for each pixel: linen and corners, made once for a size of the window."""
        size = (self.width(), self.height(), hanging.framed)
        if self._linen is None or self._linen[0] != size:
            light = (threads if hanging.framed else light_on_linen)(size[0], size[1], 1.0)
            black = np.rint(255 * (1 - light)).astype(np.uint8)
            image = QImage(black.tobytes(), size[0], size[1], size[0], QImage.Format.Format_Alpha8)
            shade = QPixmap.fromImage(image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied))
            self._linen = (size, shade)
        return self._linen[1]

    def _draw_mirrored(self, painter: QPainter, image: QImage, place: QRectF) -> None:
        """Go on beyond the sides with mirror images until the screen is covered."""
        across, down = place.width() < self.width(), place.height() < self.height()
        count = math.ceil(max(self.width() / place.width(), self.height() / place.height()) / 2)
        for step in [*range(-count, 0), *range(1, count + 1)]:
            tile = image if step % 2 == 0 else image.mirrored(across, down)
            painter.drawImage(place.translated(step * place.width() * across, step * place.height() * down), tile)

    def _wake(self) -> None:
        self._stale = True
        self.update()
        if self.isVisible() and not self._pace.isActive():
            self._due = time.perf_counter()
            self._await_next()

    def _refresh(self) -> None:
        self._await_next()  # before a painting is taken, which would wake a canvas that rests
        if self._live:
            self.look()
        self._stale = True
        self.update()
        if not self._goes_on():
            self._pace.stop()

    def _await_next(self) -> None:
        """Ask for the next refresh at its place in an even row: being late once does not make the next ones late."""
        now = time.perf_counter()
        self._due = max(self._due + 1 / REFRESH_HZ, now)
        self._pace.start(max(0, round(1000 * (self._due - now))))


def _covering(width: float, height: float, rotation_deg: float) -> float:
    """How much a picture must be zoomed to cover its place although it is turned."""
    return 1 + max(width / height, height / width) * math.sin(math.radians(abs(rotation_deg)))
