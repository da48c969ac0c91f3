"""Where a painting hangs: it fills the screen, or is whole with a margin or from edge to edge; aspect always kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizer.picture.hanging import FITS, Fit, hang

side = st.integers(1, 4000)


@given(st.tuples(side, side), st.tuples(side, side), st.sampled_from(FITS))
def test_aspect_and_middle_are_kept(screen: tuple[int, int], image: tuple[int, int], fit: Fit) -> None:
    hung = hang(screen, image, 1.0, fit)
    assert hung.width * image[1] == pytest.approx(hung.height * image[0])
    assert hung.left + hung.width / 2 == pytest.approx(screen[0] / 2)
    assert hung.bottom + hung.height / 2 == pytest.approx(screen[1] / 2)


@given(st.tuples(side, side), st.tuples(side, side))
def test_filling_leaves_no_gap(screen: tuple[int, int], image: tuple[int, int]) -> None:
    hung = hang(screen, image, 1.0, "fill")
    assert hung.left <= 1e-6
    assert hung.bottom <= 1e-6


@given(st.tuples(st.integers(20, 4000), st.integers(20, 4000)), st.tuples(side, side))
def test_a_whole_painting_has_wall_on_all_sides(screen: tuple[int, int], image: tuple[int, int]) -> None:
    hung = hang(screen, image, 1.0, "fit")
    assert hung.framed
    assert hung.left > 0
    assert hung.bottom > 0


@given(st.tuples(side, side), st.tuples(side, side))
def test_a_mirrored_painting_is_whole_and_touches_two_edges(screen: tuple[int, int], image: tuple[int, int]) -> None:
    hung = hang(screen, image, 1.0, "mirror")
    assert min(hung.left, hung.bottom) == pytest.approx(0, abs=1e-6)
    assert max(hung.left, hung.bottom) >= -1e-6


def test_an_unknown_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="fill, fit, mirror"):
        hang((100, 100), (10, 10), 1.0, "stretch")  # type: ignore[arg-type]
