"""Schedule: late turns do not add up, and nothing is caught up with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizer.painting.pacing import Schedule


@given(late=st.lists(st.floats(0, 0.015), min_size=50, max_size=50), work=st.floats(0, 0.02))
def test_small_delays_never_add_up(late: list[float], work: float) -> None:
    schedule, now, began = Schedule(), 50.0, []
    for delay in late:
        began.append(now)
        now += work
        now += schedule.wait_s(began[-1], now, 0.04) + delay
    due = 50.0 + 0.04 * np.arange(len(began))
    assert np.all(np.array(began) - due < 0.0151)
    assert np.all(np.array(began) - due > -1e-6)


def test_an_overrun_skips_to_the_next_due_time() -> None:
    schedule = Schedule()
    assert schedule.wait_s(0.0, 0.01, 0.04) == pytest.approx(0.03)
    assert schedule.wait_s(0.04, 0.13, 0.04) == pytest.approx(0.03)  # due at 0.08 and 0.12: both missed
    assert schedule.wait_s(0.16, 0.17, 0.04) == pytest.approx(0.03)


def test_a_long_pause_is_not_made_up_for() -> None:
    schedule = Schedule()
    schedule.wait_s(0.0, 0.01, 0.04)
    assert schedule.wait_s(9.0, 9.01, 0.04) == pytest.approx(0.03)


def test_being_woken_begins_a_new_row() -> None:
    schedule = Schedule()
    schedule.wait_s(0.0, 0.01, 1.0)
    assert schedule.wait_s(0.3, 0.31, 0.04) == pytest.approx(0.03)
