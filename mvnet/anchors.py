"""A noise for each training painting, from which the painter learns to repaint it: no painting is lost.

The noises begin as the painting's main components, whitened and brought to a normal distribution
within its period. So from the first step the noise means something (where light, dark and colours lie),
near noises are near pictures, and random noise is spread like the paintings' own. Runs in the training
process. Source of the idea: Bojanowski et al., Optimizing the Latent Space of Generative Networks, 2018.
"""

from __future__ import annotations

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.nn import functional as F

from mvnet.perceptual import perceptual_distance

COMPONENT_SIZE = 16  # pixels on a side of the pictures whose main components are taken
POOLS = (1, 4, 8)  # pixels averaged before colours are compared
SEED = 7  # of the normal numbers that the ranks are mapped to


def component_noise(images: np.ndarray, periods: np.ndarray, size: int) -> np.ndarray:
    """Noise of paintings by their main components.

    Args:
        images: uint8 [n, 3, S, S], S a multiple of 16.
        periods: int64 [n].
        size: numbers in a noise; what the pictures do not fill is normal noise.
    Returns:
        float32 [n, size]; within a period each column is standard normal, and so are the lengths' ranks.
    """
    rng = np.random.default_rng(SEED)
    small = _small(images)
    noise = rng.standard_normal((len(images), size)).astype(np.float32)
    centred = small.copy()
    for period in np.unique(periods):
        centred[periods == period] -= small[periods == period].mean(0)
    values, directions = np.linalg.eigh(centred.T @ centred / len(centred))
    count = min(size, int((values > values[-1] * 1e-6).sum()))
    components = centred @ directions[:, ::-1][:, :count]  # [n, count], largest first
    for period in np.unique(periods):
        own = periods == period
        noise[own, :count] = _to_normal(components[own], rng)
        noise[own] = _to_normal_lengths(noise[own], rng)
    return noise


def _small(images: np.ndarray) -> np.ndarray:
    count, _, side, _ = images.shape
    step = side // COMPONENT_SIZE
    parts = images.reshape(count, 3, COMPONENT_SIZE, step, COMPONENT_SIZE, step)
    return parts.mean((3, 5), dtype=np.float32).reshape(count, -1) / 127.5 - 1


def _to_normal(columns: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each column's values replaced by normal ones of the same ranks."""
    ranks = columns.argsort(0, kind="stable").argsort(0, kind="stable")
    normal = np.sort(rng.standard_normal(columns.shape), 0)
    return np.take_along_axis(normal, ranks, 0)


def _to_normal_lengths(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each row's length replaced by that of a normal vector of the same rank.

    Busy pictures are far out in every component at once, flat ones in none; random noise is neither.
    """
    lengths = np.linalg.norm(rows, axis=1)
    wanted = np.sort(np.linalg.norm(rng.standard_normal(rows.shape), axis=1))
    ranks = lengths.argsort(kind="stable").argsort(kind="stable")
    return rows * (wanted[ranks] / np.maximum(lengths, 1e-6))[:, None]


class AnchorTable:
    """The noise of every training painting, moved as the painter learns.

    Attributes:
        noise: float32 [n, Z], on the device.
    """

    def __init__(self, noise: np.ndarray, rate: float, fabric: Fabric) -> None:
        self.noise = torch.from_numpy(noise).to(fabric.device)
        self.rate = rate
        self._fabric = fabric

    def take(self, rows: Tensor) -> Tensor:
        """Noise [n, Z] of these paintings, a leaf whose gradient `move` reads."""
        return self.noise[rows].clone().requires_grad_()

    @torch.no_grad()
    def move(self, rows: Tensor, taken: Tensor) -> None:
        """One step of each noise against its gradient, by the rate in every number on average.

        Only the direction counts, so no moments need keeping for paintings that are seldom seen. Every
        process gets the steps of all.
        """
        if taken.grad is None or not self.rate:
            return
        gradient = taken.grad.float()
        moved = taken.detach() - self.rate * gradient * torch.rsqrt(gradient.square().mean(1, keepdim=True) + 1e-20)
        # A noise must stay as long as random noise is: beyond that the painter is never asked.
        length = taken.detach().norm(dim=1, keepdim=True)
        moved = moved * (length / moved.norm(dim=1, keepdim=True).clamp_min(1e-6))
        if self._fabric.world_size > 1:
            rows = self._fabric.all_gather(rows).flatten(0, 1)  # type: ignore[union-attr]
            moved = self._fabric.all_gather(moved).flatten(0, 1)  # type: ignore[union-attr]
        self.noise[rows] = moved


def repainting_distance(painted: Tensor, painting: Tensor, painted_taps: list[Tensor], taps: list[Tensor]) -> Tensor:
    """How far repaintings are from their paintings: frozen features, and colours at three degrees of sharpness.

    Args:
        painted, painting: [N, 3, S, S].
        painted_taps, taps: of mvnet.perceptual, of the same.
    Returns:
        a number.
    """
    colours = painted.new_zeros(())
    for pool in POOLS:
        colours = colours + F.l1_loss(F.avg_pool2d(painted, pool), F.avg_pool2d(painting, pool))
    return 0.7 * perceptual_distance(painted_taps, taps).mean() + 1.5 * colours
