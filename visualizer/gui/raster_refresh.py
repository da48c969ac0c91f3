"""One refresh of the canvas without OpenGL, from painting and music to the finished picture. The drawing thread.

The picture is made in NumPy at a moderate size (picture.raster_painting); QPainter stretches, zooms and turns it
onto an image of the widget's size, and lays the linen over it. No widget here: the GUI thread only shows the image.
"""

from __future__ import annotations

import math
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter, QRadialGradient, QTransform

from visualizer.hearing.analyser import Features
from visualizer.picture.hanging import WALL, Fit, Hanging, hang
from visualizer.picture.linen import light_on_linen, threads
from visualizer.picture.raster_painting import RasterPainting, view
from visualizer.picture.scene import Scene, Sight

# Device pixels from the top to the bottom of what is drawn in one call. Python waits for the whole of a call of Qt's,
# every thread of it, and calls that reach over 96 lines wait in their turn for threads that Qt shares them out to.
STRIP = 80


@dataclass(frozen=True)
class Wanted:
    """What a refresh is to show.

    Attributes:
        number: of the refresh; refreshes are counted as they are asked for.
        size: width and height of the widget in points of the desktop.
        scale: device pixels in one of those.
        fit: how the painting hangs.
        tier: 0 with strokes, 1 and 2 with flat ones, 3 or more without.
        features: what should be seen of the music; None holds the last look.
        now: seconds of the canvas's clock.
    """

    number: int
    size: tuple[int, int]
    scale: float
    fit: Fit
    tier: int
    features: Features | None
    now: float


@dataclass(frozen=True)
class Drawn:
    """A finished refresh.

    Attributes:
        number: of the refresh.
        size: of the widget for which it was drawn, points of the desktop.
        image: that size in device pixels; drawn over by the refresh after the next.
        changes: the next refresh would differ even without sound.
        paint_s: how long drawing took, seconds.
        upload_s: how long each painting took that came since the last refresh, seconds.
    """

    number: int
    size: tuple[int, int]
    image: QImage
    changes: bool
    paint_s: float
    upload_s: tuple[float, ...]


