"""Where a painting hangs: it fills the screen, or is whole with a margin; aspect always kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizer.hanging import hang

side = st.integers(1, 4000)


@given(st.tuples(side, side), st.tuples(side, side), st.booleans())
def test_aspect_and_middle_are_kept(screen: tuple[int, int], image: tuple[int, int], framed: bool) -> None:
    hung = hang(screen, image, 1.0, framed)
    assert hung.width * image[1] == pytest.approx(hung.height * image[0])
    assert hung.left + hung.width / 2 == pytest.approx(screen[0] / 2)
    assert hung.bottom + hung.height / 2 == pytest.approx(screen[1] / 2)


@given(st.tuples(side, side), st.tuples(side, side))
def test_filling_leaves_no_gap(screen: tuple[int, int], image: tuple[int, int]) -> None:
    hung = hang(screen, image, 1.0, False)
    assert hung.left <= 1e-6
    assert hung.bottom <= 1e-6


@given(st.tuples(st.integers(20, 4000), st.integers(20, 4000)), st.tuples(side, side))
def test_whole_is_whole(screen: tuple[int, int], image: tuple[int, int]) -> None:
    hung = hang(screen, image, 1.0, True)
    assert hung.left > 0
    assert hung.bottom > 0
