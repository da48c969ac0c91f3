"""Cross-fade timing on a hand-turned clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizer.picture.fade import FIRST_S, LONGEST_S, SHORTEST_S, Fade


def test_before_anything_arrives_nothing_fades() -> None:
    assert Fade().progress(12.0) == 1.0


def test_the_first_takes_its_time_and_the_next_take_the_measured_gap() -> None:
    fade = Fade()
    fade.begin(0.0)
    assert fade.progress(FIRST_S / 2) == pytest.approx(0.5)
    for number in range(1, 8):
        fade.begin(number * 0.2)
    assert fade.duration_s == pytest.approx(0.2)
    assert fade.progress(7 * 0.2 + 0.05) == pytest.approx(0.25)


def test_a_pause_is_not_a_rate() -> None:
    fade = Fade()
    for now in (0.0, 0.1, 0.2, 60.0):
        fade.begin(now)
    assert fade.duration_s == FIRST_S


def test_one_late_painting_changes_nothing() -> None:
    fade = Fade()
    for now in (0.0, 0.1, 0.2, 0.3, 1.2, 1.3):
        fade.begin(now)
    assert fade.duration_s == pytest.approx(0.1)


def test_paintings_that_come_half_as_often_do_not_stand_still() -> None:
    fade, now = Fade(), 0.0
    for _ in range(6):
        fade.begin(now)
        now += 0.1
    now += 0.1  # the first that comes late: nobody could know
    for _ in range(4):
        fade.begin(now)
        assert fade.progress(now + 0.19) < 1
        now += 0.2
    now -= 0.1
    for _ in range(4):
        fade.begin(now)
        now += 0.1
    assert fade.duration_s == pytest.approx(0.1)


@given(st.lists(st.floats(0, 5), min_size=1, max_size=20), st.floats(0, 3))
def test_progress_stays_within_bounds(gaps: list[float], later: float) -> None:
    fade, now = Fade(), 0.0
    for gap in gaps:
        now += gap
        fade.begin(now)
    assert SHORTEST_S <= fade.duration_s <= LONGEST_S
    assert fade.progress(now) == 0.0
    assert 0.0 <= fade.progress(now + later) <= 1.0
    assert fade.progress(now + LONGEST_S) == 1.0
