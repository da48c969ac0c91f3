"""The paper's cDCGAN: a generator of 64x64 paintings and its discriminator (section 3.2, figure 2)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mvnet.encoder import EMBEDDING_SIZE

NOISE_SIZE = 100
IMAGE_SIZE = 64
SLOPE = 0.2  # of every LeakyReLU


class SelfAttention(nn.Module):
    """Self-attention over the positions of a feature map (paper, section 3.2.1).

    out = gamma * softmax(query^T key) value + input, with 1x1 convolutions to C/8, C/8 and C
    channels and gamma learnt from 0. Source: Zhang et al., SAGAN, 2019.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query = nn.Conv2d(channels, channels // 8, 1)
        self.key = nn.Conv2d(channels, channels // 8, 1)
        self.value = nn.Conv2d(channels, channels, 1)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to the same shape."""
        query = self.query(x).flatten(2).transpose(1, 2)  # [N, HW, C/8]
        key = self.key(x).flatten(2).transpose(1, 2)  # [N, HW, C/8]
        value = self.value(x).flatten(2).transpose(1, 2)  # [N, HW, C]
        # Padding query and key with zeros to the value's width changes nothing but lets torch use its
        # fused kernel, twice as fast on a CPU; scale 1: the paper's has no 1/sqrt(C).
        missing = value.shape[-1] - query.shape[-1]
        query, key = F.pad(query, (0, missing)), F.pad(key, (0, missing))
        attended = F.scaled_dot_product_attention(query[:, None], key[:, None], value[:, None], scale=1.0)[:, 0]
        return self.gamma * attended.transpose(1, 2).reshape(x.shape) + x


class Generator(nn.Module):
    """Noise and an embedding to a painting, 8,114,035 parameters and two gammas (paper, figure 2, middle)."""

    noise_size = NOISE_SIZE
    image_size = IMAGE_SIZE

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(NOISE_SIZE + EMBEDDING_SIZE, 1024 * 4 * 4)
        self.conv1 = nn.Conv2d(1024, 512, 3, padding=1)
        self.conv2 = nn.Conv2d(512, 256, 3, padding=1)
        self.conv3 = nn.Conv2d(256, 128, 3, padding=1)
        self.attention3 = SelfAttention(128)
        self.conv4 = nn.Conv2d(128, 64, 3, padding=1)
        self.attention4 = SelfAttention(64)
        self.conv5 = nn.Conv2d(64, 3, 3, padding=1)

    @staticmethod
    def _block(x: Tensor, conv: nn.Conv2d) -> Tensor:
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return F.leaky_relu(F.instance_norm(conv(x)), SLOPE)

    def forward(self, noise: Tensor, embedding: Tensor) -> Tensor:
        """Paint.

        Args:
            noise: [N, 100], standard normal.
            embedding: [N, 10], from the encoder.
        Returns:
            [N, 3, 64, 64] in [-1, 1].
        """
        x = F.leaky_relu(self.linear(torch.cat((noise, embedding), 1)), SLOPE).view(-1, 1024, 4, 4)
        x = self._block(x, self.conv1)  # [N, 512, 8, 8]
        x = self._block(x, self.conv2)  # [N, 256, 16, 16]
        x = self.attention3(self._block(x, self.conv3))  # [N, 128, 32, 32]
        x = self.attention4(self._block(x, self.conv4))  # [N, 64, 64, 64]
        return torch.tanh(self.conv5(x))


class Discriminator(nn.Module):
    """A painting to a logit: real or generated, 7,496,385 parameters (paper, figure 2, right).

    It never sees the embedding: nothing rewards a generator for matching the music (kept for the
    reproduction). The paper's last layer, the sigmoid, is in the loss.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, 64, 4, stride=2, padding=1), nn.LeakyReLU(SLOPE)]
        channels = 64
        for width in (128, 256, 512):
            layers += [nn.Conv2d(channels, width, 4, stride=2, padding=1), nn.BatchNorm2d(width), nn.LeakyReLU(SLOPE)]
            channels = width
        layers += [nn.Conv2d(512, 1024, 3, padding=1), nn.BatchNorm2d(1024), nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(*layers)
        self.linear = nn.Linear(1024 * 4 * 4, 1)

    def forward(self, image: Tensor) -> Tensor:
        """[N, 3, 64, 64] in [-1, 1] to logits [N]."""
        return self.linear(self.layers(image).flatten(1))[:, 0]


def init_xavier(module: nn.Module) -> None:
    """The author's initialisation, for Module.apply: Xavier normal convolutions, batch norms N(1, 0.02)."""
    if isinstance(module, nn.Conv2d):
        nn.init.xavier_normal_(module.weight)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
