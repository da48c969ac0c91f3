"""Threads stand back for others, each for itself and for those that it starts."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

import pytest

from visualizer.priority import LAST, stand_back
from visualizer.show.worker import Worker

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="threads have no nice value here")


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def on_a_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_a_thread_stands_back_alone_with_those_that_it_starts() -> None:
    before, seen = niceness(), []

    def work() -> None:
        seen.append(stand_back(3))
        seen.append(niceness())
        on_a_thread(lambda: seen.append(niceness()))

    on_a_thread(work)
    assert seen == [True, min(LAST, before + 3), min(LAST, before + 3)]
    assert niceness() == before


def test_no_thread_stands_back_beyond_the_last_place_or_comes_forward() -> None:
    seen = []

    def work() -> None:
        seen.extend([stand_back(100), niceness(), stand_back(-5), stand_back(0), niceness()])

    on_a_thread(work)
    assert seen == [True, LAST, False, False, LAST]


def test_a_worker_stands_back_as_far_as_it_was_told() -> None:
    before, seen = niceness(), []

    def raise_it(error: Exception) -> None:
        raise error

    worker = Worker(raise_it, "worker", back=2)
    assert worker.close(lambda: seen.append(niceness()))
    assert seen == [min(LAST, before + 2)]
