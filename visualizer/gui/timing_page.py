"""The page of the settings that sets the timing: a click to hear, a light to see, a line that joins them. GUI thread.

With music from files the app clicks and lights the lamp at the beat, moved by the setting, as it moves the picture.
With an input the lamp follows what is heard, as the picture does: clap, and see.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from visualizer.gui.setting_lines import OffsetLine
from visualizer.gui.theme import DARK, SPACE, Theme, sans, serif
from visualizer.show.click import BEAT_S, Click
from visualizer.words import later, tr

if TYPE_CHECKING:
    from visualizer.hearing.analyser import Features

LIT_S = 0.1
APART_S = 0.5  # two flashes a second at most, whatever is heard
STRUCK = 0.5  # an onset of this strength is a clap
LOOK_MS = 8
FILES_WORDS = later(
    "Start the click, look at the light and move the line until both come together. "
    "Loudspeakers without a cable are often 100 to 300 ms late: then the picture must come later too."
)
INPUT_WORDS = later(
    "Clap near the microphone, look at the light and move the line until both come together. "
    "What is heard through an input can be shown later, but hardly earlier: it must be heard first."
)


class Lamp(QWidget):
    """A small light."""

    def __init__(self) -> None:
        super().__init__()
        self.lit = False
        self._theme = DARK
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Light of the click"))

    def sizeHint(self) -> QSize:
        """A coin."""
        return QSize(72, 72)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def set_lit(self, lit: bool) -> None:
        """Light it, or not."""
        if lit != self.lit:
            self.lit = lit
            self.repaint()  # now, not with the next turn of the event loop: this is about milliseconds

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._theme.quiet))
        painter.setBrush(QColor(self._theme.accent if self.lit else self._theme.ground))
        painter.drawEllipse(QPointF(self.width() / 2, self.height() / 2), 30, 30)
        painter.end()


class TimingPage(QWidget):
    """The page.

    Args:
        offset: the line; it knows the setting.
        click: what clicks.
        heard: name of the input that is heard; empty for files.
        features: what the music does, as the picture shows it now.
        loud: the volume, 0 to 1.
        clicking: called with True before the click starts and False after it ended: the music waits meanwhile.
        clock: seconds, steady.
    """

    def __init__(
        self,
        offset: OffsetLine,
        click: Click,
        heard: Callable[[], str],
        features: Callable[[], Features],
        loud: Callable[[], float],
        clicking: Callable[[bool], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.offset, self.click, self.lamp = offset, click, Lamp()
        self.start = QPushButton(tr("Start the click"))
        self._heard, self._features, self._loud, self._clicking = heard, features, loud, clicking
        self._clock = clock
        self._lit_at = -LIT_S - APART_S
        self._source, self._words = QLabel(), QLabel()
        self._build()
        self.start.clicked.connect(self._toggle)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.lamp.set_theme(theme)
        self.offset.set_theme(theme)

    def refresh(self) -> None:
        """Show what is heard now."""
        heard = self._heard()
        self._source.setText(heard or tr("Music files"))
        self._words.setText(tr(INPUT_WORDS if heard else FILES_WORDS))
        self.start.setVisible(not heard)
        self.start.setText(tr("Stop the click") if self.click.started else tr("Start the click"))
        self.offset.refresh()

    def look(self) -> None:
        """Light the lamp when it is time."""
        now = self._clock()
        struck = self._clap() if self._heard() else self._beat()
        if struck and now - self._lit_at >= APART_S:
            self._lit_at = now
        self.lamp.set_lit(now - self._lit_at < LIT_S)

    def showEvent(self, event: object) -> None:
        """Seen: look."""
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: object) -> None:
        """Not seen: rest, in silence."""
        self._timer.stop()
        self.lamp.lit = False
        if self.click.started:
            self._toggle()

    def _beat(self) -> bool:
        place = self.click.position_s
        return place is not None and 0 <= (place - self.offset.offset_ms / 1000) % BEAT_S < LIT_S

    def _clap(self) -> bool:
        return float(max(self._features().onsets)) >= STRUCK

    def _toggle(self) -> None:
        if self.click.started:
            self.click.stop()
            self._clicking(False)
        else:
            self._clicking(True)
            self.click.start(self._loud())
        self.refresh()

    def _build(self) -> None:
        page = QVBoxLayout(self)
        page.setContentsMargins(0, SPACE, 0, 0)
        page.setSpacing(2 * SPACE)
        self._source.setFont(serif(12.5, italic=True))
        self._source.setObjectName("accent")
        self._source.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setFont(sans(10))
        self._words.setWordWrap(True)
        self._words.setObjectName("quiet")
        self._words.setMinimumHeight(56)
        self.start.setFont(sans(10))
        row = QHBoxLayout()
        row.setSpacing(3 * SPACE)
        row.addWidget(self.lamp)
        row.addWidget(self.start, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        label = QLabel(tr("Picture"))
        label.setFont(sans(9.5))
        label.setObjectName("quiet")
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.offset, 0, 1)
        grid.addWidget(self.offset.words, 0, 2)
        grid.setColumnStretch(1, 1)
        page.addWidget(self._source)
        page.addWidget(self._words)
        page.addLayout(row)
        page.addLayout(grid)
        page.addStretch(1)
