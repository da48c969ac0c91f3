"""Two settings as lines, on the desk and in the settings alike: the length of a transition, and the timing. GUI thread.

Each writes what it changed into the preferences and shows what they say; the words beside it are its own.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel

from visualizer.gui.preferences import Preferences
from visualizer.gui.settings import LARGEST_OFFSET_MS, TRANSITIONS_S
from visualizer.gui.theme import sans
from visualizer.gui.transport_line import Line
from visualizer.words import tr

WORDS_WIDE = 84
OFFSET_STEP_MS = 10
CURVE = 3  # of the transition's line: half of it is for the shortest eighth


class TransitionLine(Line):
    """Seconds in which one look becomes the next, finer where they are short."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__(tr("Transition"), 100)
        self.words = _words()
        self._preferences = preferences
        self.moved_to.connect(self._set)
        preferences.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the setting."""
        seconds = self._preferences.settings.transition_s
        shortest, longest = TRANSITIONS_S
        if not self.isSliderDown():
            share = ((seconds - shortest) / (longest - shortest)) ** (1 / CURVE)
            self.setValue(round(share * self.maximum()))
        self.words.setText(tr("{seconds:.1f} s", seconds=seconds))

    def _set(self, value: int) -> None:
        shortest, longest = TRANSITIONS_S
        seconds = shortest + (longest - shortest) * (value / self.maximum()) ** CURVE
        self._preferences.change(transition_s=round(seconds, 1))


class OffsetLine(Line):
    """Milliseconds by which the picture comes later or earlier, for what is heard now.

    Args:
        device: name of what is heard.
    """

    def __init__(self, preferences: Preferences, device: Callable[[], str]) -> None:
        super().__init__(tr("Picture later or earlier than the sound"), 2 * LARGEST_OFFSET_MS // OFFSET_STEP_MS)
        self.words = _words()
        self._preferences, self._device = preferences, device
        self.moved_to.connect(self._set)
        preferences.changed.connect(self.refresh)
        self.refresh()

    @property
    def offset_ms(self) -> int:
        """The setting for what is heard now."""
        return self._preferences.settings.offsets.get(self._device(), 0)

    def refresh(self) -> None:
        """Show the setting."""
        if not self.isSliderDown():
            self.setValue((self.offset_ms + LARGEST_OFFSET_MS) // OFFSET_STEP_MS)
        self.words.setText(offset_words(self.offset_ms))

    def _set(self, value: int) -> None:
        offset = value * OFFSET_STEP_MS - LARGEST_OFFSET_MS
        offsets = {**self._preferences.settings.offsets, self._device(): offset}
        self._preferences.change(offsets={name: ms for name, ms in offsets.items() if ms})


def offset_words(offset_ms: int) -> str:
    """An offset for people."""
    if offset_ms == 0:
        return tr("on time")
    return tr("{ms} ms later" if offset_ms > 0 else "{ms} ms earlier", ms=abs(offset_ms))


def _words() -> QLabel:
    label = QLabel()
    label.setFont(sans(9))
    label.setMinimumWidth(WORDS_WIDE)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label
