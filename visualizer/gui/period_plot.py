"""The period plot: what the music is heard as, a label on the wall beside the painting. GUI thread.

Five lines with names and probabilities; they glide to each new value and the timer rests when
they have arrived. They lie over the painting, which has them drawn again at each refresh: they are
kept as a picture until something of them looks different, and what seldom does as another.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPixmap, QStaticText
from PyQt6.QtWidgets import QWidget

from mvnet.periods import PERIODS
from visualizer.gui.theme import DARK, PIGMENTS, Theme, sans, serif, translucent
from visualizer.words import number, period_name, tr

SETTLE_S = 0.25  # time in which a line goes 63 % of its way
ARRIVED = 0.0005
UNDECIDED = 0.01  # lines that differ by less are all alike: nothing has been heard yet
STEP_MS = 50
FINENESS = 100  # lengths of a line that can be told apart: a little less than a point each
WIDTH, MARGIN, ROW = 248, 16, 22
TOP = MARGIN + 46  # of the first line


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
        self._words: tuple[tuple[object, ...], QPixmap] | None = None  # the same of what does not glide
        self._figures: dict[int, QStaticText] = {}  # percentages, laid out once
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
        return QSize(WIDTH, TOP + MARGIN + ROW * len(PERIODS))

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
        lines = [(round(FINENESS * value), round(100 * value)) for value in self.shown]
        return *lines, *self._word_marks()

    def _word_marks(self) -> tuple[object, ...]:
        """All that is seen of what does not glide."""
        return self.likeliest, self._held, self._theme, self.devicePixelRatioF()

    def _draw(self) -> QPixmap:
        marks = self._word_marks()
        if self._words is None or self._words[0] != marks:
            self._words = marks, self._draw_words()
        label = self._words[1].copy()
        painter = QPainter(label)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sans(9))
        for index, name in enumerate(PERIODS):
            self._draw_value(painter, index, name)
        painter.end()
        return label

    def _draw_words(self) -> QPixmap:
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
        painter.setFont(sans(9))
        for index, name in enumerate(PERIODS):
            self._draw_name(painter, index, name)
        painter.end()
        return label

    def _draw_heading(self, painter: QPainter) -> None:
        painter.setFont(sans(8.5))
        painter.setPen(QColor(self._theme.accent))
        painter.drawText(
            QRectF(MARGIN, MARGIN - 2, WIDTH, 14), tr("Painting") if self._held is not None else tr("Heard as")
        )
        painter.setFont(serif(16, italic=True))
        painter.setPen(QColor(self._theme.text))
        period = self.likeliest if self._held is None else PERIODS[self._held]
        name = period_name(period) if period else tr("Listening")
        painter.drawText(QRectF(MARGIN, MARGIN + 10, WIDTH, 28), Qt.AlignmentFlag.AlignVCenter, name)

    def _draw_name(self, painter: QPainter, index: int, name: str) -> None:
        """A period's name, and the line that it may fill."""
        painter.setPen(self._ink(name))
        top = TOP + ROW * index
        painter.drawText(QRectF(MARGIN, top, 84, ROW), Qt.AlignmentFlag.AlignVCenter, period_name(name))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(translucent(self._theme.text, 0.14))
        painter.drawRoundedRect(self._line(painter, index, 1.0), 2, 2)

    def _draw_value(self, painter: QPainter, index: int, name: str) -> None:
        """A period's probability, in figures and as a line."""
        painter.setPen(self._ink(name))
        figures = self._figures.setdefault(round(100 * self.shown[index]), QStaticText())
        if not figures.text():
            figures.setText(number(self.shown[index], ".0%"))
            figures.prepare(font=painter.font())
        size = figures.size()
        painter.drawStaticText(
            QPointF(WIDTH - MARGIN - size.width(), TOP + ROW * index + (ROW - size.height()) / 2), figures
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(PIGMENTS[index] if name == self.likeliest else self._theme.quiet))
        painter.drawRoundedRect(self._line(painter, index, self.shown[index]), 2, 2)

    def _ink(self, name: str) -> QColor:
        return QColor(self._theme.text if name == self.likeliest else self._theme.quiet)

    def _line(self, painter: QPainter, index: int, share: float) -> QRectF:
        """A share of a period's line."""
        left = MARGIN + 88
        length = WIDTH - MARGIN - 40 - left - QFontMetricsF(painter.font()).averageCharWidth() / 2
        return QRectF(left, TOP + ROW * (index + 0.5) - 2, max(4.0, length * share), 4)

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
