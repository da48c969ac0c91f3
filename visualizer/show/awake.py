"""Keeps the display awake while music plays, and lets it sleep soon after. No Qt.

The desktop is asked by wakepy (D-Bus, Windows, macOS); an answer may take its time or never come, so it has a thread
of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from visualizer.show.worker import Worker

PATIENCE_S = 30.0  # a pause, or the moment between two pieces, is no end of the show
CLOSE_S = 1.0

Inhibit = Callable[[], AbstractContextManager[object]]


def keep_presenting() -> AbstractContextManager[object]:
    """Within it the display stays awake, where the desktop allows that."""
    from wakepy import keep

    return keep.presenting(on_fail="pass")


class Awake:
    """Asks the desktop to keep the display awake.

    Args:
        inhibit: makes what keeps it awake while it is entered; entered and left on a thread of its own.
        clock: seconds, steady.

    Attributes:
        held: it was asked for, and not given back.
    """

    def __init__(self, inhibit: Inhibit = keep_presenting, clock: Callable[[], float] = time.monotonic) -> None:
        self.held = False
        self._inhibit = inhibit
        self._clock = clock
        self._closed = False
        self._played_at: float | None = None
        self._worker: Worker | None = None
        self._lock = ExitStack()  # the worker's

    def follow(self, playing: bool, allowed: bool = True) -> None:
        """Tell what goes on, several times a second.

        Args:
            playing: there is music.
            allowed: the display may be kept awake.
        """
        now = self._clock()
        if playing:
            self._played_at = now
        lately = self._played_at is not None and now - self._played_at < PATIENCE_S
        wanted = allowed and lately
        if wanted != self.held and not self._closed:
            self.held = wanted
            if self._worker is None:
                self._worker = Worker(lambda error: None, "awake")  # a desktop that refuses is no failure of the show
            self._worker.submit(self._take if wanted else self._give_back)

    def close(self) -> bool:
        """Let the display sleep, for good; False when the desktop has not answered yet."""
        self.held, self._closed = False, True
        worker, self._worker = self._worker, None
        return worker is None or worker.close(self._give_back, CLOSE_S)

    def _take(self) -> None:
        self._lock.enter_context(self._inhibit())

    def _give_back(self) -> None:
        self._lock.close()
