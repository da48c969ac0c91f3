"""How the C library hands out memory, for a window that may stay open for days. Called once, before models load.

glibc gives large blocks back to the system when they are freed, but raises its idea of "large" with each one that it
sees, up to 32 MB. The weights of models that were switched away then stay with the process: after thirty switches
it held 1,000 MB, where 600 MB are needed while two models are there and 350 MB with one.
"""

from __future__ import annotations

import ctypes
import sys

MMAP_THRESHOLD = -3  # of mallopt, see malloc.h
LARGE = 2**20  # bytes: weights are larger, what a refresh of the picture allocates is smaller


def give_back_large_blocks() -> bool:
    """Let freed blocks of LARGE bytes and more leave the process; returns whether the C library took it."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE))
    except (OSError, AttributeError):  # another C library than glibc
        return False
