"""Enlarging: flat stays flat, light is kept, shapes and mirrors are right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.picture.enlarge import cubic_taps, enlarge, enlarge_light, mitchell, to_linear, to_srgb


def test_srgb_goes_to_light_and_back() -> None:
    codes = np.arange(256, dtype=np.uint8)
    assert np.array_equal(to_srgb(to_linear(codes)), codes)
    assert to_linear(np.array(188, np.uint8)) == pytest.approx(0.5, abs=0.005)


def test_light_outside_the_range_is_clipped() -> None:
    assert to_srgb(np.array([-0.5, 1.5], np.float32)).tolist() == [0, 255]


def test_the_kernel_is_mitchells() -> None:
    assert mitchell(np.array([0.0, 1.0, 2.0, -1.0])) == pytest.approx([16 / 18, 1 / 18, 0, 1 / 18])


@given(points=st.integers(1, 40), pixels=st.integers(1, 90))
def test_weights_sum_to_one(points: int, pixels: int) -> None:
    index, weight = cubic_taps(points, pixels)
    assert weight.sum(0) == pytest.approx(1, abs=1e-5)
    assert index.min() >= 0
    assert index.max() < points


@settings(deadline=None, max_examples=25)
@given(colour=st.tuples(*[st.integers(0, 255)] * 3), height=st.integers(1, 60), width=st.integers(1, 60))
def test_a_flat_picture_stays_flat(colour: tuple[int, int, int], height: int, width: int) -> None:
    picture = enlarge(np.full((4, 6, 3), colour, np.uint8), height, width)
    assert picture.shape == (height, width, 3)
    assert np.abs(picture.astype(int) - colour).max() <= 1


def test_mean_light_is_kept_and_mirrors_commute() -> None:
    light = np.random.default_rng(0).random((16, 16, 3)).astype(np.float32)
    large = enlarge_light(light, 64, 48)
    assert large.mean() == pytest.approx(light.mean(), abs=0.01)
    assert enlarge_light(light[:, ::-1], 64, 48) == pytest.approx(large[:, ::-1], abs=1e-5)
    assert enlarge_light(light.swapaxes(0, 1), 48, 64) == pytest.approx(large.swapaxes(0, 1), abs=1e-5)
