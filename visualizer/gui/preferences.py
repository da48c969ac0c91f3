"""The settings while the app runs: whoever changes one, all hear of it, and it is saved soon after. GUI thread."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from visualizer.errors import VisualizerError
from visualizer.gui.settings import Settings, SettingsFile

SAVE_AFTER_MS = 1000

Run = Callable[[Callable[[], None], str], None]


class Preferences(QObject):
    """Holds the settings and saves them a second after the last change.

    Args:
        file: where they are kept; loaded from it now.
        run: runs a job of a name off the GUI thread.

    Attributes:
        settings: as they are now.
        warning: what was wrong with the file, as a sentence; else empty.
    """

    changed = pyqtSignal()

    def __init__(self, file: SettingsFile, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings: Settings = file.load()
        self.warning = file.warning
        self.file = file
        self._run = run
        self._closed = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SAVE_AFTER_MS)
        self._soon.timeout.connect(self._save)

    def change(self, **values: Any) -> None:
        """Change some settings.

        Raises:
            ValueError: a value is out of place; nothing is changed.
        """
        changed = replace(self.settings, **values)
        if changed != self.settings and not self._closed:
            self.settings = changed
            self._soon.start()
            self.changed.emit()

    def note(self, **values: Any) -> None:
        """Change what nobody watches, such as the place in a piece: it is saved, but not told."""
        changed = replace(self.settings, **values)
        if changed != self.settings and not self._closed:
            self.settings = changed
            if not self._soon.isActive():
                self._soon.start()

    def close(self, **values: Any) -> None:
        """Save a last time, with some last values, at once; changes after that are lost."""
        self._closed = True
        self._soon.stop()
        self.settings = replace(self.settings, **values)
        with contextlib.suppress(VisualizerError):  # nobody is left to read it
            self.file.save(self.settings)

    def _save(self) -> None:
        settings = self.settings
        self._run(lambda: self.file.save(settings), "settings")
