"""How memory is handed out and collected, for a window that may stay open for days and must never stop for long.

glibc gives large blocks back to the system when they are freed, but raises its idea of "large" with each one that it
sees, up to 32 MB. The weights of models that were switched away then stay with the process: after thirty switches
it held 1,000 MB, where 600 MB are needed while two models are there and 350 MB with one. Told to keep to one size,
it also gives smaller blocks back at once when the last of them is freed: then each refresh of the picture had its
memory made anew, 300 pages and a millisecond.

Python looks for objects that hold each other through all objects there are, on any thread, while every other waits:
with the window, its models and their libraries loaded that takes 30 to 40 ms, in which two refreshes are lost.
"""

from __future__ import annotations

import ctypes
import gc
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # of mallopt, see malloc.h
LARGE = 2**20  # bytes: weights are larger, what a refresh of the picture allocates is smaller
KEPT = 8 * 2**20  # bytes that may stay free: several refreshes of the picture


def give_back_large_blocks() -> bool:
    """Let freed blocks of LARGE bytes and more leave the process; returns whether the C library took it."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
        return bool(mallopt(MMAP_THRESHOLD, LARGE) and mallopt(TRIM_THRESHOLD, KEPT))
    except (OSError, AttributeError):  # another C library than glibc
        return False


def keep_for_good() -> None:
    """Look no more through what is there now: modules, windows and models stay until the end anyway.

    Takes no time itself. Objects are still freed when nothing holds them; only those that hold each other stay.
    """
    gc.freeze()
