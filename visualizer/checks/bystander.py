"""A thread that only waits, beside a program that is measured: how late the machine wakes one who needs nothing of it.

Virtual machines wake a sleeping core late now and then, by tens of milliseconds: no program that runs there can be more
even.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from types import TracebackType

from visualizer.lateness import stalls_per_min

BEAT_S = 0.005  # as the watchdog of the window ticks


class Bystander:
    """Waits in short sleeps, in a process that does nothing else, from enter to exit.

    Attributes:
        at_s: when each sleep ended, seconds of time.time.
        late_s: by how much each was too long, seconds.
    """

    def __init__(self) -> None:
        self.at_s: list[float] = []
        self.late_s: list[float] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="bystander", daemon=True)

    def __enter__(self) -> Bystander:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end.set()
        self._thread.join()

    def since(self, at_s: float) -> list[float]:
        """By how much the sleeps were too long that ended at a time or later, seconds."""
        return [late_s for ended_s, late_s in zip(self.at_s, self.late_s, strict=True) if ended_s >= at_s]

    def _wait(self) -> None:
        while not self._end.is_set():
            began = time.perf_counter()
            time.sleep(BEAT_S)
            self.late_s.append(max(0.0, time.perf_counter() - began - BEAT_S))
            self.at_s.append(time.time())


def waits_per_min(late_s: Sequence[float]) -> float | None:
    """How often a minute a bystander was later than STALL_S, from what `since` gives; None from nothing."""
    return stalls_per_min(late_s, sum(late_s) + BEAT_S * len(late_s))
