"""The lines of the transport: thin sliders, clicked anywhere, that keep their keys when focused. GUI thread."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PyQt6.QtWidgets import QSlider

from visualizer.gui.theme import DARK, Theme

KNOB = 7.0  # radius of the knob and room at both ends, points
OWN_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class FocusedKeys:
    """Mixin: a control that has the focus keeps Space, Enter and the arrows; else they are the window's shortcuts."""

    def event(self, event: QEvent | None) -> bool:
        """Claim the keys before the shortcuts see them."""
        if (
            event is not None
            and event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in OWN_KEYS
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
        ):
            event.accept()
            return True
        return bool(super().event(event))  # type: ignore[misc]


class Line(FocusedKeys, QSlider):
    """A slider drawn as a thin line that can be clicked anywhere.

    Attributes:
        level: True draws the value as a meter: no knob, no hand.
    """

    moved_to = pyqtSignal(int)  # by the user, while dragging and at the end

    def __init__(self, name: str, top: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.level = False
        self._theme = DARK
        self._over = False
        self.setAccessibleName(name)
        self.setMaximum(top)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(24)
        self.setMouseTracking(True)
        self.actionTriggered.connect(lambda action: self.moved_to.emit(self.sliderPosition()))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def value_at(self, x: float) -> int:
        """The value under a place in the widget."""
        share = (x - KNOB) / max(1.0, self.width() - 2 * KNOB)
        return round(min(1.0, max(0.0, share)) * self.maximum())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Go where the user points."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton and not self.level:
            self.setSliderDown(True)
            self._move(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Follow the pointer while the button is down."""
        if event is not None and self.isSliderDown():
            self._move(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        self.setSliderDown(False)
        self.update()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """The wheel is the bar's."""
        if event is not None:
            event.ignore()

    def enterEvent(self, event: object) -> None:
        """The knob appears."""
        self._over = True
        self.update()

    def leaveEvent(self, event: object) -> None:
        """The knob goes."""
        self._over = False
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw line, progress and knob."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        length = self.width() - 2 * KNOB
        share = self.value() / self.maximum() if self.maximum() else 0.0
        painter.setBrush(QColor(self._theme.line))
        painter.drawRoundedRect(QRectF(KNOB, middle - 2, length, 4), 2, 2)
        painter.setBrush(QColor(self._theme.accent if self.isEnabled() or self.level else self._theme.quiet))
        painter.drawRoundedRect(QRectF(KNOB, middle - 2, length * share, 4), 2, 2)
        if self.isEnabled() and not self.level and (self._over or self.hasFocus() or self.isSliderDown()):
            painter.setBrush(QColor(self._theme.text))
            painter.drawEllipse(QPointF(KNOB + length * share, middle), 6.5, 6.5)
        painter.end()

    def _move(self, event: QMouseEvent) -> None:
        value = self.value_at(event.position().x())
        self.setValue(value)
        self.moved_to.emit(value)
