"""Does a painting look like its period? A linear judge of frozen features, learnt from real training paintings.

The critics compare a painting with its music, but they must learn what a period looks like while the painter
already learns from them, and in a short training their opinion of that comes last. The judge knows it from the
start. It sees the pictures from afar, their light, colours and composition: close to, a painter soon finds
brush strokes that please it and no one else. It stays silent as soon as painted pictures are recognised as well
as real ones that it has not learnt from: asked for more, a painter would draw five caricatures. Runs in the
training process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mvnet.calibration import fit_logistic
from mvnet.periods import PERIODS

MOST_OF_A_PERIOD = 500  # paintings it learns from or is judged by
HELD_OUT = 5  # every so many-th painting is kept for real_loss
PENALTY = 0.03  # of fit_logistic: 352 features of some thousand paintings
LOOK_BATCH = 64
AFAR = 16  # pixels on a side that are left of a picture

Look = Callable[[np.ndarray], list[Tensor]]


class PeriodProbe(nn.Module):
    """Log odds of the five periods from the taps of mvnet.perceptual.

    Attributes:
        real_loss: mean cross-entropy of real paintings that it has not learnt from.
        real_accuracy: their share that it names right.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.linear = nn.Linear(size, len(PERIODS))
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("deviation", torch.ones(size))
        self.real_loss = self.real_accuracy = 0.0
        self.requires_grad_(False)

    def forward(self, taps: Sequence[Tensor]) -> Tensor:
        """Taps [N, C, H, W] each to logits [N, 5]."""
        return self.linear((summary(taps) - self.mean) / self.deviation)

    def gap(self, taps: Sequence[Tensor], periods: Tensor) -> Tensor:
        """How much worse pictures of these periods, int64 [N], are recognised than real ones; 0 if not worse."""
        return F.relu(F.cross_entropy(self(taps), periods) - self.real_loss)


def from_afar(images: Tensor) -> Tensor:
    """Pictures [N, 3, S, S] without what is finer than AFAR pixels a side, in their size."""
    step = max(1, images.shape[-1] // AFAR)
    return F.interpolate(F.avg_pool2d(images, step), images.shape[-2:], mode="bilinear", align_corners=False)


def summary(taps: Sequence[Tensor]) -> Tensor:
    """Mean and spread of each channel over the picture, [N, 2 x channels of all taps]."""
    parts = []
    for tap in taps:
        flat = tap.float().flatten(2)
        parts += [flat.mean(2), (flat.var(2, unbiased=False) + 1e-6).sqrt()]
    return torch.cat(parts, 1)


@torch.no_grad()
def fitted_probe(look: Look, periods: np.ndarray, seed: int) -> PeriodProbe:
    """A probe learnt from real paintings.

    Args:
        look: taps of the paintings in these rows.
        periods: int64 [n], of all training paintings.
        seed: of which are looked at.
    """
    rng = np.random.default_rng([seed, len(periods)])
    chosen = [rng.permutation(np.flatnonzero(periods == one))[:MOST_OF_A_PERIOD] for one in np.unique(periods)]
    rows = rng.permutation(np.concatenate(chosen))
    parts = [rows[start : start + LOOK_BATCH] for start in range(0, len(rows), LOOK_BATCH)]
    seen = torch.cat([summary(look(part)).cpu() for part in parts])
    of = torch.from_numpy(periods[rows])
    held_out = torch.arange(len(rows)) % HELD_OUT == 0
    known = seen[~held_out]
    probe = PeriodProbe(seen.shape[1])
    probe.mean.copy_(known.mean(0))
    probe.deviation.copy_(known.std(0, unbiased=False).clamp_min(1e-6))
    inputs = ((known - probe.mean) / probe.deviation).double().numpy()
    count = np.bincount(of[~held_out].numpy(), minlength=len(PERIODS))
    weights = len(inputs) / (np.count_nonzero(count) * count[of[~held_out].numpy()])
    found = fit_logistic(inputs, of[~held_out].numpy(), weights, PENALTY)
    probe.linear.weight.copy_(torch.from_numpy(found[:, :-1]))
    probe.linear.bias.copy_(torch.from_numpy(found[:, -1]))
    logits = probe.linear((seen[held_out] - probe.mean) / probe.deviation)
    probe.real_loss = float(F.cross_entropy(logits, of[held_out]))
    probe.real_accuracy = float((logits.argmax(1) == of[held_out]).float().mean())
    return probe
