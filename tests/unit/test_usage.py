"""What a process uses: readings follow what it does."""

from __future__ import annotations

import mmap
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from visualizer.usage import count_of, memory_mb, most_memory_mb

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says it of a process")


@linux
def test_memory_grows_with_what_is_kept() -> None:
    size = 40_000_000
    before = memory_mb()
    with mmap.mmap(-1, size) as kept:  # from the system itself: an array may get what was freed before
        np.frombuffer(kept, np.uint8)[:] = 1
        after = memory_mb()
    most = most_memory_mb()
    assert before is not None
    assert after is not None
    assert most is not None
    assert after - before > 0.9 * size / 1e6
    assert most >= 0.95 * after


@linux
def test_threads_and_files_are_counted(tmp_path: Path) -> None:
    threads, files = count_of("task") or 0, count_of("fd") or 0
    go_on = threading.Event()
    thread = threading.Thread(target=go_on.wait)
    thread.start()
    with (tmp_path / "open").open("w"):
        assert (count_of("task"), count_of("fd")) == (threads + 1, files + 1)
    go_on.set()
    thread.join()


def test_what_the_system_does_not_say_is_none() -> None:
    assert count_of("nothing like this") is None
