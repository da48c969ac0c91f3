"""The losses of both trainings, as plain functions of tensors. Runs in the training process."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def triplet_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 3.0, p: float = 5.0) -> Tensor:
    """Mean of max(0, |a - p| - |a - n| + margin) over [N, 10] embeddings, with the p-norm.

    Source: paper, section 4.1. The printed formula takes the norm to the power p; the author's code,
    and we, take torch's form without it.
    """
    return F.triplet_margin_loss(anchor, positive, negative, margin=margin, p=p)


def supervised_contrastive_loss(embedding: Tensor, label: Tensor, temperature: float = 0.1) -> Tensor:
    """Pull clips of one label together on the unit sphere, away from all others.

    For each clip: the mean over its positives of -log softmax of the cosine similarities to every other
    clip of the batch. Clips without a positive do not count; a batch without any, or of fewer than two
    clips, gives 0.

    Args:
        embedding: [N, D], normalised here.
        label: int64 [N].
    Source: Khosla et al., Supervised Contrastive Learning, 2020, equation 2 (L_out).
    """
    if len(label) < 2:
        return embedding.sum() * 0  # still a result of the network, for the backward pass
    direction = F.normalize(embedding.float(), dim=1)
    similarity = direction @ direction.T / temperature  # [N, N]
    self_mask = torch.eye(len(label), dtype=torch.bool, device=label.device)
    log_share = similarity - torch.logsumexp(similarity.masked_fill(self_mask, -torch.inf), 1, keepdim=True)
    positive = (label[:, None] == label[None, :]) & ~self_mask
    count = positive.sum(1)
    mean = log_share.masked_fill(~positive, 0).sum(1) / count.clamp(min=1)
    return -mean.sum() / (count > 0).sum().clamp(min=1)


def discriminator_loss(real: Tensor, fake: Tensor, smoothing: float = 0.2) -> Tensor:
    """Binary cross-entropy with smoothed labels: real paintings 1 - smoothing, generated ones smoothing.

    Args:
        real, fake: logits [N].
    Returns:
        The mean of the two halves. A perfect discriminator reaches the labels' entropy (0.500 at 0.2).
    Source: the author's code; the paper names BCE and 0.2 only (section 4.2).
    """
    real_half = F.binary_cross_entropy_with_logits(real, torch.full_like(real, 1 - smoothing))
    fake_half = F.binary_cross_entropy_with_logits(fake, torch.full_like(fake, smoothing))
    return (real_half + fake_half) / 2


def generator_loss(fake: Tensor) -> Tensor:
    """Binary cross-entropy of generated paintings' logits [N] against the label 1, not smoothed.

    Source: the author's code.
    """
    return F.binary_cross_entropy_with_logits(fake, torch.ones_like(fake))
