"""Looks: smooth ways between them, exact returns, the same path at every rate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.painting.looks import HISTORY, Looks
from visualizer.painting.motion import NoiseWalk

SIZE = 64


def stand(looks: Looks, seconds: float, per_second: float = 60.0) -> np.ndarray:
    """Let time pass without walking; returns the noise at each moment, float [n, SIZE]."""
    return np.stack([looks.advance(0.0, 1 / per_second) for _ in range(round(seconds * per_second))])


def test_the_first_look_is_the_walk_itself() -> None:
    looks, walk = Looks(SIZE, seed=3), NoiseWalk(SIZE, 3)
    for _ in range(20):
        np.testing.assert_array_equal(looks.advance(0.07, 0.1), walk.advance(0.07))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["next", "previous", "random", "back", "stay"]), st.integers(0, 40)), max_size=12
    ),
    st.floats(0.2, 30),
)
def test_no_turn_makes_the_noise_jump(turns: list[tuple[str, int]], transition_s: float) -> None:
    looks = Looks(SIZE, seed=1)
    looks.set_transition(transition_s)
    before = looks.advance(0.0, 0.0)
    for turn, images in turns:
        if turn == "next":
            looks.show(looks.number + 1)
        elif turn == "previous":
            looks.show(looks.number - 1)
        elif turn == "random":
            looks.show_random()
        elif turn == "back":
            looks.go_back()
        at_once = looks.advance(0.0, 0.0)
        np.testing.assert_allclose(at_once, before, atol=1e-4)  # a turn by itself moves nothing
        before = at_once
        for _ in range(images):
            after = looks.advance(0.001, 1 / 60)
            assert np.linalg.norm(after) == pytest.approx(np.sqrt(SIZE), rel=1e-4)
            before = after


def test_a_turn_is_smooth_and_arrives() -> None:
    looks = Looks(SIZE, seed=2)
    here = looks.advance(0.0, 0.0)
    looks.show(1)
    path = np.concatenate([here[None], stand(looks, 6.0)])
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert steps[0] < 0.1 * steps.max()  # begins at rest
    assert np.abs(np.diff(steps)).max() < 0.2 * steps.max()
    there = NoiseWalk(SIZE, 2, look=1).at(0.0)
    away = np.linalg.norm(path - there, axis=1) / np.linalg.norm(here - there)
    assert away[120] < 0.1  # after the transition's two seconds
    assert away[-1] < 1e-3


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([-3, -1, 1, 2, 900]), min_size=1, max_size=10))
def test_back_returns_to_where_the_noise_was(steps: list[int]) -> None:
    looks, left = Looks(SIZE, seed=4), []
    for step in steps:
        looks.advance(0.31, 100.0)  # walk a little, and arrive
        left.append((looks.number, looks.advance(0.0, 0.0)))
        looks.show(looks.number + step)
    looks.advance(0.5, 100.0)
    for number, noise in reversed(left):
        assert looks.go_back()
        assert looks.number == number
        np.testing.assert_allclose(looks.advance(0.0, 100.0), noise, atol=1e-4)
    assert not looks.go_back()


def test_a_look_that_is_shown_again_is_found_where_it_was_left() -> None:
    looks = Looks(SIZE, seed=4)
    left = looks.advance(0.31, 0.1)
    looks.show(1)
    looks.advance(0.4, 0.1)
    looks.show(0)
    np.testing.assert_allclose(looks.advance(0.0, 100.0), left, atol=1e-4)


@pytest.mark.parametrize("per_second", [10, 24, 144])
def test_the_way_does_not_depend_on_the_rate(per_second: int) -> None:
    def path(rate: float) -> np.ndarray:
        looks = Looks(SIZE, seed=5)
        looks.advance(0.0, 0.0)
        looks.show(1)
        for index in range(round(rate)):
            looks.advance(0.2 / rate, 1 / rate)
            if index == round(rate / 2) - 1:
                looks.show(2)
        return looks.advance(0.0, 0.0)

    np.testing.assert_allclose(path(per_second), path(60), atol=0.02)


def test_looks_are_repeatable_by_seed() -> None:
    def after(seed: int) -> np.ndarray:
        looks = Looks(SIZE, seed)
        looks.show_random()
        looks.show_random()
        return looks.advance(0.3, 100.0)

    np.testing.assert_array_equal(after(1), after(1))
    assert not np.allclose(after(1), after(2))


def test_history_is_bounded() -> None:
    looks = Looks(SIZE, seed=0)
    for number in range(HISTORY + 50):
        looks.show(number + 1)
    backs = 0
    while looks.go_back():
        backs += 1
    assert backs == HISTORY
    assert len(looks._left_at) <= HISTORY


@pytest.mark.parametrize("seconds", [0.0, 0.1, 31.0, float("nan")])
def test_an_impossible_transition_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="transition"):
        Looks(SIZE, 0).set_transition(seconds)
