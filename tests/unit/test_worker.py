"""The worker: order, newest-wins keys, failures that do not end it, a clean end."""

from __future__ import annotations

import threading

from visualizer.show.worker import Worker

WAIT_S = 10


def test_jobs_run_in_order_on_one_thread() -> None:
    done: list[tuple[int, str]] = []
    worker = Worker(failed=lambda error: None, name="work")
    for number in range(20):
        worker.submit(lambda number=number: done.append((number, threading.current_thread().name)))
    last = threading.Event()
    worker.submit(last.set)
    assert last.wait(WAIT_S)
    worker.close()
    assert done == [(number, "work") for number in range(20)]


def test_a_newer_job_takes_the_place_of_one_that_waits() -> None:
    done: list[int] = []
    gate, started, last = threading.Event(), threading.Event(), threading.Event()
    worker = Worker(failed=lambda error: None, name="work")

    def block() -> None:
        started.set()
        gate.wait(WAIT_S)

    worker.submit(block)
    assert started.wait(WAIT_S)
    for number in range(100):
        worker.submit(lambda number=number: done.append(number), "seek")
    worker.submit(last.set)
    gate.set()
    assert last.wait(WAIT_S)
    worker.close()
    assert done == [99]


def test_a_failure_is_reported_and_the_thread_goes_on() -> None:
    failures: list[Exception] = []
    last = threading.Event()
    worker = Worker(failed=failures.append, name="work")
    worker.submit(lambda: [][1])
    worker.submit(last.set)
    assert last.wait(WAIT_S)
    worker.close()
    assert isinstance(failures[0], IndexError)


def test_idle_is_called_when_nothing_comes() -> None:
    idle = threading.Event()
    worker = Worker(failed=lambda error: None, name="work", idle=idle.set, idle_s=0.001)
    assert idle.wait(WAIT_S)
    worker.close()


def test_closing_drops_what_waits_and_runs_the_last_job() -> None:
    done: list[str] = []
    gate, started = threading.Event(), threading.Event()
    worker = Worker(failed=lambda error: None, name="work")

    def block() -> None:
        started.set()
        gate.wait(WAIT_S)

    worker.submit(block)
    assert started.wait(WAIT_S)
    worker.submit(lambda: done.append("dropped"))
    threading.Timer(0.05, gate.set).start()
    assert worker.close(lambda: done.append("last"))
    assert done == ["last"]
    gate.set()


def test_a_busy_worker_is_not_waited_for_for_ever() -> None:
    gate, started = threading.Event(), threading.Event()
    worker = Worker(failed=lambda error: None, name="work")

    def block() -> None:
        started.set()
        gate.wait(WAIT_S)

    worker.submit(block)
    assert started.wait(WAIT_S)
    assert not worker.close(timeout_s=0.01)
    gate.set()
