"""The map of the periods: where the music is among them, and the way it came. GUI thread.

The five prototypes of the model, ten numbers each, are laid on a plane so that most of what parts them is
seen (principal components); the embedding that is painted moves on it and leaves a trail.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRadialGradient
from PyQt6.QtWidgets import QSizePolicy, QWidget

from mvnet.periods import PERIODS
from visualizer.theme import DARK, PIGMENTS, Theme, serif, translucent

WIDTH, HEIGHT = 280, 190
TRAIL_S = 60.0
STEP_S = 0.25  # between two points of the trail
MARGIN = 34
FARTHEST = 1.25  # the edge of the map: what lies farther out is drawn there


class Projection:
    """The plane on which prototypes of a model lie apart as far as they can.

    Args:
        prototypes: float [5, n].
    """

    def __init__(self, prototypes: np.ndarray) -> None:
        points = np.asarray(prototypes, np.float64)
        self._centre = points.mean(0)
        _, _, axes = np.linalg.svd(points - self._centre, full_matrices=False)
        self._axes = axes[:2]
        flat = (points - self._centre) @ self._axes.T
        # A model whose prototypes coincide has no map; everything then lies in the middle.
        self._largest = max(float(np.abs(flat).max()), 1e-9)
        self.prototypes = flat / self._largest

    def at(self, embedding: np.ndarray) -> tuple[float, float]:
        """Where an embedding lies, -1..1 where the prototypes are, at most FARTHEST from the middle."""
        x, y = (np.asarray(embedding, np.float64) - self._centre) @ self._axes.T / self._largest
        length = float(np.hypot(x, y))
        if not np.isfinite(length):
            return 0.0, 0.0
        scale = min(1.0, FARTHEST / max(length, 1e-9))
        return float(x) * scale, float(y) * scale


class PeriodMap(QWidget):
    """The map."""

    def __init__(self) -> None:
        super().__init__()
        self.trail: deque[tuple[float, float, float]] = deque()  # seconds and place
        self._projection: Projection | None = None
        self._theme = DARK
        self._likeliest = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Map of the periods")

    def sizeHint(self) -> QSize:
        """As wide as the desk."""
        return QSize(WIDTH, HEIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def set_prototypes(self, prototypes: np.ndarray) -> None:
        """Another model: another map."""
        self._projection = Projection(prototypes)
        self.trail.clear()
        self.update()

    def add(self, embedding: np.ndarray, period: np.ndarray, now: float) -> None:
        """The music is here now; `now` in seconds of any steady clock."""
        if self._projection is None:
            return
        if self.trail and now - self.trail[-1][0] < STEP_S:
            return
        self.trail.append((now, *self._projection.at(embedding)))
        while now - self.trail[0][0] > TRAIL_S:
            self.trail.popleft()
        likeliest = int(np.argmax(period))
        if likeliest != self._likeliest or not self.accessibleDescription():
            self._likeliest = likeliest
            self.setAccessibleDescription(f"near {PERIODS[likeliest]}")
        self.update()

    def place(self, x: float, y: float) -> QPointF:
        """A point of the plane on the widget."""
        half_wide, half_high = self.width() / 2 - MARGIN, self.height() / 2 - MARGIN
        return QPointF(self.width() / 2 + x * half_wide, self.height() / 2 - y * half_high)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the periods as patches of colour, their names, the trail and the present place."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.raised))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        if self._projection is not None:
            self._draw_periods(painter, self._projection.prototypes)
            self._draw_trail(painter)
        painter.end()

    def _draw_periods(self, painter: QPainter, prototypes: np.ndarray) -> None:
        for (x, y), pigment in zip(prototypes, PIGMENTS, strict=True):
            centre = self.place(x, y)
            patch = QRadialGradient(centre, 46)
            patch.setColorAt(0, translucent(pigment, 0.55))
            patch.setColorAt(1, translucent(pigment, 0.0))
            painter.setBrush(patch)
            painter.drawEllipse(centre, 46, 46)
        painter.setFont(serif(9.5, italic=True))
        metrics = painter.fontMetrics()
        for (x, y), name in zip(prototypes, PERIODS, strict=True):
            painter.setPen(QColor(self._theme.text))
            centre, word = self.place(x, y), name.capitalize()
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
