"""The cover of the piece that plays, small, beside its title. GUI thread; the picture comes decoded."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PyQt6.QtWidgets import QWidget

from visualizer.words import tr

SIDE = 48
CORNER = 4.0


class Cover(QWidget):
    """A square of a picture; hidden while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.setFixedSize(QSize(SIDE, SIDE))
        self.setAccessibleName(tr("Cover"))
        self.hide()

    @property
    def shown(self) -> bool:
        """Whether there is a cover."""
        return self._image is not None

    def set_cover(self, picture: np.ndarray | None) -> None:
        """Show a picture, uint8 [h, w, 3], cut to a square; None: none."""
        self._image = None
        if picture is not None:
            high, wide = picture.shape[:2]
            side = min(high, wide)
            top, left = (high - side) // 2, (wide - side) // 2
            square = np.ascontiguousarray(picture[top : top + side, left : left + side])
            image = QImage(square.tobytes(), side, side, 3 * side, QImage.Format.Format_RGB888)
            self._image = image.copy()  # Qt does not keep the bytes alive
        self.setVisible(self.shown)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw it with round corners."""
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect())
        path = QPainterPath()
        path.addRoundedRect(area, CORNER, CORNER)
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        painter.drawImage(area, self._image)
        painter.end()
