"""Which look is painted: the next, the one before, locked, how long the way there takes. From the GUI thread; no Qt.

The pipeline thread follows before its next painting; nothing waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visualizer.painting.engine import Engine

Order = Callable[[Callable[["Engine"], object]], object]


class LookCommands:
    """Commands on the look; without a model only what stays set is kept.

    Args:
        order: has something done with the engine, if there is one.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        self._transition_s, self._on_bar = 2.0, True
        self._locked = False

    def set_transition(self, seconds: float, on_bar: bool) -> None:
        """How long the way to another look takes, and whether a look that is chosen waits for the next bar."""
        self._transition_s, self._on_bar = seconds, on_bar
        self._order(lambda engine: engine.set_transition(seconds))

    def next_look(self) -> None:
        """Go to the next look."""
        on_bar = self._on_bar
        self._order(lambda engine: engine.next_look(on_bar=on_bar))

    def previous_look(self) -> None:
        """Go to the look with the number before."""
        on_bar = self._on_bar
        self._order(lambda engine: engine.previous_look(on_bar=on_bar))

    def random_look(self) -> None:
        """Go to a look drawn by chance."""
        on_bar = self._on_bar
        self._order(lambda engine: engine.random_look(on_bar=on_bar))

    def last_look(self) -> None:
        """Go back to the look that was shown before, where it was left; at once, for it is meant to undo."""
        self._order(lambda engine: engine.last_look())

    def lock_look(self, locked: bool) -> None:
        """Stay in this look; the rhythm goes on."""
        self._locked = locked
        self._order(lambda engine: engine.lock_look(locked))

    def hand_over(self, order: Order) -> None:
        """Tell a new engine what was set before it was there.

        Args:
            order: has something done with that one.
        """
        seconds, locked = self._transition_s, self._locked
        order(lambda engine: engine.set_transition(seconds))
        order(lambda engine: engine.lock_look(locked))
