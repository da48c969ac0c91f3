"""Waiting for another thread in a test."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 30.0  # a crowded machine may keep a thread from running for seconds


def until(true: Callable[[], object], what: str = "the other thread did not get there") -> None:
    """Wait until something is true; a test that waits in vain fails, and says for what."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.002)
