"""Figures of picture sets on rows of features made up so that the right figure is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg

from mvnet.image_metrics import (
    distinct_modes,
    frechet_distance,
    half_sample_intervals,
    kernel_distance,
    manifold_figures,
    mean_pair_distance,
    nearest_distances,
    own_nearest_distances,
    vendi_score,
)


def cloud(n: int, seed: int, *, size: int = 6, at: float = 0.0, spread: float = 1.0) -> np.ndarray:
    return at + spread * np.random.default_rng(seed).normal(size=(n, size))


def test_frechet_distance_is_the_textbooks() -> None:
    mix = np.random.default_rng(0).normal(size=(6, 6))
    first, second = cloud(300, 1) @ mix, cloud(200, 2, at=0.5)
    a, b = np.cov(first.T), np.cov(second.T)
    root = linalg.sqrtm(a @ b).real
    wanted = ((first.mean(0) - second.mean(0)) ** 2).sum() + np.trace(a + b - 2 * root)
    assert frechet_distance(first, second) == pytest.approx(wanted, rel=1e-6)
    assert frechet_distance(first, first) == pytest.approx(0, abs=1e-6)


def test_frechet_distance_with_fewer_rows_than_columns() -> None:
    first = cloud(10, 0, size=50)
    assert frechet_distance(first, first + 1) == pytest.approx(50, rel=1e-6)


def test_kernel_distance_is_unbiased() -> None:
    same = [kernel_distance(cloud(60, seed), cloud(60, seed + 1000)) for seed in range(60)]
    assert abs(np.mean(same)) < 3 * np.std(same) / 60**0.5
    assert kernel_distance(cloud(60, 0), cloud(60, 1, at=1.0)) > 5 * np.std(same)


def test_kernel_distance_by_hand() -> None:
    first, second = np.array([[1.0], [2.0]]), np.array([[0.0], [3.0]])
    # kernels: own pairs (1*2+1)^3 = 27 and (0*3+1)^3 = 1; across 1, 64, 1, 343, mean 102.25
    assert kernel_distance(first, second) == pytest.approx(27 + 1 - 2 * 102.25)


def test_a_good_and_a_collapsed_generator() -> None:
    real = cloud(200, 0)
    good = manifold_figures(real, cloud(200, 1))
    assert min(good.values()) > 0.7
    collapsed = manifold_figures(real, cloud(200, 2, spread=0.01))
    assert collapsed["precision"] > 0.9
    assert collapsed["recall"] < 0.05
    assert collapsed["coverage"] < 0.2
    away = manifold_figures(real, cloud(200, 3, at=50))
    assert list(away.values()) == [0, 0, 0, 0]


@given(st.integers(2, 30), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_mean_pair_distance_is_the_mean_over_pairs(n: int, seed: int) -> None:
    rows = cloud(n, seed).astype(np.float32)
    pairs = [((rows[i] - rows[j]) ** 2).sum() for i in range(n) for j in range(i)]
    assert mean_pair_distance(rows) == pytest.approx(float(np.mean(pairs)), rel=1e-4)


def test_mean_pair_distance_of_one_is_none() -> None:
    assert mean_pair_distance(cloud(1, 0)) == 0


def test_vendi_score_counts_what_is_different() -> None:
    assert vendi_score(np.eye(7)) == pytest.approx(7)
    assert vendi_score(np.ones((7, 3))) == pytest.approx(1)
    assert vendi_score(np.repeat(np.eye(3), 4, axis=0)) == pytest.approx(3)


def test_nearest_distances() -> None:
    rows, others = np.array([[0.0, 0], [3, 4]]), np.array([[0.0, 0], [3, 0]])
    assert nearest_distances(rows, others) == pytest.approx([0, 4])
    assert own_nearest_distances(rows) == pytest.approx([5, 5])


def test_the_birthday_test_finds_how_many_there_are() -> None:
    modes = cloud(50, 0, spread=10)
    rows = modes[np.random.default_rng(1).integers(50, size=400)] + cloud(400, 2, spread=1e-3)
    count, bound = distinct_modes(rows, twin=0.1)
    assert count == pytest.approx(50, rel=0.15)
    assert not bound
    count, bound = distinct_modes(cloud(40, 3), twin=1e-6)
    assert count == 40 * 39 / 2
    assert bound


def test_half_samples_give_the_spread_of_the_whole() -> None:
    """Of a mean of n numbers of variance 1 the standard error is 1 / sqrt n."""
    rows = np.random.default_rng(0).normal(size=400)
    groups = np.repeat(np.arange(4), 100)

    def figures(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
        return {"mean": float(rows[first].mean()), "first": float((groups[first] == 0).mean()), "n": len(second)}

    whole, intervals = half_sample_intervals(figures, groups, groups, draws=300)
    assert whole == {"mean": pytest.approx(rows.mean()), "first": 0.25, "n": 400}
    low, high = intervals["mean"]
    assert high - low == pytest.approx(2 * 1.96 / 20, rel=0.15)
    assert intervals["first"] == [0.25, 0.25]  # groups keep their shares