class RasterRefresh:
    """Draws refreshes, one at a time and in order.

    Args:
        scene: what is on screen; once a refresh was drawn, only changed through `change`.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._painting = RasterPainting(WALL, strokes_later=True)
        self._lock = threading.Lock()
        self._changes: deque[Callable[[], object]] = deque()
        self._upload_s: list[float] = []
        self._images: list[QImage] = []  # two, in turn: one is shown while the other is drawn
        self._linen: tuple[tuple[int, int, float, bool], QImage] | None = None

    # ---- any thread

    def change(self, change: Callable[[Scene], object]) -> None:
        """Change the scene before the next refresh; in the order of the calls. Never waits."""
        self._changes.append(lambda: change(self._scene))

    def hang(self, image: np.ndarray | None, now: float) -> None:
        """Fade to an image from now on, uint8 [H, W, 3], or to the bare wall. Never waits."""
        self._changes.append(lambda: self._hang(image, now))

    def catch_up(self) -> None:
        """Take what was asked for so far; waits for a refresh that is being drawn."""
        with self._lock:
            self._catch_up()

    def draw(self, wanted: Wanted) -> Drawn:
        """Draw a refresh; waits for one that is being drawn on another thread."""
        with self._lock:
            started = time.perf_counter()
            self._catch_up()
            image = self._draw(wanted)
            uploads, self._upload_s = tuple(self._upload_s), []
            changes = self._scene.changes(wanted.now)
            return Drawn(wanted.number, wanted.size, image, changes, time.perf_counter() - started, uploads)

    def rest(self) -> None:
        """Do what can wait until a refresh is on screen, and would make it late: lay the strokes anew."""
        with self._lock:
            self._painting.lay_strokes()

    # ---- the thread that draws

    def _catch_up(self) -> None:
        while self._changes:
            self._changes.popleft()()

    def _hang(self, image: np.ndarray | None, now: float) -> None:
        started = time.perf_counter()
        self._painting.upload(image)
        self._upload_s.append(time.perf_counter() - started)
        self._scene.begin(image, now)

    def _draw(self, wanted: Wanted) -> QImage:
        width, height = wanted.size
        hanging = self._scene.hung(hang((width, height), self._painting.size, 1.0, wanted.fit), wanted.now)
        sight = self._scene.sight(wanted.features, wanted.now, hanging)
        self._painting.mix(sight)
        image = self._blank(wanted)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._painting.bare or hanging.framed:  # else the painting covers it all
            draw_wall(painter, QRect(0, 0, width, height))
        if not self._painting.bare:
            self._draw_painting(painter, sight, hanging, wanted)
        if sight.light < 1:
            painter.fillRect(QRectF(0, 0, width, height), QColor.fromRgbF(0, 0, 0, 1 - sight.light))
        painter.end()
        return image

    def _blank(self, wanted: Wanted) -> QImage:
        """The image that is not shown now."""
        width, height = (max(1, math.ceil(side * wanted.scale)) for side in wanted.size)
        if not self._images or (self._images[0].width(), self._images[0].height()) != (width, height):
            self._images = [QImage(width, height, QImage.Format.Format_RGB32) for _ in range(2)]
        self._images.reverse()
        self._images[0].setDevicePixelRatio(wanted.scale)
        return self._images[0]

    def _draw_painting(self, painter: QPainter, sight: Sight, hanging: Hanging, wanted: Wanted) -> None:
        """The painting, moved as the look says; a framed one within its frame, and the linen, which hangs still."""
        width, height = wanted.size
        seen = view(hanging, self._painting.points)
        pixels = self._painting.picture(sight, seen, wanted.tier)
        data = (pixels if sys.byteorder == "little" else pixels[..., ::-1]).tobytes()
        rows, columns = pixels.shape[:2]
        # QImage reads the data without a copy: it must live as long as the image.
        image = QImage(data, columns, rows, columns * 4, QImage.Format.Format_RGB32)
        place = QRectF(seen.left, height - seen.bottom - seen.height, seen.width, seen.height)
        middle = QPointF(width / 2, height / 2)
        zoom = sight.look.zoom * _covering(width, height, sight.look.rotation_deg)
        turned = QTransform.fromTranslate(middle.x(), middle.y()).scale(zoom, zoom).rotate(-sight.look.rotation_deg)
        turned.translate(-middle.x(), -middle.y())
        linen = self._linen_for(hanging, wanted)
        for strip in strips(wanted.size, wanted.scale):
            painter.setClipRect(strip & place if hanging.framed else strip)
            painter.setTransform(turned)
            painter.drawImage(place, image)
            if hanging.fit == "mirror":
                _draw_mirrored(painter, image, place, wanted.size)
            painter.resetTransform()
            painter.drawImage(0, 0, linen)
        painter.setClipping(False)

    def _linen_for(self, hanging: Hanging, wanted: Wanted) -> QImage:
        """A shade of black for each pixel: linen and corners, made once for a size of the window."""
        width, height = (max(1, math.ceil(side * wanted.scale)) for side in wanted.size)
        kind = (width, height, wanted.scale, hanging.framed)
        if self._linen is None or self._linen[0] != kind:
            light = (threads if hanging.framed else light_on_linen)(width, height, wanted.scale)
            black = np.zeros((height, width, 4), np.uint8)
            black[..., 3 if sys.byteorder == "little" else 0] = np.rint(255 * (1 - light))
            form = QImage.Format.Format_ARGB32_Premultiplied
            shade = QImage(black.tobytes(), width, height, width * 4, form).copy()
            shade.setDevicePixelRatio(wanted.scale)
            self._linen = (kind, shade)
        return self._linen[1]


def strips(size: tuple[int, int], scale: float) -> list[QRectF]:
    """The whole of an image, from top to bottom, in strips of STRIP lines.

    Args:
        size: width and height in points of the desktop.
        scale: device pixels in one of those.
    """
    width, lines = size[0], math.ceil(size[1] * scale)
    return [QRectF(0, top / scale, width, min(STRIP, lines - top) / scale) for top in range(0, lines, STRIP)]


def draw_wall(painter: QPainter, place: QRect) -> None:
    """The bare wall, lit in its middle."""
    wide, high = place.width(), place.height()
    light = QRadialGradient(QPointF(wide / 2, high * 0.44), max(wide, high) * 0.75)
    light.setColorAt(0, QColor(*WALL).lighter(112))
    light.setColorAt(1, QColor(*WALL).darker(150))
    painter.fillRect(place, light)


def _draw_mirrored(painter: QPainter, image: QImage, place: QRectF, size: tuple[int, int]) -> None:
    """Go on beyond the sides with mirror images until the screen is covered."""
    across, down = place.width() < size[0], place.height() < size[1]
    count = math.ceil(max(size[0] / place.width(), size[1] / place.height()) / 2)
    for step in [*range(-count, 0), *range(1, count + 1)]:
        tile = image if step % 2 == 0 else image.mirrored(across, down)
        painter.drawImage(place.translated(step * place.width() * across, step * place.height() * down), tile)


def _covering(width: float, height: float, rotation_deg: float) -> float:
    """How much a picture must be zoomed to cover its place although it is turned."""
    return 1 + max(width / height, height / width) * math.sin(math.radians(abs(rotation_deg)))
