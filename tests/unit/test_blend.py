"""Lessons and labels as one embedding, and embeddings turned onto another encoder's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ortho_group

from mvnet.blend import Voice, choose_share, fit_blend
from mvnet.turning import distance, fit_turning


def voices(seed: int = 0) -> tuple[Voice, Voice]:
    rng = np.random.default_rng(seed)
    return tuple(Voice(rng.normal(size=(10, 5)), rng.normal(size=5)) for _ in range(2))  # type: ignore[return-value]


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_blend_says_the_weighted_sum_of_both(share: float) -> None:
    rng = np.random.default_rng(1)
    first, second = rng.normal(2, 1, (400, 10)), rng.normal(-1, 2, (400, 10))
    one, other = voices()
    blend = fit_blend(first, second, one, other, share)
    new = blend(first, second)
    wanted = one(first) + share * other(second)
    wanted = wanted - wanted.mean(1, keepdims=True)
    np.testing.assert_allclose(blend.voice(new), wanted, atol=1e-8)
    np.testing.assert_allclose(new.mean(0), 0, atol=1e-9)
    np.testing.assert_allclose(new.std(0), 1, atol=1e-6)
    np.testing.assert_allclose(np.corrcoef(new.T)[:4, 4:], 0, atol=1e-6)  # nothing is said twice


def test_labels_get_no_share_where_they_say_nothing_and_a_large_one_where_they_are_right() -> None:
    rng = np.random.default_rng(2)
    periods = rng.integers(5, size=2000)
    truth = np.eye(5)[periods]
    first = 2 * truth + rng.normal(0, 1, truth.shape)
    weights = np.ones(len(periods))
    assert choose_share(first, 2 * rng.normal(0, 1, truth.shape), periods, weights) == 0
    assert choose_share(first, 2 * truth + rng.normal(0, 1, truth.shape), periods, weights) == pytest.approx(1, abs=0.3)


def test_a_similarity_is_found_and_undone() -> None:
    rng = np.random.default_rng(3)
    here = rng.normal(size=(200, 10))
    there = 2.5 * here @ ortho_group.rvs(10, random_state=0) + rng.normal(size=10)
    turning = fit_turning(here, there)
    np.testing.assert_allclose(turning(here), there, atol=1e-9)
    assert distance(here, there) > 0.5
    assert distance(turning(here), there) == pytest.approx(0, abs=1e-9)


def test_turning_keeps_proportions_of_distances_and_never_makes_it_worse() -> None:
    rng = np.random.default_rng(4)
    here, there = rng.normal(size=(300, 10)), rng.normal(size=(300, 10))
    there[:, :3] = here[:, :3]
    turned = fit_turning(here, there)(here)
    apart = [np.linalg.norm(points[:150] - points[150:], axis=1) for points in (here, turned)]
    np.testing.assert_allclose(apart[1] / apart[0], (apart[1] / apart[0])[0], rtol=1e-9)
    assert np.square(turned - there).sum() < np.square(here - there).sum()
