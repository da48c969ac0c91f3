"""How the picture is painted and shown, as commands: periods, looks, knobs, tempo, freeze, black. GUI thread.

One part of the window, beside music_commands and screens. What a person changes here is a
setting, so that it is kept, and so that every place that shows it hears of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from mvnet.periods import PERIODS
from visualizer.gui.pictures import Pictures
from visualizer.gui.preferences import Preferences
from visualizer.picture.hanging import FITS
from visualizer.show.actions import SENSITIVITY_STEP

if TYPE_CHECKING:
    from visualizer.show.session import Session

NUDGE_S = 0.02  # a step that is just seen


class PictureCommands(QObject):
    """What is painted and how.

    Args:
        session: what paints.
        preferences: where what is chosen is kept.
        pictures: the canvases.
    """

    chosen = pyqtSignal()  # something that should be seen even while the music stands

    def __init__(self, session: Session, preferences: Preferences, pictures: Pictures) -> None:
        super().__init__()
        self.locked = False
        self._asked_by_desktop = False
        self._session = session
        self._preferences = preferences
        self._pictures = pictures
        preferences.changed.connect(self.apply)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What the actions of these names do."""
        session, preferences, pictures = self._session, self._preferences, self._pictures
        periods = {f"period_{index}": lambda index=index: self.hold_period(index) for index in range(len(PERIODS))}
        fits = {fit: lambda fit=fit: preferences.change(fit=fit) for fit in FITS}
        step = SENSITIVITY_STEP
        return (
            periods
            | fits
            | {
                "period_auto": lambda: self.hold_period(None),
                "next_fit": self.next_fit,
                "more_sensitive": lambda: self.turn("sensitivity", preferences.settings.sensitivity + step),
                "less_sensitive": lambda: self.turn("sensitivity", preferences.settings.sensitivity - step),
                "next_look": lambda: self._look(session.looks.next_look),
                "previous_look": lambda: self._look(session.looks.previous_look),
                "last_look": lambda: self._look(session.looks.last_look),
                "random_look": lambda: self._look(session.looks.random_look),
                "lock": lambda: self.lock(not self.locked),
                "freeze": lambda: pictures.set_frozen(not pictures.frozen),
                "black": lambda: pictures.set_black(not pictures.black),
                "tap": session.beat.tap,
                "resync": session.beat.resync,
                "nudge_back": lambda: session.beat.nudge(-NUDGE_S),
                "nudge_forward": lambda: session.beat.nudge(NUDGE_S),
                "double_tempo": session.beat.double_tempo,
                "halve_tempo": session.beat.halve_tempo,
                "release_tempo": session.beat.release_tempo,
                "reduced": lambda: preferences.change(motion="full" if self.reduced else "reduced"),
            }
        )

    def states(self) -> dict[str, bool]:
        """Which of the checkable actions are on."""
        settings = self._preferences.settings
        held = {f"period_{index}": settings.period == index for index in range(len(PERIODS))}
        fits = {fit: settings.fit == fit for fit in FITS}
        return (
            held
            | fits
            | {
                "period_auto": settings.period < 0,
                "lock": self.locked,
                "freeze": self._pictures.frozen,
                "black": self._pictures.black,
                "limited": settings.limited,
                "reduced": self.reduced,
            }
        )

    @property
    def reduced(self) -> bool:
        """Motion is reduced, by the setting or by the desktop."""
        motion = self._preferences.settings.motion
        return self._asked_by_desktop if motion == "system" else motion == "reduced"

    def set_asked_by_desktop(self, reduced: bool) -> None:
        """Whether the desktop asks for reduced motion; the answer takes a moment, so it comes late."""
        self._asked_by_desktop = reduced
        self._preferences.changed.emit()

    def hold_period(self, index: int | None) -> None:
        """Paint one period whatever is heard; None follows the music."""
        self._preferences.change(period=-1 if index is None else index)
        self.chosen.emit()

    def turn(self, knob: str, value: float) -> None:
        """Set a knob, 0 to 1; what is beyond is cut."""
        self._preferences.change(**{knob: min(1.0, max(0.0, value))})

    def next_fit(self) -> None:
        """Hang the painting in the next way."""
        fit = self._preferences.settings.fit
        self._preferences.change(fit=FITS[(FITS.index(fit) + 1) % len(FITS)])

    def lock(self, locked: bool) -> None:
        """Keep the look; the rhythm goes on."""
        self.locked = locked
        self._session.looks.lock_look(locked)

    def apply(self) -> None:
        """Paint and show as the settings say."""
        settings = self._preferences.settings
        self._session.set_period(None if settings.period < 0 else settings.period)
        self._session.set_knobs(settings.knobs)
        self._session.looks.set_transition(settings.transition_s, settings.quantised)
        pictures = self._pictures
        pictures.set_fit(settings.fit)
        pictures.set_limited(settings.limited)
        pictures.set_reduced(self.reduced)
        pictures.set_knobs(settings.knobs)

    def _look(self, change: Callable[[], None]) -> None:
        change()
        self.chosen.emit()
