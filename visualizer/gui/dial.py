"""A dial: one value from 0 to 1, turned with the pointer, the wheel or the keys. GUI thread."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractSlider, QSizePolicy

from visualizer.gui.theme import DARK, Theme, sans, serif
from visualizer.gui.transport_line import FocusedKeys
from visualizer.words import tr

STEPS = 100
SWEEP_DEG = 270.0
LEAST_WIDTH = 66  # room for the words
TURN_POINTS = 160.0  # of dragging for a whole turn


class Dial(FocusedKeys, QAbstractSlider):
    """A dial with its name and what its two ends mean.

    Args:
        name: for people and screen readers.
        ends: words at 0 and at 1.
        usual: the value that a double click brings back.
        side: of the dial, points.
    """

    turned = pyqtSignal(float)  # by the user, 0 to 1

    def __init__(self, name: str, ends: tuple[str, str], usual: float = 0.5, side: int = 72) -> None:
        super().__init__()
        self._name, self._ends, self._usual, self._side = name, ends, usual, side
        self._theme = DARK
        self._grabbed: tuple[float, int] | None = None
        self.setOrientation(Qt.Orientation.Vertical)
        self.setRange(0, STEPS)
        self.setSingleStep(5)
        self.setPageStep(20)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setAccessibleDescription(tr("from {low} to {high}", low=ends[0], high=ends[1]))
        self.setToolTip(
            tr("{name}: {low} to {high}. Double-click for the usual.", name=name, low=ends[0], high=ends[1])
        )
        self.actionTriggered.connect(lambda action: self.turned.emit(self.sliderPosition() / STEPS))

    def sizeHint(self) -> QSize:
        """The dial and its words."""
        return QSize(max(self._side + 8, LEAST_WIDTH), self._side + 34)

    def set_share(self, share: float) -> None:
        """Show a value, 0 to 1."""
        if self._grabbed is None:
            self.setValue(round(share * STEPS))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = event.position().y(), self.value()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Turn: up is more."""
        if event is not None and self._grabbed is not None:
            from_y, from_value = self._grabbed
            self._turn_to(from_value + round(STEPS * (from_y - event.position().y()) / TURN_POINTS))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Back to the usual."""
        self._grabbed = None
        self._turn_to(round(self._usual * STEPS))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw arc, pointer and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, side = self._theme, self._side
        circle = QRectF((self.width() - side) / 2 + 5, 5, side - 10, side - 10)
        start = 225.0
        painter.setPen(QPen(QColor(theme.line), 4, cap=Qt.PenCapStyle.RoundCap))
        painter.drawArc(circle, round(16 * start), round(-16 * SWEEP_DEG))
        share = self.value() / STEPS
        painter.setPen(QPen(QColor(theme.accent), 4, cap=Qt.PenCapStyle.RoundCap))
        if share > 0:
            painter.drawArc(circle, round(16 * start), round(-16 * SWEEP_DEG * share))
        angle = math.radians(start - SWEEP_DEG * share)
        centre, radius = circle.center(), circle.width() / 2
        out = QPointF(math.cos(angle), -math.sin(angle))
        painter.setPen(QPen(QColor(theme.text), 2.5, cap=Qt.PenCapStyle.RoundCap))
        painter.drawLine(centre + out * (radius * 0.45), centre + out * (radius * 0.78))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.drawEllipse(circle.adjusted(-4, -4, 4, 4))
        self._draw_words(painter)
        painter.end()

    def _draw_words(self, painter: QPainter) -> None:
        theme, top = self._theme, self._side - 4
        painter.setPen(QColor(theme.text))
        painter.setFont(serif(10))
        middle = Qt.AlignmentFlag.AlignHCenter
        painter.drawText(QRectF(0, top, self.width(), 18), middle, self._name)
        painter.setPen(QColor(theme.quiet))
        painter.setFont(sans(7.5))
        painter.drawText(QRectF(0, top + 19, self.width(), 16), middle, " – ".join(self._ends))

    def _turn_to(self, value: int) -> None:
        value = min(STEPS, max(0, value))
        if value != self.value():
            self.setValue(value)
            self.turned.emit(value / STEPS)
