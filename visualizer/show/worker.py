"""One thread that does slow things in order: opening files and devices, loading models, writing pictures. No Qt.

A job may carry a key; a newer job with the key of one that still waits takes its place, so that
dragging the seek bar leaves one seek and not a hundred.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from visualizer.priority import stand_back

Job = Callable[[], None]


class Worker:
    """Runs jobs one after the other on a thread of its own.

    Args:
        failed: called on the thread with any exception of a job; the thread goes on.
        name: of the thread.
        idle: called on the thread when nothing has come for a while, again and again.
        idle_s: that while, seconds; None never calls idle.
        back: how far the thread stands back for others, see visualizer.priority.
    """

    def __init__(
        self,
        failed: Callable[[Exception], None],
        name: str,
        idle: Job = lambda: None,
        idle_s: float | None = None,
        back: int = 0,
    ) -> None:
        self._failed = failed
        self._idle = idle
        self._idle_s = idle_s
        self._back = back
        self._jobs: list[tuple[str, Job]] = []
        self._wanted = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def native_id(self) -> int | None:
        """The system's number of the thread."""
        return self._thread.native_id

    def submit(self, job: Job, key: str = "") -> None:
        """Run a job soon; it takes the place of a waiting one with the same key. Returns at once."""
        with self._wanted:
            if key:
                self._jobs = [(other, old) for other, old in self._jobs if other != key]
            self._jobs.append((key, job))
            self._wanted.notify()

    def close(self, last: Job = lambda: None, timeout_s: float = 5.0) -> bool:
        """Drop what waits, run one last job, end; False when the thread was still busy after the timeout."""
        with self._wanted:
            self._jobs = [("", last)]
            self._closing = True
            self._wanted.notify()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        stand_back(self._back)
        while True:
            job = self._next()
            if job is None:
                return
            try:
                job()
            except Exception as error:
                self._failed(error)

    def _next(self) -> Job | None:
        with self._wanted:
            if not self._jobs:
                if self._closing:
                    return None
                if not self._wanted.wait(self._idle_s):
                    return self._idle
            return self._jobs.pop(0)[1] if self._jobs else self._idle
