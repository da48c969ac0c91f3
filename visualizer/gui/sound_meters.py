"""Meters of what the machine hears: bands with their strokes, loudness, beat and tempo. GUI thread.

They show the same features that move the picture, so that a person sees why it moves, or why it does not.
"""

from __future__ import annotations

import math

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from visualizer.gui.ground import Ground
from visualizer.gui.theme import DARK, Theme, sans, serif, translucent
from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import BANDS
from visualizer.words import later, tr

WIDTH, BARS_HIGH, FOOT = 280, 76, 54
BAR_HIGH = BARS_HIGH - 18  # above the bands' names
BAND_NAMES = {
    "kick": later("kick"),
    "snare": later("snare"),
    "hat": later("hat"),
    "bass": later("bass"),
    "low": later("low"),
    "mid": later("mid"),
    "treble": later("treble"),
    "air": later("air"),
}
SURE_CONFIDENCE = 0.6  # below this it is a guess
CALM_CONFIDENCE = 0.3  # below this a tempo is not worth naming


class SoundMeters(QWidget):
    """Bars, a beat light and a few words."""

    def __init__(self) -> None:
        super().__init__()
        self.features = Features.silence()
        self._theme = DARK
        self._ground = Ground(self, self._draw_ground)  # bars without levels
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("What is heard"))

    def sizeHint(self) -> QSize:
        """As wide as the desk."""
        return QSize(WIDTH, BARS_HIGH + FOOT)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def set_features(self, features: Features) -> None:
        """Show what the music does now."""
        self.features = features
        words = tempo_words(features)
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the levels over the bars, which are drawn once, and, below, beat and loudness."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground.show(painter, self._theme.raised, self._theme.quiet)
        self._draw_levels(painter)
        self._draw_foot(painter)
        painter.end()

    def _draw_ground(self, painter: QPainter) -> None:
        """The bars and their names."""
        painter.setFont(sans(7.5))
        for index, band in enumerate(BANDS):
            bar = self._bar(index, 1.0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.raised))
            painter.drawRoundedRect(bar, 2, 2)
            painter.setPen(QColor(self._theme.quiet))
            place = QRectF(bar.left() - 4, BAR_HIGH + 2, bar.width() + 8, 14)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, tr(BAND_NAMES.get(band.name, band.name)))

    def _bar(self, index: int, share: float) -> QRectF:
        """The lower share of a band's bar."""
        step = self.width() / len(BANDS)
        return QRectF(index * step + 2, BAR_HIGH * (1 - share), step - 4, BAR_HIGH * share)

    def _draw_levels(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for index in range(len(BANDS)):
            level = self._bar(index, _share(self.features.levels[index]))
            painter.setBrush(translucent(self._theme.accent, 0.55))
            painter.drawRoundedRect(level, 2, 2)
            struck = _share(self.features.onsets[index])
            if struck > 0.02:
                painter.setBrush(translucent(self._theme.text, struck))
                painter.drawRoundedRect(QRectF(level.left(), level.top() - 1.5, level.width(), 3), 1, 1)

    def _draw_foot(self, painter: QPainter) -> None:
        theme, features, top = self._theme, self.features, BARS_HIGH + 6
        painter.setPen(Qt.PenStyle.NoPen)
        pulse = _share(features.beat_pulse)
        painter.setBrush(QColor(theme.raised))
        painter.drawEllipse(QPointF(12, top + 18), 9, 9)
        painter.setBrush(translucent(theme.accent, pulse))
        painter.drawEllipse(QPointF(12, top + 18), 9, 9)
        painter.setPen(QColor(theme.text))
        painter.setFont(serif(13))
        painter.drawText(
            QRectF(32, top + 2, self.width() - 32, 20), Qt.AlignmentFlag.AlignVCenter, tempo_words(features)
        )
        painter.setPen(QColor(theme.quiet))
        painter.setFont(sans(8.5))
        painter.drawText(
            QRectF(32, top + 22, self.width() - 32, 16), Qt.AlignmentFlag.AlignVCenter, loudness_words(features)
        )


def tempo_words(features: Features) -> str:
    """Tempo for people: "120 BPM", "about 72 BPM", "no steady beat"."""
    if features.bpm <= 0 or features.beat_confidence < CALM_CONFIDENCE:
        return tr("no steady beat")
    if features.beat_confidence >= SURE_CONFIDENCE:
        return tr("{bpm:.0f} BPM", bpm=features.bpm)
    return tr("about {bpm:.0f} BPM", bpm=features.bpm)


def loudness_words(features: Features) -> str:
    """Loudness for people."""
    if not features.is_open:
        return tr("silence")
    return tr("{db:.0f} dB", db=features.loudness_db)


def _share(value: float) -> float:
    return min(1.0, max(0.0, float(value))) if math.isfinite(value) else 0.0
