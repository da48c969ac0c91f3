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
        work: processor time of the GUI thread, seconds.

    Attributes:
        late_s: by how much each tick was late, seconds: the thread was busy, or the machine was.
        busy_s: what the thread itself computed between two ticks, seconds, however busy the machine was.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        work: Callable[[], float] = time.thread_time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.late_s: deque[float] = deque(maxlen=KEPT)
        self.busy_s: deque[float] = deque(maxlen=KEPT)
        self._clock, self._work = clock, work
        self._last: tuple[float, float] | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        """Begin anew."""
        self.late_s.clear()
        self.busy_s.clear()
        self._last = None
        self._timer.start()

    def stop(self) -> None:
        """Measure no longer."""
        self._timer.stop()

    def tick(self) -> None:
        """The timer's."""
        now, work = self._clock(), self._work()
        if self._last is not None:
            self.late_s.append(max(0.0, now - self._last[0] - TICK_MS / 1000))
            self.busy_s.append(work - self._last[1])
        self._last = now, work
