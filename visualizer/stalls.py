"""How long the GUI thread was busy with one thing: a timer that ticks each few milliseconds, and is late. GUI thread.

Only for `--report` and the bench: it wakes the thread two hundred times a second.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from PyQt6.QtCore import QObject, Qt, QTimer

TICK_MS = 5
KEPT = 200_000  # ticks: a quarter of an hour


class Stalls(QObject):
    """Measures from start to stop.

    Args:
        clock: seconds, steady.

    Attributes:
        late_s: by how much each tick was late, seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.late_s: deque[float] = deque(maxlen=KEPT)
        self._clock = clock
        self._last: float | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        """Begin anew."""
        self.late_s.clear()
        self._last = None
        self._timer.start()

    def stop(self) -> None:
        """Measure no longer."""
        self._timer.stop()

    def tick(self) -> None:
        """The timer's."""
        now = self._clock()
        if self._last is not None:
            self.late_s.append(max(0.0, now - self._last - TICK_MS / 1000))
        self._last = now
