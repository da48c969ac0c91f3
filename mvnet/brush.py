"""The brush: the painter's last part, which turns a 64 x 64 picture into a painted one of 128 or 256.

Everything happens at 64 x 64 and one pixel shuffle makes the rest, because on a processor narrow dense
convolutions on a small map are the fastest way to a large picture. Exported as a part of the painter.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SLOPE = 0.2  # of every LeakyReLU
GRAIN = 4  # channels
DEPTH = 4  # convolutions between the first and the last
GRAIN_SEED = 256


class Brush(nn.Module):
    """Residual enlargement with a canvas of its own.

    The grain is a fixed random map that every picture is painted on. Convolutions alone map even areas
    to even areas; on the grain they can lay strokes there, which stay in place while the picture moves.

    Attributes:
        scale: how many times larger the output is.
        size: pixels on a side of the whole input picture.
    """

    grain: Tensor

    def __init__(self, scale: int, width: int, feature_width: int, size: int) -> None:
        super().__init__()
        self.scale, self.size = scale, size
        self.stem = nn.Conv2d(3 + GRAIN, width, 3, padding=1)
        # Starts at nothing: the brush can first be taught on real pictures, which have no features.
        self.features = nn.Conv2d(feature_width, width, 1, bias=False)
        nn.init.zeros_(self.features.weight)
        self.layers = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(DEPTH))
        self.last = nn.Conv2d(width, 3 * scale**2, 3, padding=1)
        nn.init.normal_(self.last.weight, std=1e-3)  # begins as plain enlargement
        if self.last.bias is not None:
            nn.init.zeros_(self.last.bias)
        generator = torch.Generator().manual_seed(GRAIN_SEED)
        self.register_buffer("grain", torch.randn(1, GRAIN, size, size, generator=generator))

    def forward(self, picture: Tensor, features: Tensor | None = None, corners: Tensor | None = None) -> Tensor:
        """Enlarge.

        Args:
            picture: [N, 3, h, w] in [-1, 1]; h = w = size, or a part of a picture.
            features: [N, C, h, w] of the trunk, where there are any.
            corners: int64 [N, 2], row and column of each part in its picture; None for whole pictures.
        Returns:
            [N, 3, scale * h, scale * w], about [-1, 1].
        """
        grain = self.grain.expand(len(picture), -1, -1, -1)
        if corners is not None:
            grain = crop(grain, corners, picture.shape[-1])
        x = self.stem(torch.cat((picture, grain), 1))
        if features is not None:
            x = x + self.features(features)
        x = F.leaky_relu(x, SLOPE)
        for first, second in zip(self.layers[::2], self.layers[1::2], strict=True):
            x = x + F.leaky_relu(second(F.leaky_relu(first(x), SLOPE)), SLOPE)
        detail = smoothed(F.pixel_shuffle(self.last(x), self.scale), self.scale)
        return F.interpolate(picture, scale_factor=self.scale, mode="bilinear", align_corners=False) + detail


def smoothed(detail: Tensor, scale: int) -> Tensor:
    """Average over a square as wide as the pixel shuffle, [N, 3, H, W]: no pattern of its period is left.

    A shuffle writes each of its scale x scale places with weights of its own, which shows as a weave. Source: the
    blur behind a pixel shuffle of Sugawara et al., "Super-resolution using convolutional neural networks without
    any checkerboard artifacts", 2018.
    """
    before = (scale - 1) // 2
    after = scale - 1 - before
    return F.avg_pool2d(F.pad(detail, (before, after, before, after), mode="replicate"), scale, stride=1)


def crop(maps: Tensor, corners: Tensor, size: int) -> Tensor:
    """A square part of each map.

    Args:
        maps: [N, C, H, W].
        corners: int64 [N, 2], row and column of each part's first pixel.
        size: pixels on a side of the parts.
    Returns:
        [N, C, size, size].
    """
    steps = torch.arange(size, device=maps.device)
    rows = corners[:, 0].to(maps.device)[:, None] + steps  # [N, size]
    columns = corners[:, 1].to(maps.device)[:, None] + steps
    place = torch.arange(len(maps), device=maps.device)[:, None, None]
    parts = maps.permute(0, 2, 3, 1)[place, rows[:, :, None], columns[:, None, :]]  # [N, size, size, C]
    return parts.permute(0, 3, 1, 2)
