"""How long the GUI thread was busy with one thing: a timer that ticks each few milliseconds, and is late. GUI thread.

Only for `--report` and the bench: it wakes the thread two hundred times a second.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable

from PyQt6.QtCore import QObject, Qt, QTimer

from visualizer.usage import CoreWaits

TICK_MS = 5
KEPT = 200_000  # ticks: a quarter of an hour; as plain numbers, or it would look like a leak


class Stalls(QObject):
    """Measures from start to stop.

    Args:
        clock: seconds, steady.
        work: processor time of the GUI thread, seconds.
        wait: how long the GUI thread was ready and had no core, seconds; gives None where the system does not say;
            None asks the system.

    Attributes:
        late_s: by how much each tick was late, seconds: the thread was busy, or the machine was.
        own_s: how much of that no lack of a core explains: work, and waiting for other threads; empty where the system
            does not say for how long there was none.
        busy_s: what the thread itself computed between two ticks, seconds, however busy the machine was.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        work: Callable[[], float] = time.thread_time,
        wait: Callable[[], float | None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.late_s, self.own_s, self.busy_s = array("f"), array("f"), array("f")
        self._core = CoreWaits()
        self._clock, self._work, self._wait = clock, work, wait or self._core
        self._last: tuple[float, float, float | None] | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        """Begin anew."""
        for kept in (self.late_s, self.own_s, self.busy_s):
            del kept[:]
        self._last = None
        self._timer.start()

    def stop(self) -> None:
        """Measure no longer."""
        self._timer.stop()
        self._core.close()

    def tick(self) -> None:
        """The timer's."""
        now, work, wait = self._clock(), self._work(), self._wait()
        if self._last is not None:
            before, worked, waited = self._last
            late_s = max(0.0, now - before - TICK_MS / 1000)
            self.late_s.append(late_s)
            self.busy_s.append(work - worked)
            if wait is not None and waited is not None:
                self.own_s.append(max(0.0, late_s - (wait - waited)))
            for kept in (self.late_s, self.own_s, self.busy_s):
                if len(kept) > KEPT:
                    del kept[: KEPT // 10]
        self._last = now, work, wait
