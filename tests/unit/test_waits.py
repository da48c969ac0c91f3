"""What other programs took away from a refresh: no more than a thread waited, and than this program left over."""

from __future__ import annotations

import pytest

pytest.importorskip("PyQt6")

from visualizer.gui.waits import Waits

GUI, DRAWING = 1, 2


class Machine:
    """Times that a test sets."""

    def __init__(self) -> None:
        self.now = self.work = 0.0
        self.wait: dict[int, float | None] = {GUI: 5.0, DRAWING: 7.0}

    def waits(self) -> Waits:
        return Waits(lambda: self.wait, lambda: self.now, lambda: self.work, lambda thread: self.wait[thread], cores=2)


@pytest.mark.parametrize(
    ("work", "gui", "drawing", "others"),
    [
        (0.06, 0.01, 0.04, 0.04),  # the longest wait, while this program left one core of two
        (0.06, 0.03, 0.00, 0.03),
        (0.11, 0.01, 0.04, 0.01),  # it used nearly all itself: its own threads took the rest
        (0.12, 0.05, 0.05, 0.00),
        (0.13, 0.05, 0.05, 0.00),  # clocks that do not agree
    ],
)
def test_waits_count_as_far_as_others_had_the_cores(work: float, gui: float, drawing: float, others: float) -> None:
    machine = Machine()
    waits = machine.waits()
    assert waits.step() == 0.0
    machine.now, machine.work = 0.06, work
    machine.wait = {GUI: 5.0 + gui, DRAWING: 7.0 + drawing}
    assert waits.step() == pytest.approx(others)


def test_threads_that_come_and_go_and_silent_systems_take_nothing_away() -> None:
    machine = Machine()
    waits = machine.waits()
    waits.step()
    machine.now, machine.wait = 0.1, {GUI: None, 3: 90.0}
    assert waits.step() == 0.0
    machine.now, machine.wait = 0.2, {3: 90.02}
    assert waits.step() == pytest.approx(0.02)
