"""Which ten numbers of the lessons become the embedding, for an encoder that has learnt from teachers.

A few hundred pieces are soon known by heart: what a network then says of the periods fits its training
clips and little else, while what it says of the lessons still holds for music that it has not heard. So
the finished encoder reads period and style from the lessons. Runs once, after a training; NumPy, and torch
in double precision for the regression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mvnet.calibration import fit_logistic
from mvnet.encoder import EMBEDDING_SIZE
from mvnet.periods import PERIODS

QUIET = 0.1  # weight of what is no music, of the music's
PENALTY = 0.03  # of the squared coefficients for standardised components


@dataclass(frozen=True)
class Reading:
    """An affine map from lessons [n, components] to embeddings [n, 10]: lessons @ matrix + offset.

    Attributes:
        matrix: float64 [components, 10].
        offset: float64 [10].
    """

    matrix: np.ndarray
    offset: np.ndarray

    def __call__(self, lessons: np.ndarray) -> np.ndarray:
        """Embeddings float64 [n, 10] of lessons [n, components]."""
        return lessons @ self.matrix + self.offset


def fit_reading(
    lessons: np.ndarray,
    periods: np.ndarray,
    weights: np.ndarray,
    *,
    penalty: float = PENALTY,
) -> Reading:
    """The directions that tell the periods apart, then those in which music of one period differs most.

    Every number has zero mean and unit variance over these clips. Where there are fewer directions than
    ten, the last numbers are 0.

    Args:
        lessons: float [n, components], what the teachers themselves heard in the training clips.
        periods: int64 [n].
        weights: of the clips, [n].
        penalty: of the squared coefficients.
    """
    lessons = lessons.astype(np.float64)
    mean, deviation = lessons.mean(0), np.maximum(lessons.std(0), 1e-6)
    slopes = fit_logistic((lessons - mean) / deviation, periods, weights, penalty)[:, :-1]
    _, strength, directions = np.linalg.svd(slopes - slopes.mean(0), full_matrices=False)
    telling = directions[strength > strength[0] * 1e-3].T / deviation[:, None]  # [components, up to 4]
    centred = lessons - mean
    told = centred @ telling
    within = centred - told @ np.linalg.lstsq(told, centred, rcond=None)[0]
    _, spread, styles = np.linalg.svd(within, full_matrices=False)
    styles = styles[: min(EMBEDDING_SIZE - telling.shape[1], int((spread > spread[0] * 1e-6).sum()))]
    # The styles as maps of the lessons: first what tells the periods apart is taken out.
    remainder = np.eye(len(mean)) - telling @ np.linalg.lstsq(told, centred, rcond=None)[0]
    matrix = np.concatenate((telling, remainder @ styles.T), 1)
    matrix = matrix / np.maximum((centred @ matrix).std(0), 1e-9)
    matrix = np.pad(matrix, ((0, 0), (0, EMBEDDING_SIZE - matrix.shape[1])))
    return Reading(matrix, -mean @ matrix)


def with_quiet(
    rows: np.ndarray, periods: np.ndarray, weights: np.ndarray, quiet: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, periods and weights with quiet rows [m, numbers] added, each once for every period."""
    count = len(PERIODS) * len(quiet)
    return (
        np.concatenate((rows, np.repeat(quiet, len(PERIODS), axis=0))),
        np.concatenate((periods, np.tile(np.arange(len(PERIODS)), len(quiet)))),
        np.concatenate((weights, np.full(count, QUIET * weights.sum() / max(1, count)))),
    )
