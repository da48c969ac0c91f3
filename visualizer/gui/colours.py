"""The colours of the window: the theme that was chosen, and an accent that follows the painting. GUI thread.

The accent glides slowly to the strongest hue of the painting that is shown. The style sheet keeps the theme's own:
setting one anew costs ten times a refresh, and what marks the focus should not change.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QWidget

from visualizer.gui.accent import between, dyed, hue_of, strongest_hue
from visualizer.gui.style_sheet import style_sheet
from visualizer.gui.theme import DARK, LIGHT, Theme, theme_for

STEP_MS = 200
LOOK_S = 1.0  # between two looks at a painting
SETTLE_S = 6.0  # time in which the accent goes 63 % of its way
ARRIVED_RAD = math.radians(1.0)


class Coloured(Protocol):
    """A part of the window that takes colours."""

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""


class Colours:
    """Gives the window's parts their colours.

    Args:
        window: whose style sheet is set.
        steady: parts with the theme as it is.
        dyed: parts whose accent follows the painting.
        clock: seconds, steady.

    Attributes:
        theme: the theme that was chosen.
        shown: the same with the accent of now.
    """

    def __init__(
        self,
        window: QWidget,
        steady: Sequence[Coloured],
        dyed: Sequence[Coloured],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.theme = self.shown = DARK
        self._window, self._steady, self._dyed, self._clock = window, steady, dyed, clock
        self._hue: float | None = None  # None: the theme's own
        self._target = 0.0
        self._look_at = -math.inf
        self._last = 0.0
        self._timer = QTimer(window)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self.step)

    def apply(self, appearance: str) -> None:
        """Take a theme: "dark", "light", or anything else for the desktop's."""
        hints = QGuiApplication.styleHints()
        scheme = hints.colorScheme() if hints is not None else Qt.ColorScheme.Unknown
        self.theme = {"dark": DARK, "light": LIGHT}.get(appearance, theme_for(scheme))
        self._window.setStyleSheet(style_sheet(self.theme))
        for part in self._steady:
            part.set_theme(self.theme)
        self._dye()

    def see(self, painting: np.ndarray) -> None:
        """Follow a painting that is shown, uint8 [H, W, 3]; of many, one a second is looked at."""
        now = self._clock()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        hue = strongest_hue(painting)
        if hue is None:
            return
        if self._hue is None:
            self._hue = hue_of(self.theme.accent)
        self._target = hue
        if not self._timer.isActive():
            self._last = now
            self._timer.start()

    def step(self) -> None:
        """Go on towards the hue of the painting, and rest there."""
        now = self._clock()
        share = 1 - math.exp(-max(0.0, now - self._last) / SETTLE_S)
        self._last = now
        way = float(between(self._hue or 0.0, self._target))
        self._hue = (self._hue or 0.0) + share * way
        if abs(way) < ARRIVED_RAD:
            self._timer.stop()
        if dyed(self.theme, self._hue) != self.shown:
            self._dye()

    def _dye(self) -> None:
        self.shown = self.theme if self._hue is None else dyed(self.theme, self._hue)
        for part in self._dyed:
            part.set_theme(self.shown)
