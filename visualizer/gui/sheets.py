"""The sheets over the painting, one at a time: help, what this is, and those that other parts open. GUI thread."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QAction

from visualizer.gui.panels import Panel, about_panel, help_panel
from visualizer.gui.preferences import Preferences
from visualizer.gui.stage import Stage
from visualizer.show.actions import bound, help_rows
from visualizer.show.session import Session
from visualizer.words import later, tr

MARKED = {
    "help": later("Keys"),
    "queue": later("Queue"),
    "preferences": later("Settings"),
}  # actions that are on while their sheet is open, and its title


class Sheets(QObject):
    """Opens and closes them, and marks the actions that they belong to.

    Args:
        stage: what they lie on.
        actions: the window's, by name.
        preferences: whose keys the help shows.
        session: whose model is told about.
    """

    def __init__(
        self, stage: Stage, actions: Mapping[str, QAction], preferences: Preferences, session: Session
    ) -> None:
        super().__init__(stage)
        self._stage, self._actions, self._preferences, self._session = stage, actions, preferences, session

    def show(self, panel: Panel | None) -> None:
        """Show a sheet in place of the one that is open; None closes that."""
        if panel is None:
            self.close()
            return
        self._stage.show_panel(panel)
        panel.closed.connect(self.close)
        self._mark()

    def close(self) -> None:
        """Show none; the keys are the window's again."""
        self._stage.show_panel(None)
        self._stage.setFocus()
        self._mark()

    def toggle_help(self) -> None:
        """Show the keys, or close them."""
        if self._open == tr(MARKED["help"]):
            self.close()
        else:
            self.show(help_panel(help_rows(bound(self._preferences.settings.keys)), self._stage))

    def show_about(self) -> None:
        """Say what this is, which model paints, and on what."""
        model = self._session.model
        sentence = tr("No model is loaded yet.")
        if model is not None:
            card = model.card
            runs = tr("It runs on {provider} ({reason}).", provider=model.provider, reason=model.provider_reason)
            sentence = tr("The model that paints is {title} ({name}).", title=card.title, name=card.name)
            sentence = f"{sentence} {runs} " + tr("Licence: {licence}", licence=card.licence)
        self.show(about_panel(self._stage, sentence.strip()))

    @property
    def _open(self) -> str:
        """Title of the sheet that is open; empty without one."""
        return self._stage.panel.accessibleName() if self._stage.panel is not None else ""

    def _mark(self) -> None:
        for action, title in MARKED.items():
            self._actions[action].setChecked(self._open == tr(title))
