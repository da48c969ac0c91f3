"""The desk beside the painting: knobs, what is heard, the map, how it is hung. GUI thread.

Everything on it is a setting or a reading: it changes settings through the window's commands and hears of changes
from the preferences, so that keys, menus and desk always agree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mvnet.periods import PERIODS
from visualizer.gui.dial import Dial
from visualizer.gui.period_map import PeriodMap
from visualizer.gui.picture_commands import PictureCommands
from visualizer.gui.preferences import Preferences
from visualizer.gui.setting_lines import OffsetLine, TransitionLine
from visualizer.gui.sound_meters import SoundMeters
from visualizer.gui.theme import DARK, GREY, SPACE, Theme, sans, serif
from visualizer.gui.transport_line import FocusedKeys
from visualizer.picture.hanging import FITS
from visualizer.words import later, period_name, tr

if TYPE_CHECKING:
    from visualizer.hearing.analyser import Features
    from visualizer.painting.engine import Painting

WIDTH = 336
METERS_MS = 50
KNOBS = (
    ("wildness", later("Wildness"), (later("calm"), later("wild")), 84),
    ("speed", later("Speed"), (later("slow"), later("fast")), 56),
    ("sensitivity", later("Reaction"), (later("none"), later("much")), 56),
    ("smoothing", later("Follow"), (later("quick"), later("lazy")), 56),
)
HEADINGS = (later("Motion"), later("Heard"), later("Among the periods"), later("Picture"))
FIT_WORDS = {
    "fill": later("Fill the picture"),
    "fit": later("Whole on the wall"),
    "mirror": later("Mirrored at its sides"),
}


class Choice(FocusedKeys, QComboBox):
    """A list to choose from that keeps Space and the arrows while it has the focus."""

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw it, with a hook that says that there is more."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(GREY), 1.6, cap=Qt.PenCapStyle.RoundCap))
        tip = QPointF(self.width() - 16, self.height() / 2 + 2)
        painter.drawPolyline(QPolygonF([tip + QPointF(-4, -4), tip, tip + QPointF(4, -4)]))
        painter.end()


class Heading(QLabel):
    """A heading in the accent of now: a style sheet would be too slow for colours that glide."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._theme = DARK
        self.setFont(serif(12.5, italic=True))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the words."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(QColor(self._theme.accent))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class Desk(QScrollArea):
    """The desk.

    Args:
        preferences: what the knobs show and change.
        commands: what they call.
        features: what the music does now; asked for a few times a second while the desk is seen.
        device: name of what is heard, for its offset.
    """

    def __init__(
        self,
        preferences: Preferences,
        commands: PictureCommands,
        features: Callable[[], Features],
        device: Callable[[], str],
    ) -> None:
        super().__init__()
        self.setObjectName("desk")
        self.setAccessibleName(tr("Desk"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self._preferences, self._commands = preferences, commands
        self._features = features
        self.dials = {name: Dial(tr(text), (tr(ends[0]), tr(ends[1])), side=side) for name, text, ends, side in KNOBS}
        self.meters, self.map = SoundMeters(), PeriodMap()
        self.period, self.fit = Choice(), Choice()
        self.transition, self.offset = TransitionLine(preferences), OffsetLine(preferences, device)
        self._headings = [Heading(tr(text)) for text in HEADINGS]
        self.quantised = QCheckBox(tr("Changes wait for the bar"))
        self._build()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(METERS_MS)
        self._timer.timeout.connect(lambda: self.meters.set_features(self._features()))
        preferences.changed.connect(self.refresh)
        self.refresh()

    def sizeHint(self) -> QSize:
        """Fixed width."""
        return QSize(WIDTH, 600)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        for dial in self.dials.values():
            dial.set_theme(theme)
        for line in (self.transition, self.offset):
            line.set_theme(theme)
        self.meters.set_theme(theme)
        self.map.set_theme(theme)
        for heading in self._headings:
            heading.set_theme(theme)

    def show_painting(self, painting: Painting, now: float) -> None:
        """Go on with the trail."""
        self.map.add(painting.period, now)

    def showEvent(self, event: object) -> None:
        """Seen: the meters move."""
        self._timer.start()

    def hideEvent(self, event: object) -> None:
        """Not seen: rest."""
        self._timer.stop()

    def refresh(self) -> None:
        """Show the settings as they are."""
        settings = self._preferences.settings
        for name, dial in self.dials.items():
            dial.set_share(getattr(settings, name))
        self.period.setCurrentIndex(settings.period + 1)
        self.fit.setCurrentIndex(FITS.index(settings.fit))
        self.offset.refresh()
        self.quantised.setChecked(settings.quantised)

    # ---- making

    def _build(self) -> None:
        page = QWidget()
        page.setObjectName("desk_page")
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(SPACE)
        motion, heard, periods, picture = self._headings
        column.addWidget(motion)
        column.addLayout(self._knobs())
        column.addWidget(heard)
        column.addWidget(self.meters)
        column.addWidget(periods)
        column.addWidget(self.map)
        column.addWidget(picture)
        column.addLayout(self._rows())
        column.addStretch(1)
        self.setWidget(page)

    def _knobs(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        for dial in self.dials.values():
            row.addWidget(dial, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _rows(self) -> QGridLayout:
        self.period.addItems(
            [tr("Follow the music"), *(tr("Always {period}", period=period_name(name)) for name in PERIODS)]
        )
        self.period.setAccessibleName(tr("Period"))
        self.fit.addItems([tr(FIT_WORDS[fit]) for fit in FITS])
        self.fit.setAccessibleName(tr("How it is hung"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(SPACE)
        rows = (
            (tr("Period"), self.period, None),
            (tr("Hung"), self.fit, None),
            (tr("Transition"), self.transition, self.transition.words),
            (tr("Timing"), self.offset, self.offset.words),
        )
        for index, (text, part, words) in enumerate(rows):
            label = QLabel(text)
            label.setFont(sans(9.5))
            label.setObjectName("quiet")
            grid.addWidget(label, index, 0)
            part.setFont(sans(9.5))
            grid.addWidget(part, index, 1, 1, 1 if words else 2)
            if words:
                grid.addWidget(words, index, 2)
        self.quantised.setFont(sans(9.5))
        grid.addWidget(self.quantised, len(rows), 1, 1, 2)
        grid.setColumnStretch(1, 1)
        return grid

    def _connect(self) -> None:
        preferences, commands = self._preferences, self._commands
        for name, dial in self.dials.items():
            dial.turned.connect(lambda value, name=name: commands.turn(name, value))
        self.period.activated.connect(lambda index: commands.hold_period(None if index == 0 else index - 1))
        self.fit.activated.connect(lambda index: preferences.change(fit=FITS[index]))
        self.quantised.clicked.connect(lambda on: preferences.change(quantised=on))
