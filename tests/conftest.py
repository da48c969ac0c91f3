"""For all tests: no window on a machine without a screen, and no test may leave a thread behind."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Iterator

import pytest

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ENDING_S = 30.0  # a crowded machine may keep a thread from ending for seconds
FOREIGN = ("tqdm", "torch", "concurrent.futures")  # packages that keep threads of their own for later use


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fail a test that leaves one of our threads running, with its name."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + ENDING_S
    while left := [thread for thread in threading.enumerate() if thread not in before and not _foreign(thread)]:
        if time.monotonic() > deadline:
            pytest.fail(f"threads left running: {', '.join(thread.name for thread in left)}")
        gc.collect()
        time.sleep(0.01)


def _foreign(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None)
    module = getattr(target, "__module__", "") or type(thread).__module__
    return module.startswith(FOREIGN)
