"""How a painter reads embeddings: an affine map, so that another encoder can take the first one's place.

An encoder's ten numbers mean nothing outside its own training. The painter therefore learns with
standardised ones; when it is given another encoder, a map is fitted that brings the new encoder's
training clips to where the painter knows their periods to be. NumPy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mvnet.periods import PERIODS

RIDGE = 1e-2  # of the standardised embeddings' unit variance


@dataclass(frozen=True)
class Hearing:
    """An affine map of embeddings, read as embedding @ matrix + offset.

    Attributes:
        matrix: float32 [10, 10].
        offset: float32 [10].
        centres: float32 [5, 10], where the music of each period is after the map; 0 for a period without music.
    """

    matrix: np.ndarray
    offset: np.ndarray
    centres: np.ndarray


def standard_hearing(embeddings: np.ndarray, periods: np.ndarray) -> Hearing:
    """The map of these embeddings, float [n, 10] of periods int64 [n], to zero mean and unit variance.

    A number that never changes stays unscaled.
    """
    mean, scale = embeddings.mean(0), embeddings.std(0)
    scale = np.where(scale > 1e-6, scale, 1)
    return _hearing(np.diag(1 / scale), -mean / scale, embeddings, periods)


def fitted_hearing(embeddings: np.ndarray, periods: np.ndarray, centres: np.ndarray) -> Hearing:
    """The map of another encoder's embeddings to where a painter knows their periods to be.

    Ridge regression onto the periods' centres, each period weighing the same, then enlarged about the
    middle until the periods' means lie as far out as the centres: regression alone draws everything
    to the middle, the more so the less the encoder can tell the periods apart.

    Args:
        embeddings: float [n, 10], of training clips.
        periods: int64 [n].
        centres: float [5, 10], of the painter.
    """
    standard = standard_hearing(embeddings, periods)
    inputs = embeddings @ standard.matrix + standard.offset
    weights = 1 / np.bincount(periods, minlength=len(PERIODS))[periods]
    weights /= weights.sum()
    mean_in, mean_out = weights @ inputs, weights @ centres[periods]
    centred = inputs - mean_in
    moments = (centred * weights[:, None]).T @ centred + RIDGE * np.eye(inputs.shape[1])
    fit = np.linalg.solve(moments, (centred * weights[:, None]).T @ (centres[periods] - mean_out))
    means = np.stack([centred[periods == period].mean(0) @ fit for period in np.unique(periods)])
    wanted = centres[np.unique(periods)] - mean_out
    fit = fit * ((wanted * means).sum() / max((means**2).sum(), 1e-12))
    offset = standard.offset @ fit + mean_out - mean_in @ fit
    return _hearing(standard.matrix @ fit, offset, embeddings, periods, centres)


def _hearing(
    matrix: np.ndarray,
    offset: np.ndarray,
    embeddings: np.ndarray,
    periods: np.ndarray,
    centres: np.ndarray | None = None,
) -> Hearing:
    if centres is None:
        heard = embeddings @ matrix + offset
        centres = np.zeros((len(PERIODS), matrix.shape[1]))
        for period in np.unique(periods):
            centres[period] = heard[periods == period].mean(0)
    return Hearing(*(np.asarray(part, np.float32) for part in (matrix, offset, centres)))
