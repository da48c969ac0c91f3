"""What this process uses of the machine; any thread."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path


def most_memory_mb() -> float | None:
    """The most memory this process has had resident, MB; None where the system does not say."""
    if os.name != "posix":
        return None
    import resource

    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(size / (1e6 if sys.platform == "darwin" else 1e3), 1)  # bytes on macOS, kB elsewhere


def memory_mb() -> float | None:
    """What this process has resident now, MB; None where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def waited_s(thread: int) -> float | None:
    """How long a thread of this process, by its native number, was ready in all and had no core, seconds.

    None where the system does not say, or the thread is gone.
    """
    try:
        # The system's own calls: asked hundreds of times a second, by threads that must not be held up.
        file = os.open(f"/proc/self/task/{thread}/schedstat", os.O_RDONLY)
        try:
            return int(os.read(file, 100).split()[1]) / 1e9
        finally:
            os.close(file)
    except (OSError, ValueError, IndexError):
        return None


class CoreWaits:
    """`waited_s` of the thread that asks first, with the file kept open until close.

    One call of the system instead of three: each gives the interpreter away, and a busy program gives it back late.
    """

    def __init__(self) -> None:
        self._file = -1

    def __call__(self) -> float | None:
        """Seconds; None where the system does not say."""
        try:
            if self._file < 0:
                self._file = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)
            return int(os.pread(self._file, 100, 0).split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return None

    def close(self) -> None:
        """Give the file back; it is opened again when asked again."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def count_of(what: str) -> int | None:
    """How many threads ("task") or open files ("fd") this process has; None where the system does not say."""
    try:
        return len(os.listdir(f"/proc/self/{what}"))
    except OSError:
        return None
