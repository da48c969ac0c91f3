"""What a process uses: readings follow what it does."""

from __future__ import annotations

import mmap
import os
import sys
import threading
import time
import zlib
from pathlib import Path

import numpy as np
import pytest

from visualizer.usage import CoreWaits, count_of, memory_mb, most_memory_mb, waited_s

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


@linux
def test_a_thread_that_shares_its_core_waits() -> None:
    if waited_s(threading.get_native_id()) is None:
        pytest.skip("this kernel does not say how long threads waited")
    waited: list[float] = []
    start = threading.Barrier(2)

    def work() -> None:
        os.sched_setaffinity(0, core)
        start.wait()
        end = time.thread_time() + 0.1
        while time.thread_time() < end:
            zlib.crc32(block)  # without the interpreter's lock: both threads want the core
        waited.append(waited_s(threading.get_native_id()) or 0.0)

    block, core = bytes(1_000_000), {min(os.sched_getaffinity(0))}
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(waited) > 0.05


@linux
def test_a_file_kept_open_says_the_same_and_is_given_back() -> None:
    before = count_of("fd")
    waits, thread = CoreWaits(), threading.get_native_id()
    for _ in range(2):
        low, between, high = waited_s(thread), waits(), waited_s(thread)
        if low is None or between is None or high is None:
            pytest.skip("this kernel does not say how long threads waited")
        assert low <= between <= high
        time.sleep(0.01)
    waits.close()
    waits.close()
    assert count_of("fd") == before


def test_what_the_system_does_not_say_is_none() -> None:
    assert waited_s(0) is None
    assert count_of("nothing like this") is None
