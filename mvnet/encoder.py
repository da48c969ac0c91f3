"""The audio encoder: a mel window to the 10 numbers that stand for its style (paper, section 3.1)."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from mvnet.periods import PERIODS

WIDTHS = (32, 64, 128, 256, 512, 1024)
EMBEDDING_SIZE = 10


class AudioEncoder(nn.Module):
    """Convolutional audio encoder, 11,263,402 parameters (paper, figure 2, left).

    Six blocks of 4x4 convolution with stride 2, batch normalisation and ReLU halve the window from
    [3, 128, 256] to [1024, 2, 4]; a linear layer reads the embedding from it.

    Attributes:
        wide_share: of the learning rate, for layers that read all 8192 features: one step of Adam moves their sums as
            far as all its weights together, and no batch norm follows that would take the scale out again.
    """

    wide_share = 0.1

    def __init__(self) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        channels = 3
        for width in WIDTHS:
            blocks += [nn.Conv2d(channels, width, 4, stride=2, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
            channels = width
        self.blocks = nn.Sequential(*blocks)
        self.linear = nn.Linear(WIDTHS[-1] * 2 * 4, EMBEDDING_SIZE)

    def learning(self) -> list[nn.Module]:
        """The parts that are trained before the features are read."""
        return [self.blocks]

    @torch.no_grad()
    def centre(self) -> None:
        """Take its mean from each filter of the first layer: adding a constant to a window, as gain does, then changes
        nothing but the edges."""
        weight = cast(nn.Conv2d, self.blocks[0]).weight
        weight -= weight.mean((1, 2, 3), keepdim=True)

    def features(self, mel: Tensor) -> Tensor:
        """[N, 3, 128, 256] to [N, 8192]."""
        return self.blocks(mel).flatten(1)

    def forward(self, mel: Tensor) -> Tensor:
        """Embed windows.

        Args:
            mel: [N, 3, 128, 256], from mvnet.frontend.encoder_input.
        Returns:
            [N, 10].
        """
        return self.linear(self.features(mel))


class PeriodHead(nn.Module):
    """Calibrated period probabilities from an embedding; not part of the paper's network.

    A linear layer fitted by multinomial logistic regression on the finished encoder's embeddings of
    the training clips, with its temperature set on held-out clips, so that 0.7 means right 7 times in 10.
    """

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(EMBEDDING_SIZE, len(PERIODS))

    def forward(self, embedding: Tensor) -> Tensor:
        """[N, 10] to logits [N, 5] in the order of PERIODS; softmax gives the probabilities."""
        return self.linear(embedding)


def period_probabilities(head: PeriodHead, embedding: Tensor) -> Tensor:
    """Probabilities [N, 5] of an embedding [N, 10]."""
    return torch.softmax(head(embedding), dim=1)
