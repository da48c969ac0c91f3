"""The period plot: what the music is heard as, a label on the wall beside the painting. GUI thread.

Five lines with names and probabilities; they glide to each new value and the timer rests when
they have arrived. They lie over the painting, which has them drawn again at each refresh: they are
kept as a picture until something of them looks different.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from PyQt6.QtCore import QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import QWidget

from mvnet.periods import PERIODS
from visualizer.gui.theme import DARK, PIGMENTS, Theme, sans, serif, translucent
from visualizer.words import period_name, tr

SETTLE_S = 0.25  # time in which a line goes 63 % of its way
ARRIVED = 0.0005
UNDECIDED = 0.01  # lines that differ by less are all alike: nothing has been heard yet
STEP_MS = 33
FINENESS = 200  # lengths of a line that can be told apart
WIDTH, MARGIN, ROW = 248, 16, 22


class PeriodPlot(QWidget):
    """Five probabilities and the likeliest period's name.

    Args:
        clock: seconds, steady.

    Attributes:
        shown: the probabilities as drawn now, in the order of PERIODS.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown = [0.0] * len(PERIODS)
        self._target = [0.0] * len(PERIODS)
        self._held: int | None = None
        self._theme = DARK
        self._drawn: tuple[tuple[object, ...], QPixmap] | None = None  # what it shows, and the label itself
        self._clock = clock
        self._last = clock()
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._step)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Period plot"))
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Fixed: the label does not grow with the window."""
        return QSize(WIDTH, 2 * MARGIN + 46 + ROW * len(PERIODS))

    def set_probabilities(self, period: Sequence[float]) -> None:
        """Glide to new probabilities, five numbers in the order of PERIODS; what is no number counts as 0."""
        self._target = [min(1.0, max(0.0, float(p))) if math.isfinite(p) else 0.0 for p in period]
        if not self._timer.isActive() and self.isVisible():
            self._last = self._clock()
            self._timer.start()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def set_held(self, index: int | None) -> None:
        """Say that one period is painted whatever is heard; None: the music decides."""
        self._held = index
        self.update()

    @property
    def likeliest(self) -> str:
        """Name of the period whose line is the longest now, so that name and lines never disagree.

        Empty while all are alike: before the first half second of sound nothing is known.
        """
        if max(self.shown) - min(self.shown) < UNDECIDED:
            return ""
        return PERIODS[max(range(len(PERIODS)), key=self.shown.__getitem__)]

    def showEvent(self, event: object) -> None:
        """Start where the music is: nothing glides while hidden."""
        self.shown = list(self._target)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the label."""
        marks = self._marks()
        if self._drawn is None or self._drawn[0] != marks:
            self._drawn = marks, self._draw()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn[1])
        painter.end()

    def _marks(self) -> tuple[object, ...]:
        """All that is seen of it: labels with the same marks look alike."""
        lines = [(round(FINENESS * value), f"{value:.0%}") for value in self.shown]
        return *lines, self.likeliest, self._held, self._theme, self.devicePixelRatioF()

    def _draw(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        label = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        label.setDevicePixelRatio(ratio)
        label.fill(Qt.GlobalColor.transparent)
        painter = QPainter(label)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.ground))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        self._draw_heading(painter)
        for index, name in enumerate(PERIODS):
            self._draw_row(painter, index, name)
        painter.end()
        return label

    def _draw_heading(self, painter: QPainter) -> None:
        painter.setFont(sans(8.5))
        painter.setPen(QColor(self._theme.quiet))
        painter.drawText(
            QRectF(MARGIN, MARGIN - 2, WIDTH, 14), tr("Painting") if self._held is not None else tr("Heard as")
        )
        painter.setFont(serif(16, italic=True))
        painter.setPen(QColor(self._theme.text))
        period = self.likeliest if self._held is None else PERIODS[self._held]
        name = period_name(period) if period else tr("Listening")
        painter.drawText(QRectF(MARGIN, MARGIN + 10, WIDTH, 28), Qt.AlignmentFlag.AlignVCenter, name)

    def _draw_row(self, painter: QPainter, index: int, name: str) -> None:
        top = MARGIN + 46 + ROW * index
        value = self.shown[index]
        leads = name == self.likeliest
        painter.setFont(sans(9))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(self._theme.text if leads else self._theme.quiet))
        painter.drawText(QRectF(MARGIN, top, 84, ROW), Qt.AlignmentFlag.AlignVCenter, period_name(name))
        figure = f"{value:.0%}"
        right = WIDTH - MARGIN
        painter.drawText(
            QRectF(right - 40, top, 40, ROW), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure
        )
        left, length = MARGIN + 88, right - 40 - (MARGIN + 88) - metrics.averageCharWidth() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(translucent(self._theme.text, 0.14))
        painter.drawRoundedRect(QRectF(left, top + ROW / 2 - 2, length, 4), 2, 2)
        painter.setBrush(QColor(PIGMENTS[index] if leads else self._theme.quiet))
        painter.drawRoundedRect(QRectF(left, top + ROW / 2 - 2, max(4.0, length * value), 4), 2, 2)

    def _step(self) -> None:
        now = self._clock()
        share = 1 - math.exp(-max(0.0, now - self._last) / SETTLE_S)
        self._last = now
        self.shown = [x + share * (to - x) for x, to in zip(self.shown, self._target, strict=True)]
        if all(abs(to - x) < ARRIVED for x, to in zip(self.shown, self._target, strict=True)):
            self.shown = list(self._target)
            self._timer.stop()
        if not self.isVisible():
            self._timer.stop()
        if self._drawn is None or self._drawn[0] != self._marks():
            self.update()
