"""The embedding read from lessons: what tells the periods apart comes first, style within them after it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mvnet.calibration import fit_head
from mvnet.reading import fit_reading


def lessons(n: int = 600, components: int = 30, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Five clouds in the last five components, and one component that varies most but says nothing of the period."""
    rng = np.random.default_rng(seed)
    periods = rng.integers(5, size=n)
    x = rng.normal(0, 0.2, (n, components))
    x[:, -5:] += np.eye(5)[periods]
    x[:, 3] += rng.normal(0, 5, n)
    return x, periods


def test_periods_are_told_apart_by_ten_numbers_as_by_all() -> None:
    x, periods = lessons()
    reading = fit_reading(x[:300], periods[:300], np.ones(300))
    embeddings = reading(x)
    head = fit_head(embeddings[:300], periods[:300])
    with torch.no_grad():
        heard = head(torch.from_numpy(embeddings[300:].astype(np.float32))).argmax(1).numpy()
    assert (heard == periods[300:]).mean() > 0.95
    first = fit_head(np.pad(embeddings[:300, :4], ((0, 0), (0, 6))), periods[:300])
    with torch.no_grad():
        told = first(torch.from_numpy(np.pad(embeddings[300:, :4], ((0, 0), (0, 6))).astype(np.float32))).argmax(1)
    assert (told.numpy() == periods[300:]).mean() > 0.95


def test_numbers_are_standardised_and_the_strongest_style_is_kept() -> None:
    x, periods = lessons()
    embeddings = fit_reading(x, periods, np.ones(len(x)))(x)
    np.testing.assert_allclose(embeddings.mean(0), 0, atol=1e-9)
    np.testing.assert_allclose(embeddings.std(0), 1, atol=1e-9)
    assert abs(np.corrcoef(embeddings[:, 4], x[:, 3])[0, 1]) > 0.99
    style = np.linalg.lstsq(embeddings[:, :4], embeddings[:, 4:], rcond=None)[0]
    assert np.abs(style).max() == pytest.approx(0, abs=1e-6)  # nothing is said twice


def test_fewer_directions_than_ten_leave_zeros() -> None:
    x, periods = lessons(40, 6)
    embeddings = fit_reading(x, periods, np.ones(40))(x)
    assert embeddings.shape == (40, 10)
    assert (embeddings[:, 6:] == 0).all()
    assert np.isfinite(embeddings).all()
