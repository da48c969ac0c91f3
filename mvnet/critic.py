"""The painter's critics: one learnt from scratch on the pictures, one on frozen features of them.

The first sees palette and range, the second brushwork; both see the embedding (by projection), so a
painting must suit its music. Their losses compare a real and a painted picture of the same embedding,
which leaves no single winning picture for the painter to collapse to. Runs in the training process.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mvnet.encoder import EMBEDDING_SIZE
from mvnet.perceptual import TAP_CHANNELS

SLOPE = 0.2  # of every LeakyReLU
LAST = 4  # pixels on a side of the last map
WIDEST = 8  # no layer is wider than this many times the first
GROUP = 8  # pictures compared in the minibatch standard deviation
HEAD_WIDTH = 96


class Projection(nn.Module):
    """A logit of features and of how they suit an embedding. Source: Miyato and Koyama, 2018."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.plain = nn.Linear(size, 1)
        self.suits = nn.Linear(EMBEDDING_SIZE, size, bias=False)
        nn.init.zeros_(self.suits.weight)  # the embedding begins to matter as the critic learns to use it

    def forward(self, features: Tensor, embedding: Tensor) -> Tensor:
        """[N, size] and standardised embeddings [N, 10] to logits [N]."""
        suited = (features * self.suits(embedding)).sum(1) / math.sqrt(features.shape[1])
        return self.plain(features)[:, 0] + suited


class Critic(nn.Module):
    """Strided convolutions from the picture to 4 x 4, the spread of the batch, a projection."""

    def __init__(self, resolution: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for level in range(int(math.log2(resolution // LAST))):
            wide = width * min(2**level, WIDEST)
            layers += [nn.Conv2d(channels, wide, 4, stride=2, padding=1), nn.LeakyReLU(SLOPE)]
            channels = wide
        self.layers = nn.Sequential(*layers)
        self.last = nn.Conv2d(channels + 1, channels, 3, padding=1)
        self.projection = Projection(channels)

    def forward(self, image: Tensor, embedding: Tensor) -> Tensor:
        """Pictures [N, 3, S, S] and standardised embeddings [N, 10] to logits [N]."""
        x = self.layers(image)
        x = torch.cat((x, batch_spread(x)), 1)
        x = F.leaky_relu(self.last(x), SLOPE)
        return self.projection(x.mean((2, 3)), embedding)


class ProjectedHeads(nn.Module):
    """A small critic on each tap of mvnet.perceptual. Source of the idea: Sauer et al., Projected GANs, 2021."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(channels, HEAD_WIDTH, 1),
                nn.LeakyReLU(SLOPE),
                nn.Conv2d(HEAD_WIDTH, HEAD_WIDTH, 4, stride=2, padding=1),
                nn.LeakyReLU(SLOPE),
            )
            for channels in TAP_CHANNELS
        )
        self.projections = nn.ModuleList(Projection(HEAD_WIDTH) for _ in TAP_CHANNELS)

    def forward(self, taps: Sequence[Tensor], embedding: Tensor) -> Tensor:
        """Taps of N pictures and standardised embeddings [N, 10] to logits [N, 3], one a tap."""
        logits = []
        for tap, conv, projection in zip(taps, self.convs, self.projections, strict=True):
            logits.append(projection(conv(tap).mean((2, 3)), embedding))
        return torch.stack(logits, 1)


def batch_spread(x: Tensor) -> Tensor:
    """How much pictures differ from others of the batch, as one more channel [N, 1, H, W].

    Source: Karras et al., Progressive Growing of GANs, 2018 (minibatch standard deviation).
    """
    count, _, height, width = x.shape
    group = max(size for size in range(1, min(GROUP, count) + 1) if count % size == 0)
    grouped = x.unflatten(0, (group, -1)).float()  # [group, N / group, C, H, W]
    spread = (grouped.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))  # [N / group]
    return spread.repeat(group)[:, None, None, None].expand(-1, 1, height, width).to(x.dtype)


def pairing_loss(better: Tensor, worse: Tensor) -> Tensor:
    """How far logits are from ranking each `better` above its `worse`: mean softplus(worse - better).

    The critic takes real as better, the painter its own. Source: Jolicoeur-Martineau, The Relativistic
    Discriminator, 2019; Huang et al., R3GAN, 2024.
    """
    return F.softplus(worse - better).mean()


def gradient_penalty(judge: Callable[..., Tensor], inputs: Sequence[Tensor]) -> Tensor:
    """Half the squared gradient of the logits towards their inputs, mean over the pictures.

    Args:
        judge: of the inputs, to logits [N, ...].
        inputs: [N, ...] each, without gradients.
    Source: Mescheder et al., Which Training Methods for GANs do actually Converge?, 2018 (R1 and R2).
    """
    inputs = [value.detach().requires_grad_() for value in inputs]
    logits = judge(*inputs)
    gradients = torch.autograd.grad(logits.sum(), inputs, create_graph=True)
    return sum((gradient.square().sum() for gradient in gradients), start=logits.new_zeros(())) / (2 * len(logits))
