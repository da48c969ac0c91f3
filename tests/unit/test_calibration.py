"""Period head, temperature and prototypes against what they should be on drawn embeddings."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from mvnet.calibration import clip_weights, fit_head, fit_temperature, prototypes
from mvnet.encoder import PeriodHead


def clouds(n: int, spread: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    periods = rng.integers(5, size=n)
    return 10 * np.eye(5, 10)[periods] * 0.1 + rng.normal(0, spread, (n, 10)) + 3, periods


def probabilities(head: PeriodHead, embeddings: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return torch.softmax(head(torch.from_numpy(embeddings.astype(np.float32))), 1).numpy()


def test_head_agrees_with_scikit_learn() -> None:
    embeddings, periods = clouds(400, 0.6)
    ours = probabilities(fit_head(embeddings, periods, penalty=1e-3), embeddings)
    scaled = (embeddings - embeddings.mean(0)) / embeddings.std(0)
    # Theirs: sum of errors + |w|^2 / 2C; ours: mean of errors + penalty |w|^2.
    theirs = LogisticRegression(C=1 / (2 * 1e-3 * len(periods)), tol=1e-8, max_iter=1000).fit(scaled, periods)
    np.testing.assert_allclose(ours, theirs.predict_proba(scaled), atol=2e-3)


def test_temperature_mends_a_head_that_is_too_sure() -> None:
    embeddings, periods = clouds(3000, 0.5)
    head = fit_head(embeddings[:1500], periods[:1500])
    honest = probabilities(head, embeddings[1500:])
    with torch.no_grad():
        head.linear.weight.mul_(4)
        head.linear.bias.mul_(4)
    assert fit_temperature(head, embeddings[1500:], periods[1500:]) == pytest.approx(4, rel=0.1)
    np.testing.assert_allclose(probabilities(head, embeddings[1500:]), honest, atol=0.05)


def test_temperature_stays_finite_where_every_clip_is_right() -> None:
    embeddings, periods = clouds(50, 0.001)
    temperature = fit_temperature(fit_head(embeddings, periods), embeddings, periods)
    assert 0.05 <= temperature <= 100


def test_weights_make_periods_and_their_pieces_equal() -> None:
    periods = np.array([0, 0, 0, 1])
    weights = clip_weights(periods, ["a", "a", "b", "a"])
    np.testing.assert_allclose(weights, [0.5, 0.5, 1.0, 2.0])


def test_prototypes_are_weighted_means() -> None:
    embeddings = np.zeros((3, 10))
    embeddings[:, 0] = [1, 4, 9]
    rows = prototypes(embeddings, np.array([0, 0, 2]), np.array([2.0, 1.0, 1.0]))
    assert rows.shape == (5, 10)
    assert rows[0, 0] == pytest.approx(2)
    assert rows[2, 0] == 9
    assert rows[4, 0] == pytest.approx((2 + 4 + 9) / 4)  # a period without clips: the mean of all
