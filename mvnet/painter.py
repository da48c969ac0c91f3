"""The painter, MVNet-256's generator: noise and an embedding of music to a painting.

Designed for a processor without a GPU: narrow dense convolutions, no attention, conditioning up to
32 x 32 only (above, batch norms fold away at export), no noise at the pixels (it would flicker). The
trunk paints 64 x 64, mvnet.brush enlarges. Runs in training; the app runs its export.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mvnet.brush import Brush
from mvnet.encoder import EMBEDDING_SIZE
from mvnet.hearing import Hearing
from mvnet.painter_config import TRUNK_SIZE, PainterShape
from mvnet.periods import PERIODS

SLOPE = 0.2  # of every LeakyReLU
START = 4  # pixels on a side of the first map
WIDTHS = (8, 6, 4, 2, 1)  # channels at 4, 8, 16, 32 and 64 pixels, in widths
CONDITIONED = 3  # blocks with gain and bias from noise and embedding: 8, 16 and 32 pixels
GAIN_SPREAD = 0.3  # of gains and biases at the start


class Block(nn.Module):
    """Twice the size: transposed convolution, batch norm, gain and bias, LeakyReLU.

    A transposed 4 x 4 convolution with stride 2 costs 4/9 of enlarging and a 3 x 3 one, and each of its
    outputs sees the same number of inputs, so it leaves no checkerboard.
    """

    def __init__(self, channels: int, width: int, mapping: int, *, conditioned: bool) -> None:
        super().__init__()
        self.conv = nn.ConvTranspose2d(channels, width, 4, stride=2, padding=1, bias=False)
        with torch.no_grad():
            self.conv.weight.copy_(_enlarging_kernel(self.conv.weight))
        self.norm = nn.BatchNorm2d(width, affine=not conditioned)
        self.style = nn.Linear(mapping, 2 * width) if conditioned else None
        if self.style is not None:
            nn.init.normal_(self.style.weight, std=GAIN_SPREAD / mapping**0.5)
            nn.init.zeros_(self.style.bias)

    def forward(self, x: Tensor, mixed: Tensor) -> Tensor:
        """[N, C, H, W] and [N, mapping] to [N, C', 2H, 2W]."""
        x = self.norm(self.conv(x))
        if self.style is not None:
            gain, bias = self.style(mixed)[:, :, None, None].chunk(2, 1)
            x = x * (1 + gain) + bias
        return F.leaky_relu(x, SLOPE)


def _enlarging_kernel(weight: Tensor) -> Tensor:
    """Weights [C, C', 4, 4] to begin with: those that equal enlarging and a 3 x 3 convolution.

    From independent weights, even and odd pixels would begin as strangers, seen as a grid of dots for
    tens of thousands of images.
    """
    small = weight[:, :, :3, :3]
    return sum((F.pad(small, (j, 1 - j, i, 1 - i)) for i in range(2) for j in range(2)), start=torch.zeros_like(weight))


class Painter(nn.Module):
    """Noise and an embedding to a painting; 1.9 million parameters at width 40.

    Attributes:
        shape: what it is built of.
    """

    hearing: Tensor
    hearing_offset: Tensor
    period_centres: Tensor
    places: Tensor
    place_width: Tensor
    emphasis: Tensor

    def __init__(self, shape: PainterShape) -> None:
        super().__init__()
        self.shape = shape
        size = shape.noise_size + EMBEDDING_SIZE
        widths = [share * shape.width for share in WIDTHS]
        self.register_buffer("hearing", torch.eye(EMBEDDING_SIZE))
        self.register_buffer("hearing_offset", torch.zeros(EMBEDDING_SIZE))
        self.register_buffer("period_centres", torch.zeros(len(PERIODS), EMBEDDING_SIZE))
        self.register_buffer("places", torch.zeros(len(PERIODS), shape.noise_size))
        self.register_buffer("place_width", torch.ones(()))
        self.register_buffer("emphasis", torch.ones(()))
        self.mix = nn.Linear(size, shape.mapping)
        self.start = nn.Linear(size, widths[0] * START**2)
        for linear in (self.mix, self.start):  # unit variance out: the noise is loud from the first step
            nn.init.normal_(linear.weight, std=size**-0.5)
            nn.init.zeros_(linear.bias)
        self.blocks = nn.ModuleList(
            Block(channels, width, shape.mapping, conditioned=number < CONDITIONED)
            for number, (channels, width) in enumerate(pairwise(widths))
        )
        self.colours = nn.Conv2d(shape.width, 3, 3, padding=1)
        self.brush = None
        if shape.enlargement > 1:
            self.brush = Brush(shape.enlargement, shape.brush_width, shape.width, TRUNK_SIZE)

    @property
    def noise_size(self) -> int:
        """Numbers in the noise."""
        return self.shape.noise_size

    @property
    def image_size(self) -> int:
        """Pixels on a side of a painting."""
        return self.shape.resolution

    def set_hearing(self, hearing: Hearing) -> None:
        """Store how the encoder's embeddings are read, see mvnet.hearing."""
        self.hearing.copy_(torch.from_numpy(hearing.matrix))
        self.hearing_offset.copy_(torch.from_numpy(hearing.offset))
        self.period_centres.copy_(torch.from_numpy(hearing.centres))

    def set_places(self, places: Tensor, width: float) -> None:
        """Store where each period lies in the noise, float [5, Z], see mvnet.places; zeros: nowhere.

        Args:
            places: the way from the middle of the noise to each period.
            width: how far from a period's centre, as the painter hears, music still belongs to it.
        """
        self.places.copy_(places)
        self.place_width.fill_(width)

    def place(self, noise: Tensor, heard: Tensor) -> Tensor:
        """[N, Z] moved to where the period that is heard lies; between periods, to a place between theirs."""
        away = (heard[:, None] - self.period_centres).square().sum(2)
        return noise + (-away / (2 * self.place_width.square())).softmax(1) @ self.places

    def emphasise(self, heard: Tensor) -> Tensor:
        """[N, 10], `emphasis` times as far from the middle of the periods: the music moves the picture more."""
        middle = self.period_centres.mean(0)
        return middle + self.emphasis * (heard - middle)

    def hear(self, embedding: Tensor) -> Tensor:
        """[N, 10] as the encoder gives it, to the numbers that the painter has learnt with."""
        return embedding @ self.hearing + self.hearing_offset

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        """Weights of a painter that knows no places or emphasis yet: it keeps those of a new one."""
        for name in ("places", "place_width", "emphasis"):
            state_dict.setdefault(prefix + name, getattr(self, name))
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def trunk(self, noise: Tensor, embedding: Tensor) -> tuple[Tensor, Tensor]:
        """Last features [N, width, 64, 64] and picture [N, 3, 64, 64] in [-1, 1]; arguments as forward."""
        heard = self.hear(embedding)
        given = torch.cat((self.place(noise, heard), self.emphasise(heard)), 1)
        mixed = F.leaky_relu(self.mix(given), SLOPE)
        x = F.leaky_relu(self.start(given), SLOPE).unflatten(1, (-1, START, START))
        for block in self.blocks:
            x = block(x, mixed)
        return x, torch.tanh(self.colours(x))

    def forward(self, noise: Tensor, embedding: Tensor) -> Tensor:
        """Paint.

        Args:
            noise: [N, 64], standard normal.
            embedding: [N, 10], from the encoder.
        Returns:
            [N, 3, R, R], R the shape's resolution; in [-1, 1] in eval mode, about that in training, where
            a clamp would stop the gradient.
        """
        features, picture = self.trunk(noise, embedding)
        if self.brush is None:
            return picture
        painted = self.brush(picture, features)
        return painted if self.training else painted.clamp(-1, 1)
