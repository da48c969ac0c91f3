"""How much of each refresh other programs took away: what the soak tells a late refresh's cause by. GUI thread.

A thread that is ready and has no core may wait for another program or for a thread of this one. Only as much of its
wait counts here as there was time on the processor that this program did not use itself.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable

from visualizer.usage import waited_s


class Waits:
    """Measures from one step to the next.

    Args:
        threads: native numbers of those that a refresh goes through, one after the other.
        clock: seconds, steady.
        work: processor time of the whole process, seconds.
        wait: how long a thread was ready and had no core, seconds; gives None where the system does not say.
        cores: that the process may use; None asks the system.
    """

    def __init__(
        self,
        threads: Callable[[], Iterable[int]],
        clock: Callable[[], float] = time.perf_counter,
        work: Callable[[], float] = time.process_time,
        wait: Callable[[int], float | None] = waited_s,
        cores: int | None = None,
    ) -> None:
        self._threads = threads
        self._clock, self._work, self._wait = clock, work, wait
        self._cores = cores or (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
        self._last: tuple[float, float, dict[int, float]] | None = None

    def step(self) -> float:
        """Seconds since the last step for which other programs kept the longest waiting of the threads; 0 at first."""
        now, work = self._clock(), self._work()
        waits = {thread: wait for thread in self._threads() if (wait := self._wait(thread)) is not None}
        last, self._last = self._last, (now, work, waits)
        if last is None:
            return 0.0
        before, worked, waited = last
        longest = max((wait - waited[thread] for thread, wait in waits.items() if thread in waited), default=0.0)
        left_by_us = self._cores * (now - before) - (work - worked)
        return max(0.0, min(longest, left_by_us))
