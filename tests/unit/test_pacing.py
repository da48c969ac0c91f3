"""Schedule: late turns do not add up, a long one costs no other, and nothing heaps up."""

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


def test_after_an_overrun_the_newest_missed_turn_is_made_at_once() -> None:
    schedule = Schedule()
    assert schedule.wait_s(0.0, 0.01, 0.04) == pytest.approx(0.03)
    assert schedule.wait_s(0.04, 0.13, 0.04) == 0.0  # due at 0.08 and 0.12: the first of them is left out
    assert schedule.wait_s(0.13, 0.14, 0.04) == pytest.approx(0.02)  # due at 0.16, as if nothing had been late


def test_one_long_turn_in_four_costs_no_turn() -> None:
    schedule, now, began = Schedule(), 50.0, []
    for turn in range(41):
        began.append(now)
        now += 0.05 if turn % 4 == 0 else 0.015
        now += schedule.wait_s(began[-1], now, 0.04)
    assert began[-1] - began[0] == pytest.approx(40 * 0.04)


@given(work=st.floats(0.041, 3.0))
def test_turns_that_always_take_too_long_follow_each_other_and_no_faster(work: float) -> None:
    schedule, now = Schedule(), 50.0
    for _ in range(20):
        begun, now = now, now + work
        now += schedule.wait_s(begun, now, 0.04)
        assert work - 1e-9 <= now - begun < work + 0.0401


def test_a_long_pause_is_not_made_up_for() -> None:
    schedule = Schedule()
    schedule.wait_s(0.0, 0.01, 0.04)
    assert schedule.wait_s(9.0, 9.01, 0.04) == pytest.approx(0.03)


def test_being_woken_begins_a_new_row() -> None:
    schedule = Schedule()
    schedule.wait_s(0.0, 0.01, 1.0)
    assert schedule.wait_s(0.3, 0.31, 0.04) == pytest.approx(0.03)
