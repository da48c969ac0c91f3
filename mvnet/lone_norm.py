"""Batch normalisation of batches of one, many at a time.

At the paper's batch of 1 each window is normalised by its own mean and variance, so anchor, positive and negative need
not pass the network one after another: beside each other they give the same and read its weights once instead of
three times, which nearly halves a step on a CPU. Runs in the training process.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class LoneBatchNorm2d(nn.BatchNorm2d):
    """In training, batch normalisation as each window would get it in a batch of its own; state as nn.BatchNorm2d's."""

    def forward(self, input: Tensor) -> Tensor:
        """[N, C, H, W] to the same shape."""
        if not self.training:
            return super().forward(input)
        self._remember(input.detach())
        return F.instance_norm(input, weight=self.weight, bias=self.bias, eps=self.eps)

    @torch.no_grad()
    def _remember(self, x: Tensor) -> None:
        """Running statistics, window after window."""
        means, variances, count = self.running_mean, self.running_var, self.num_batches_tracked
        if means is None or variances is None or count is None:
            return  # a layer that keeps none
        variance, mean = torch.var_mean(x.float(), (2, 3))  # [N, C] each
        for row in range(len(x)):
            count.add_(1)
            step = 1 / float(count) if self.momentum is None else self.momentum
            means.lerp_(mean[row], step)
            variances.lerp_(variance[row], step)


def normalise_alone(blocks: nn.Sequential) -> None:
    """Put LoneBatchNorm2d in the place of each batch normalisation, weights and statistics kept."""
    for index, layer in enumerate(blocks):
        if isinstance(layer, nn.BatchNorm2d):
            device = layer.weight.device
            lone = LoneBatchNorm2d(layer.num_features, eps=layer.eps, momentum=layer.momentum, device=device)
            lone.load_state_dict(layer.state_dict())
            lone.train(layer.training)
            blocks[index] = lone
