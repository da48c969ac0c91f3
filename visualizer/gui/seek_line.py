"""The seek line: the piece's loudness from start to end, in the colours of the periods it is heard as. GUI thread.

Drawn once for each survey, size and theme; a refresh copies two parts of that picture and draws the place.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QPoint, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import QToolTip

from visualizer.files.decode import clock_text
from visualizer.gui.theme import PIGMENTS, Theme
from visualizer.gui.transport_line import KNOB, Line

if TYPE_CHECKING:
    from visualizer.painting.survey import Survey

HEIGHT = 34
TIP = QPoint(30, -66)  # from the pointer to the place of the time: above the line, not on it
BAR, GAP = 3, 2  # points
QUIETEST = 0.06  # of the height: silence is a thread, not a hole
TO_COME = 0.45  # opacity of what was not played yet
LOUD = 0.05  # root mean square: a piece that is nowhere louder is drawn as quiet as it is
CURVE = 0.6  # between amplitude, where quiet music is a line, and decibels, where all music is a band


class SeekLine(Line):
    """A Line that shows a survey of the piece as soon as there is one."""

    def __init__(self, name: str, top: int) -> None:
        super().__init__(name, top)
        self.survey: Survey | None = None
        self._drawn: QPixmap | None = None
        self._pointed: float | None = None  # where the pointer is
        self.setMinimumHeight(HEIGHT)

    def set_survey(self, survey: Survey | None) -> None:
        """Show what is known of the piece; None: a plain line."""
        self.survey = survey
        self._drawn = None
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        if theme.line != self._theme.line:
            self._drawn = None
        super().set_theme(theme)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Follow the pointer, and say which time it points to."""
        super().mouseMoveEvent(event)
        if event is not None and self.isEnabled() and not self.level:
            self._point(event.position().x())
            above = self.mapToGlobal(QPoint(round(event.position().x()) - TIP.x(), TIP.y()))
            QToolTip.showText(above, self.time_at(self._pointed), self)

    def leaveEvent(self, event: object) -> None:
        """The pointer is gone."""
        self._point(None)
        super().leaveEvent(event)

    def time_at(self, x: float | None) -> str:
        """The time under a place in the widget, for people; empty for no place."""
        return "" if x is None else clock_text(self.value_at(x) / 1000)

    def _point(self, x: float | None) -> None:
        if x != self._pointed:
            self._pointed = x
            self.update()

    def resizeEvent(self, event: object) -> None:
        """Draw anew for another width."""
        self._drawn = None

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Copy what was drawn, strong where it was played, and draw the place."""
        if self.survey is None or self.level or not self.isEnabled():
            super().paintEvent(event)
            return
        if self._drawn is None:
            self._drawn = self._draw(self.survey)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        length = self.width() - 2 * KNOB
        share = self.value() / self.maximum() if self.maximum() else 0.0
        place = KNOB + length * share
        painter.setOpacity(TO_COME)
        painter.drawPixmap(0, 0, self._drawn)
        painter.setOpacity(1.0)
        painter.setClipRect(QRectF(0, 0, place, self.height()))
        painter.drawPixmap(0, 0, self._drawn)
        painter.setClipping(False)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._pointed is not None:
            painter.setBrush(QColor(self._theme.quiet))
            painter.drawRect(QRectF(min(max(self._pointed, KNOB), KNOB + length) - 0.5, 0, 1, self.height()))
        painter.setBrush(QColor(self._theme.accent))
        wide = 4.0 if self.hasFocus() or self.isSliderDown() or self.underMouse() else 2.0
        painter.drawRoundedRect(QRectF(place - wide / 2, 0, wide, self.height()), 1, 1)
        painter.end()

    def _draw(self, survey: Survey) -> QPixmap:
        scale = self.devicePixelRatioF()
        picture = QPixmap(QSize(self.width(), self.height()) * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        length = self.width() - 2 * KNOB
        bars = max(1, int(length // (BAR + GAP)))
        heights = bar_heights(survey.loudness_at(bars))
        colours = bar_colours(survey.periods_at(bars))
        heard = math.ceil(bars * survey.heard_s / survey.duration_s) if survey.duration_s else 0
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        for index in range(bars):
            known = index < heard
            high = max(2.0, self.height() * float(heights[index])) if known else 2.0
            painter.setBrush(QColor(*colours[index]) if known else QColor(self._theme.line))
            left = KNOB + index * (BAR + GAP) * length / (bars * (BAR + GAP))
            painter.drawRoundedRect(QRectF(left, middle - high / 2, BAR, high), 1, 1)
        painter.end()
        return picture


def bar_heights(loudness: np.ndarray) -> np.ndarray:
    """Heights from QUIETEST to 1 of bars, from root mean squares: the loudest is as high as the line."""
    loudest = max(LOUD, float(loudness.max(initial=0.0)))
    return QUIETEST + (1 - QUIETEST) * np.clip(loudness / loudest, 0, 1) ** CURVE


def bar_colours(periods: np.ndarray) -> np.ndarray:
    """RGB codes uint8 [n, 3] of bars: the pigments mixed as the probabilities [n, 5] say, the likeliest above all."""
    pigments = np.array([QColor(code).getRgb()[:3] for code in PIGMENTS], np.float64)
    weights = np.asarray(periods, np.float64) ** 2
    total = weights.sum(1, keepdims=True)
    even = np.full_like(weights, 1 / len(PIGMENTS))
    weights = np.divide(weights, total, out=even, where=total > 0)
    return (weights @ pigments).round().astype(np.uint8)
