"""The encoder while it learns: with its answers to the losses, and what is done to its weights and targets.

Runs in the training process; none of it is part of the finished encoder.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mvnet.encoder import PeriodHead
from mvnet.encoders import Encoder
from mvnet.periods import PERIODS


class Student(nn.Module):
    """The encoder with what it answers while it learns: the period, and the lessons.

    Args:
        encoder: the network that is trained.
        head: reads the period from the embedding.
        lessons: how many numbers are read from the features before the embedding; may be 0.
    """

    def __init__(self, encoder: Encoder, head: PeriodHead, lessons: int) -> None:
        super().__init__()
        self.encoder, self.head = encoder, head
        self.recital = nn.Linear(encoder.linear.in_features, lessons) if lessons else None
        if self.recital:
            nn.init.zeros_(self.recital.weight)
            nn.init.zeros_(self.recital.bias)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """[N, 3, 128, 256] to embeddings [N, 10], logits [N, 5] and lessons [N, lessons]."""
        features = self.encoder.features(mel)
        embedding = self.encoder.linear(features)
        return embedding, self.head(embedding), self.recital(features) if self.recital else None


def period_targets(period: Tensor, quiet: Tensor, smoothing: float) -> Tensor:
    """Wanted probabilities [N, 5]: the period less the smoothing; the same for all where there is no music.

    Args:
        period: int64 [N].
        quiet: bool [N].
    """
    count = len(PERIODS)
    wanted = F.one_hot(period, count) * (1 - smoothing) + smoothing / count
    return torch.where(quiet[:, None], 1 / count, wanted)
