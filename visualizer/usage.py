"""What this process uses of the machine; any thread."""

from __future__ import annotations

import os
import sys


def most_memory_mb() -> float | None:
    """The most memory this process has had resident, MB; None where the system does not say."""
    if os.name != "posix":
        return None
    import resource

    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(size / (1e6 if sys.platform == "darwin" else 1e3), 1)  # bytes on macOS, kB elsewhere
