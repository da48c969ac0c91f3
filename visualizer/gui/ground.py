"""What stands still in a widget that is painted often: drawn once, anew when what it shows has changed. GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter, QPixmap
from PyQt6.QtWidgets import QWidget


class Ground:
    """A picture as large as its widget, kept until the widget's size, its screen's scale or its marks change.

    Args:
        widget: that it is the ground of.
        draw: draws it, given a painter with smooth edges.
    """

    def __init__(self, widget: QWidget, draw: Callable[[QPainter], None]) -> None:
        self._widget, self._draw = widget, draw
        self._kept: tuple[tuple[object, ...], QPixmap] | None = None

    def show(self, painter: QPainter, *marks: object) -> None:
        """Put it under what moves.

        Args:
            painter: on the widget.
            marks: all else that is seen of it: with the same ones it looks the same.
        """
        marks = self._widget.size(), self._widget.devicePixelRatioF(), *marks
        if self._kept is None or self._kept[0] != marks:
            self._kept = marks, self._drawn()
        painter.drawPixmap(0, 0, self._kept[1])

    def _drawn(self) -> QPixmap:
        ratio = self._widget.devicePixelRatioF()
        picture = QPixmap(self._widget.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter)
        painter.end()
        return picture
