"""The measure of stalls: what keeps the GUI thread busy shows in it."""

from __future__ import annotations

import time

import pytest
from pytestqt.qtbot import QtBot

from visualizer.gui.stalls import Stalls


def test_lateness_and_work_are_what_the_clocks_say() -> None:
    times, work = iter([0.0, 0.005, 0.010, 0.065, 0.069]), iter([1.0, 1.001, 1.001, 1.003, 1.006])
    waits = iter([3.0, 3.0, 3.001, 3.041, 3.045])
    stalls = Stalls(clock=lambda: next(times), work=lambda: next(work), wait=lambda: next(waits))
    for _ in range(5):
        stalls.tick()
    assert list(stalls.late_s) == pytest.approx([0.0, 0.0, 0.05, 0.0])
    assert list(stalls.own_s) == pytest.approx([0.0, 0.0, 0.01, 0.0])
    assert list(stalls.busy_s) == pytest.approx([0.001, 0.0, 0.002, 0.003])


def test_where_the_system_does_not_say_how_long_it_waited_nothing_is_claimed() -> None:
    times = iter([0.0, 0.1])
    stalls = Stalls(clock=lambda: next(times), wait=lambda: None)
    stalls.tick()
    stalls.tick()
    assert (len(stalls.late_s), len(stalls.own_s)) == (1, 0)


def test_a_busy_thread_is_late(qtbot: QtBot) -> None:
    stalls = Stalls()
    stalls.start()
    qtbot.waitUntil(lambda: len(stalls.late_s) > 3)
    time.sleep(0.2)
    qtbot.waitUntil(lambda: max(stalls.late_s) > 0.15)
    stalls.stop()
