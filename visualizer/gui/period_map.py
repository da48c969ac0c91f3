"""The map of the periods: where the music is among them, and the way it came. GUI thread.

The five periods stand on a circle in the order of their time, renaissance at the left; the music stands at the mean
of their places, weighted by its probabilities, so that a clear case is near a name and a doubtful one between.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRadialGradient
from PyQt6.QtWidgets import QSizePolicy, QWidget

from mvnet.periods import PERIODS
from visualizer.gui.ground import Ground
from visualizer.gui.period_plot import UNDECIDED
from visualizer.gui.theme import DARK, PIGMENTS, Theme, serif, translucent
from visualizer.words import period_name, tr

WIDTH, HEIGHT = 280, 190
TRAIL_S = 60.0
STEP_S = 0.25  # between two points of the trail
MARGIN = 30
PATCH = 62  # radius of a patch of colour, points


def places() -> np.ndarray:
    """Where the periods stand, float [5, 2], on the unit circle, y up: clockwise from the left, as time goes."""
    angles = np.pi - 2 * np.pi * np.arange(len(PERIODS)) / len(PERIODS)
    return np.stack((np.cos(angles), np.sin(angles)), axis=1)


def place_of(period: np.ndarray) -> tuple[float, float]:
    """Where music of some probabilities, [5], stands; the middle for what is no probability."""
    weights = np.clip(np.nan_to_num(np.asarray(period, np.float64), posinf=0.0, neginf=0.0), 0, None)
    total = float(weights.sum())
    if total <= 0:
        return 0.0, 0.0
    x, y = weights @ places() / total
    return float(x), float(y)


def nearest(period: np.ndarray) -> str:
    """Where the music is, in words; in the middle while all periods are alike."""
    if float(np.ptp(period)) < UNDECIDED:
        return tr("in the middle")
    return tr("near {period}", period=period_name(PERIODS[int(np.argmax(period))]))


class PeriodMap(QWidget):
    """The map."""

    def __init__(self) -> None:
        super().__init__()
        self.trail: deque[tuple[float, float, float]] = deque()  # seconds and place
        self._theme = DARK
        self._ground = Ground(self, self._draw_ground)  # all but the trail
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Map of the periods"))

    def sizeHint(self) -> QSize:
        """As wide as the desk."""
        return QSize(WIDTH, HEIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def add(self, period: np.ndarray, now: float) -> None:
        """The music is here now: probabilities [5]; `now` in seconds of any steady clock."""
        if self.trail and now - self.trail[-1][0] < STEP_S:
            return
        self.trail.append((now, *place_of(period)))
        while now - self.trail[0][0] > TRAIL_S:
            self.trail.popleft()
        near = nearest(period)
        if near != self.accessibleDescription():
            self.setAccessibleDescription(near)
        self.update()

    def place(self, x: float, y: float) -> QPointF:
        """A point of the plane on the widget."""
        half_wide, half_high = self.width() / 2 - MARGIN, self.height() / 2 - MARGIN
        return QPointF(self.width() / 2 + x * half_wide, self.height() / 2 - y * half_high)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the trail and the present place over the periods, which are drawn once."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground.show(painter, self._theme.raised, self._theme.text)
        self._draw_trail(painter)
        painter.end()

    def _draw_ground(self, painter: QPainter) -> None:
        """The periods as patches of colour, and their names."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.raised))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        self._draw_periods(painter)

    def _draw_periods(self, painter: QPainter) -> None:
        centres = [self.place(x, y) for x, y in places()]
        painter.setClipRect(self.rect())
        for centre, pigment in zip(centres, PIGMENTS, strict=True):
            patch = QRadialGradient(centre, PATCH)
            patch.setColorAt(0, translucent(pigment, 0.6))
            patch.setColorAt(1, translucent(pigment, 0.0))
            painter.setBrush(patch)
            painter.drawEllipse(centre, PATCH, PATCH)
        painter.setFont(serif(9.5, italic=True))
        metrics = painter.fontMetrics()
        painter.setPen(QColor(self._theme.text))
        for centre, name in zip(centres, PERIODS, strict=True):
            word = period_name(name)
            wide = metrics.horizontalAdvance(word)
            left = min(max(4.0, centre.x() - wide / 2), self.width() - wide - 4.0)
            painter.drawText(QPointF(left, centre.y() + metrics.ascent() / 2), word)

    def _draw_trail(self, painter: QPainter) -> None:
        points = [(when, self.place(x, y)) for when, x, y in self.trail]
        for (_, start), (when, end) in pairwise(points):
            fresh = 1 - (points[-1][0] - when) / TRAIL_S
            painter.setPen(QPen(translucent(self._theme.text, 0.75 * fresh), 1.6, cap=Qt.PenCapStyle.RoundCap))
            painter.drawLine(start, end)
        if points:
            painter.setPen(QPen(QColor(self._theme.ground), 1.5))
            painter.setBrush(QColor(self._theme.accent))
            painter.drawEllipse(points[-1][1], 5, 5)
