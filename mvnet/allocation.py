"""How the C library hands out memory, for trainings on a processor.

By default glibc gives every large block back to the system and asks for it anew: in each step of the
encoder's training 75,000 pages are mapped and zeroed again, a fifth of the step's time. Called once in the
training process, before torch allocates; it does nothing where there is no glibc.
"""

from __future__ import annotations

import ctypes
import sys

TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4  # of mallopt, see malloc.h
NEVER = 2**31 - 1  # bytes, the most that mallopt takes
AHEAD = 2**28  # bytes asked for at once


def keep_freed_blocks() -> bool:
    """Let the process keep the memory that it frees; returns whether the C library took it."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library than glibc
        return False
    return all([mallopt(MMAP_MAX, 0), mallopt(TRIM_THRESHOLD, NEVER), mallopt(TOP_PAD, AHEAD)])
