"""Motion: smooth, bounded, the same at every rate of pictures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.painting.motion import Glide, NoiseWalk, Shift, Trail


@settings(deadline=None)
@given(st.lists(st.floats(0.001, 0.2), min_size=1, max_size=60))
def test_glide_does_not_depend_on_the_step(steps: list[float]) -> None:
    fine, once = Glide(1.0), Glide(1.0)
    fine.step(np.zeros(3), 0)
    once.step(np.zeros(3), 0)
    target = np.array([1.0, -2.0, 0.5])
    for dt in steps:
        moved = fine.step(target, dt)
    np.testing.assert_allclose(moved, once.step(target, sum(steps)), atol=1e-5)


def test_glide_arrives_without_overshoot() -> None:
    glide = Glide(2.0)
    glide.step(np.zeros(1), 0)
    path = np.array([glide.step(np.ones(1), 0.02)[0] for _ in range(300)])
    assert np.all(np.diff(path) >= -1e-6)
    assert path.max() <= 1 + 1e-6
    assert path[99] == pytest.approx(0.95, abs=0.01)  # after settle_s


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6) | st.just(np.nan) | st.just(np.inf), min_size=4, max_size=4))
def test_glide_survives_any_target(target: list[float]) -> None:
    glide = Glide(1.0)
    glide.step(np.array(target), 0)
    glide.step(np.array(target), 0.1)
    assert np.isfinite(glide.step(np.zeros(4), 5.0)).all()


def test_walk_is_smooth_and_on_the_sphere() -> None:
    walk = NoiseWalk(100, seed=3)
    path = np.stack([walk.advance(0.02) for _ in range(1000)])
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), 10.0, rtol=1e-5)
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert steps.max() < 3 * np.median(steps)
    turns = np.linalg.norm(np.diff(path, n=2, axis=0), axis=1)
    assert turns.max() < 0.25 * np.median(steps)  # no corner
    assert np.linalg.norm(path[500] - path[0]) > 5  # it goes somewhere


def test_walk_is_a_function_of_seed_and_distance() -> None:
    coarse, fine = NoiseWalk(8, 1), NoiseWalk(8, 1)
    for _ in range(100):
        fine.advance(0.073)
    np.testing.assert_allclose(coarse.advance(7.3), fine.at(fine.distance), atol=1e-5)
    assert not np.allclose(NoiseWalk(8, 2).at(7.3), coarse.at(7.3))


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 40), st.lists(st.floats(), min_size=12, max_size=12))
def test_shift_is_bounded_for_any_push(pushes: int, size: int, pushed: list[float]) -> None:
    moved = Shift(pushes, size, seed=1).at(np.array(pushed[:pushes]), 2.0)
    assert moved.shape == (size,)
    assert np.linalg.norm(moved) <= 2.0 + 1e-5


def test_shift_goes_along_orthonormal_directions_and_returns() -> None:
    shift = Shift(3, 100, seed=4)
    np.testing.assert_allclose(shift.directions @ shift.directions.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(shift.at(np.array([0, 1.0, 0]), 2.5)), 2.5, rtol=1e-6)
    assert not shift.at(np.zeros(3), 2.5).any()
    np.testing.assert_array_equal(Shift(3, 100, seed=4).directions, shift.directions)
    assert not np.allclose(Shift(3, 100, seed=5).directions, shift.directions)


def test_glide_is_displaced_without_a_change_of_velocity() -> None:
    glide, same = Glide(1.0), Glide(1.0)
    for one in (glide, same):
        one.step(np.zeros(1), 0)
        one.step(np.ones(1), 0.1)
    glide.displace(np.array([2.0]))
    near, far = (one.step(np.array([target]), 1e-6)[0] for one, target in ((same, 1.0), (glide, 3.0)))
    assert far - near == pytest.approx(2.0, abs=1e-5)
    assert glide.step(np.array([3.0]), 0.2)[0] - same.step(np.array([1.0]), 0.2)[0] == pytest.approx(2.0, abs=1e-5)


def test_glide_may_change_its_time_on_the_way() -> None:
    glide = Glide(1.0)
    glide.step(np.zeros(1), 0)
    before = glide.step(np.ones(1), 0.2)[0]
    glide.settle_s = 10.0
    assert glide.settle_s == pytest.approx(10.0)
    assert glide.step(np.ones(1), 0.0)[0] == pytest.approx(before)
    with pytest.raises(ValueError, match="settle_s"):
        glide.settle_s = 0.0


@settings(deadline=None)
@given(st.integers(-5, 5), st.integers(-5, 5))
def test_each_look_is_a_path_of_its_own(one: int, other: int) -> None:
    first, second = NoiseWalk(32, 1, one).at(0.5), NoiseWalk(32, 1, other).at(0.5)
    assert np.allclose(first, second) == (one == other)


@settings(deadline=None)
@given(st.floats(0.3, 3), st.lists(st.floats(-1, 1), min_size=1, max_size=30), st.floats(0.001, 0.2))
def test_trail_stays_within_its_pushes_and_lets_go(longer: float, pushed: list[float], dt: float) -> None:
    trail = Trail(1)
    trail.longer = longer
    values = [float(trail.step(np.array([push]), dt)[0]) for push in pushed]
    assert min(values) >= min(0.0, *pushed) - 1e-12
    assert max(values) <= max(0.0, *pushed) + 1e-12
    assert abs(trail.step(np.zeros(1), 10.0)[0]) < 1e-6


def test_trail_follows_a_push_at_once_and_whatever_its_side() -> None:
    trail = Trail(2)
    away = trail.step(np.array([1.0, -1.0]), 0.05)
    assert away == pytest.approx([1, -1], abs=0.05)
    assert trail.step(np.array([-1.0, 1.0]), 0.05) == pytest.approx([-1, 1], abs=0.05)
    assert trail.step(np.zeros(2), 0.05) == pytest.approx([0, 0], abs=0.05)


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_a_broken_push_does_not_stay(broken: float) -> None:
    trail = Trail(1)
    trail.step(np.array([broken]), 0.1)
    assert trail.step(np.array([0.5]), 1.0)[0] == pytest.approx(0.5)


def test_trail_returns_later() -> None:
    def left_after_half_a_second(longer: float) -> float:
        trail = Trail(1)
        trail.longer = longer
        for index in range(30):
            value = trail.step(np.array([np.exp(-index / 60 / 0.18)]), 1 / 60)
        return float(value[0])

    assert left_after_half_a_second(3.0) > 3 * left_after_half_a_second(1.0)
