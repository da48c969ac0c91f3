"""Diversity within a period, painted over real: the figure that says early whether a painter collapses.

Measured with the frozen features that the training uses, so it is a monitor, not a headline figure.
Runs in the training process.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mvnet.perceptual import FrozenFeatures, unit_channels
from mvnet.periods import PERIODS

PICTURES = 60  # of each period
CHUNK = 32


class DiversityGauge:
    """Mean perceptual distance between a period's pictures, over that between real paintings of it.

    Attributes:
        periods: int64 [n], of the pictures that `measure` wants: up to PICTURES of each period, in order.
    """

    def __init__(self, features: FrozenFeatures, size: int, real: Tensor, periods: np.ndarray) -> None:
        """real: [n, 3, S, S] in [-1, 1] of these periods; size: pixels on a side that the features read."""
        self._features, self._size = features, size
        self.periods = periods
        self.real = self._spread(real)

    def measure(self, painted: Tensor) -> dict[str, float]:
        """Ratio to the real paintings by period's name, and their mean as "mean"; [n, 3, S, S] in [-1, 1]."""
        ratios = {name: value / self.real[name] for name, value in self._spread(painted).items()}
        return {**ratios, "mean": float(np.mean(list(ratios.values())))}

    @torch.no_grad()
    def _spread(self, images: Tensor) -> dict[str, float]:
        rows = torch.cat([self._vectors(part) for part in images.split(CHUNK)])
        spreads = {}
        for period in np.unique(self.periods):
            own = rows[torch.from_numpy(self.periods == period)]
            spreads[PERIODS[period]] = mean_distance(own)
        return spreads

    def _vectors(self, images: Tensor) -> Tensor:
        """[n, D]: squared distances of rows are perceptual distances of pictures."""
        taps = self._features(resize(images, self._size))
        flat = [(unit_channels(tap) / (tap.shape[-2] * tap.shape[-1]) ** 0.5).flatten(1) for tap in taps]
        return torch.cat(flat, 1).cpu()


def mean_distance(rows: Tensor) -> float:
    """Mean squared distance of two different rows of [n, D]; 0 for fewer than two."""
    count = len(rows)
    if count < 2:
        return 0.0
    centred = rows - rows.mean(0)
    return float(2 * centred.square().sum() / (count - 1))


def gauge_rows(periods: np.ndarray) -> np.ndarray:
    """Rows of up to PICTURES paintings of each period, evenly spread, in the order of the periods; int64."""
    chosen = []
    for period in np.unique(periods):
        own = np.flatnonzero(periods == period)
        chosen.append(own[np.linspace(0, len(own) - 1, min(PICTURES, len(own))).round().astype(int)])
    return np.concatenate(chosen)


def resize(images: Tensor, size: int) -> Tensor:
    """Pictures [N, 3, S, S] at another size, unchanged when it is theirs."""
    if images.shape[-1] == size:
        return images
    if images.shape[-1] % size == 0:
        return F.avg_pool2d(images, images.shape[-1] // size)
    return F.interpolate(images, size=(size, size), mode="bilinear", align_corners=False)
