"""The period from what the encoder says of the lessons and of the labels together, as one embedding of ten numbers.

The lessons hold for unheard music, the labels say more of music like the training's; how much weight the labels
get is chosen on pieces that were not trained with. Everything stays an affine map of the same features, so the
finished network has the shape it always had. Runs once, after a training; NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mvnet.encoder import EMBEDDING_SIZE
from mvnet.periods import PERIODS

SHARES = (0.0, 0.15, 0.3, 0.5, 0.75, 1.0, 1.5)
TEMPERATURES = np.geomspace(0.25, 16, 49)
TELLING = len(PERIODS) - 1  # directions in which five logits can differ


@dataclass(frozen=True)
class Voice:
    """One way in which an encoder says the period: logits = embedding @ slope + constant.

    Attributes:
        slope: float64 [10, 5].
        constant: float64 [5].
    """

    slope: np.ndarray
    constant: np.ndarray

    def __call__(self, embeddings: np.ndarray) -> np.ndarray:
        """Logits float64 [n, 5] of embeddings [n, 10]."""
        return embeddings @ self.slope + self.constant


@dataclass(frozen=True)
class Blend:
    """Two embeddings of one network as one: lessons' @ first + labels' @ second + offset.

    Attributes:
        first, second: float64 [10, 10].
        offset: float64 [10].
        voice: the period of the new embedding.
    """

    first: np.ndarray
    second: np.ndarray
    offset: np.ndarray
    voice: Voice

    def __call__(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """float64 [n, 10]."""
        return first @ self.first + second @ self.second + self.offset


def choose_share(first: np.ndarray, second: np.ndarray, periods: np.ndarray, weights: np.ndarray) -> float:
    """The weight of the second logits beside the first under which unheard clips are likeliest, each at its best
    temperature.

    Args:
        first, second: logits float [n, 5] of clips that neither was fitted on.
        periods: int64 [n].
        weights: of the clips, [n].
    """
    losses = [
        min(_log_loss((first + share * second) / temperature, periods, weights) for temperature in TEMPERATURES)
        for share in SHARES
    ]
    return SHARES[int(np.argmin(losses))]


def fit_blend(first: np.ndarray, second: np.ndarray, first_voice: Voice, second_voice: Voice, share: float) -> Blend:
    """One embedding from two.

    Its first four numbers carry the blended logits, the others what the first embedding says beside them, its
    first four numbers apart. All have zero mean and unit variance over these clips.

    Args:
        first, second: embeddings float [n, 10] of training clips.
        share: weight of the second voice.
    """
    n = len(first)
    slope = np.concatenate((first_voice.slope, share * second_voice.slope))  # [20, 5]
    constant = first_voice.constant + share * second_voice.constant
    slope, constant = slope - slope.mean(1, keepdims=True), constant - constant.mean()
    both = np.concatenate((first, second), 1).astype(np.float64)
    centre = both.mean(0)
    logits = (both - centre) @ slope
    _, strength, directions = np.linalg.svd(logits, full_matrices=False)
    spread = np.maximum(strength[:TELLING] / np.sqrt(n), 1e-9)
    telling = slope @ directions[:TELLING].T / spread  # [20, 4]
    told = (both - centre) @ telling
    styles = np.eye(2 * EMBEDDING_SIZE)[:, TELLING:EMBEDDING_SIZE]  # [20, 6]
    styles = styles - telling @ np.linalg.lstsq(told, (both - centre) @ styles, rcond=None)[0]
    styles = styles / np.maximum(((both - centre) @ styles).std(0), 1e-6)
    matrix = np.concatenate((telling, styles), 1)  # [20, 10]
    back = np.zeros((EMBEDDING_SIZE, len(PERIODS)))
    back[:TELLING] = directions[:TELLING] * spread[:, None]
    voice = Voice(back, constant + centre @ slope)
    return Blend(matrix[:EMBEDDING_SIZE], matrix[EMBEDDING_SIZE:], -centre @ matrix, voice)


def _log_loss(logits: np.ndarray, periods: np.ndarray, weights: np.ndarray) -> float:
    logits = logits - logits.max(1, keepdims=True)
    chances = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    return float(-np.average(chances[np.arange(len(periods)), periods], weights=weights))
