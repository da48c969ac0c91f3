"""What is measured of refreshes and paintings."""

from __future__ import annotations

import pytest

from visualizer.painting.rates import Durations, Refreshes


def test_durations() -> None:
    durations = Durations()
    assert (durations.typical, durations.slow, durations.per_second(5.0), durations.age(5.0)) == (0, 0, 0, 0)
    for index in range(200):
        durations.add(index / 20, 0.1 if index % 10 == 0 else 0.01)
    assert durations.typical == 0.01
    assert durations.slow == 0.1
    assert durations.per_second(9.95) == pytest.approx(20, abs=0.6)
    assert durations.age(10.95) == pytest.approx(1.0)


def test_late_refreshes_are_a_share() -> None:
    refreshes, now = Refreshes(), 0.0
    for index in range(61):
        refreshes.add(now)
        now += 2 / 60 if index % 6 == 0 else 1 / 60
    assert refreshes.late(60.0) == pytest.approx(10 / 60, abs=0.02)
    assert refreshes.hz == pytest.approx(60)
    assert refreshes.late(60.0) is None
    assert refreshes.hz == 0


def test_an_even_but_slow_screen_is_late_all_the_time() -> None:
    refreshes = Refreshes()
    for index in range(30):
        refreshes.add(index / 25)
    assert refreshes.late(60.0) == 1.0


def test_a_rest_is_no_late_refresh() -> None:
    refreshes = Refreshes()
    for now in (0.0, 1 / 60, 2 / 60, 60.0, 60.0 + 1 / 60):
        refreshes.add(now)
    assert refreshes.late(60.0) == 0.0
