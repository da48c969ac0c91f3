"""Settings, keys and the word about flashing light, as commands. GUI thread.

One part of the window, beside music_commands, picture_commands and screens.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QAction, QKeySequence

from visualizer.gui.panels import Panel, flashing_panel
from visualizer.gui.setting_lines import OffsetLine
from visualizer.gui.settings_panel import SettingsPanel
from visualizer.gui.theme import DARK, Theme
from visualizer.gui.timing_page import TimingPage
from visualizer.show.actions import bound
from visualizer.show.click import Click
from visualizer.show.events import State
from visualizer.words import later, tr

if TYPE_CHECKING:
    from visualizer.gui.pictures import Pictures
    from visualizer.gui.preferences import Preferences
    from visualizer.gui.stage import Stage
    from visualizer.show.session import Session


WARNING = later(
    "Flashing light can harm a few people: those with photosensitive epilepsy. A limit is on that keeps the picture "
    "to three flashes a second at most. More about it is in Help."
)


class SettingsCommands(QObject):
    """The settings' panel and what belongs to it.

    Args:
        session: what plays; it gives the click its player.
        preferences: the settings.
        pictures: what the music does, as it is shown now.
        device: name of what is heard, for its offset.
        show: shows a panel in place of the one shown; None closes it.
    """

    appearance_changed = pyqtSignal()

    def __init__(
        self,
        session: Session,
        preferences: Preferences,
        pictures: Pictures,
        device: Callable[[], str],
        show: Callable[[Panel | None], None],
    ) -> None:
        super().__init__()
        self._session, self._preferences, self._pictures = session, preferences, pictures
        self._device, self._show = device, show
        self._theme = DARK
        self._click = Click(session.make_player, session.run)
        self._paused = False  # by the click
        self._appearance = preferences.settings.appearance
        self._actions: Mapping[str, QAction] = {}
        self._stage: Stage | None = None
        preferences.changed.connect(self.apply)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What the actions of these names do."""
        return {"preferences": self.toggle, "limited": self.toggle_limit, "flashing": self.show_flashing}

    def join(self, stage: Stage, actions: Mapping[str, QAction]) -> None:
        """Take the stage, for what is shown, and the actions, for their keys."""
        self._stage, self._actions = stage, actions
        stage.badge.clicked.connect(self.toggle_limit)
        for action in actions.values():
            action.triggered.connect(stage.steps.hide)
        self.apply()

    def apply(self) -> None:
        """Bind the keys, show the badge and choose the colours as the settings say."""
        if self._appearance != self._preferences.settings.appearance:
            self._appearance = self._preferences.settings.appearance
            self.appearance_changed.emit()
        for row in bound(self._preferences.settings.keys):
            action = self._actions.get(row.name)
            if action is not None:
                keys = [QKeySequence(key) for key in row.keys]
                if action.shortcuts() != keys:
                    action.setShortcuts(keys)
        if self._stage is not None:
            self._stage.show_badge(not self._preferences.settings.limited)

    @property
    def panel(self) -> SettingsPanel | None:
        """The settings, while they are shown."""
        panel = self._stage.panel if self._stage is not None else None
        return panel if isinstance(panel, SettingsPanel) else None

    def toggle(self) -> None:
        """Show the settings, or close them."""
        if self.panel is not None:
            self._show(None)
        else:
            self._open()

    def toggle_limit(self) -> None:
        """Limit flashes again, or ask whether they shall really not be limited any more."""
        if not self._preferences.settings.limited:
            self._preferences.change(limited=True)
            return
        self._actions["limited"].setChecked(True)
        panel = self.panel or self._open()
        if panel is not None:
            panel.ask_about_flashes()

    def show_flashing(self) -> None:
        """Say what flashing light can do, and what the limit does."""
        if self._stage is not None:
            self._show(flashing_panel(self._stage, self._preferences.settings.limited))

    def warn_once(self) -> None:
        """Show the word about flashing light until somebody has read it; without controls it is said on stderr."""
        if not self._preferences.settings.warned and self._stage is not None:
            if self._stage.is_bare:
                print(tr(WARNING), file=sys.stderr, flush=True)
            self._stage.notices.add(tr(WARNING), read=lambda: self._preferences.change(warned=True))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        if self.panel is not None:
            self.panel.set_theme(theme)

    def _open(self) -> SettingsPanel | None:
        if self._stage is None:
            return None
        panel = SettingsPanel(self._stage, self._preferences, self._timing, self._theme)
        self._show(panel)
        panel.tabs.setFocus()
        return panel

    def _timing(self) -> TimingPage:
        return TimingPage(
            OffsetLine(self._preferences, self._device),
            self._click,
            lambda: self._session.status().input,
            lambda: self._pictures.features,
            lambda: 0.0 if self._preferences.settings.muted else self._preferences.settings.volume,
            self._hold_music,
        )

    def _hold_music(self, held: bool) -> None:
        """Let the music wait for the click, and go on after it."""
        if held:
            self._paused = self._session.status().state is State.PLAYING
        if self._paused:
            self._session.toggle()
