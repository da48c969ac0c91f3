"""One encoder's embeddings turned onto another's, so that what was trained with the other goes on understanding.

Only turned, mirrored, moved and scaled as a whole: distances between embeddings keep their proportions. Runs once,
after a training; NumPy.
Source: P. Schoenemann, A generalized solution of the orthogonal Procrustes problem, 1966.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Turning:
    """A similarity: embeddings @ matrix + offset.

    Attributes:
        matrix: float64 [k, k], orthogonal times the scale.
        offset: float64 [k].
    """

    matrix: np.ndarray
    offset: np.ndarray

    def __call__(self, embeddings: np.ndarray) -> np.ndarray:
        """float64 [n, k]."""
        return embeddings @ self.matrix + self.offset


def fit_turning(embeddings: np.ndarray, wanted: np.ndarray) -> Turning:
    """The similarity that brings embeddings [n, k] nearest to others [n, k] of the same clips, by squared distance."""
    mean, centre = embeddings.mean(0, dtype=np.float64), wanted.mean(0, dtype=np.float64)
    left, strength, right = np.linalg.svd((embeddings - mean).T @ (wanted - centre))
    scale = strength.sum() / max(float(np.square(embeddings - mean).sum()), 1e-12)
    matrix = scale * left @ right
    return Turning(matrix, centre - mean @ matrix)


def distance(embeddings: np.ndarray, wanted: np.ndarray) -> float:
    """Mean distance of embeddings from those wanted, [n, k] each, over the mean distance of these from their middle."""
    spread = np.linalg.norm(wanted - wanted.mean(0), axis=1).mean()
    return float(np.linalg.norm(embeddings - wanted, axis=1).mean() / max(spread, 1e-12))
