"""The brush: the painter's last part, which turns a 64 x 64 picture into a painted one of 128 or 256.

Most happens at 64 x 64, because on a processor narrow dense convolutions on a small map are the fastest way to a
large picture; the last convolution of 256 is at 128 x 128, so that it can draw what 64 x 64 cannot hold. Pixel shuffles
make the rest. Exported as a part of the painter.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SLOPE = 0.2  # of every LeakyReLU
GRAIN = 4  # channels
DEPTH = 4  # convolutions at the size of the picture, without the first
STEP = 2  # of each pixel shuffle
FINE_WIDTH = 8  # channels at twice the size, where there are two shuffles
FINE_GRAIN = 2  # channels
GRAIN_SEED = 256


class Brush(nn.Module):
    """Residual enlargement with a canvas of its own.

    The grain is a fixed random map that every picture is painted on, one at each size. Convolutions alone map even
    areas to even areas; on the grain they can lay strokes there, which stay in place while the picture moves.

    Attributes:
        scale: how many times larger the output is, 2 or 4.
        size: pixels on a side of the whole input picture.
        finer: the convolution to twice the size, for scale 4.
    """

    grain: Tensor
    fine_grain: Tensor

    def __init__(self, scale: int, width: int, feature_width: int, size: int) -> None:
        super().__init__()
        if scale not in (STEP, STEP**2):
            raise ValueError(f"scale is {scale}: a brush enlarges {STEP} or {STEP**2} times")
        self.scale, self.size = scale, size
        self.stem = nn.Conv2d(3 + GRAIN, width, 3, padding=1)
        # Starts at nothing: the brush can first be taught on real pictures, which have no features.
        self.features = nn.Conv2d(feature_width, width, 1, bias=False)
        nn.init.zeros_(self.features.weight)
        self.layers = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(DEPTH))
        self.finer = nn.Conv2d(width, FINE_WIDTH * STEP**2, 3, padding=1) if scale > STEP else None
        self.last = nn.Conv2d(width if self.finer is None else FINE_WIDTH + FINE_GRAIN, 3 * STEP**2, 3, padding=1)
        nn.init.normal_(self.last.weight, std=1e-3)  # begins as plain enlargement
        if self.last.bias is not None:
            nn.init.zeros_(self.last.bias)
        generator = torch.Generator().manual_seed(GRAIN_SEED)
        self.register_buffer("grain", torch.randn(1, GRAIN, size, size, generator=generator))
        fine = (1, FINE_GRAIN, STEP * size, STEP * size) if self.finer is not None else (0,)
        self.register_buffer("fine_grain", torch.randn(fine, generator=generator))

    def forward(self, picture: Tensor, features: Tensor | None = None, corners: Tensor | None = None) -> Tensor:
        """Enlarge.

        Args:
            picture: [N, 3, h, w] in [-1, 1]; h = w = size, or a part of a picture.
            features: [N, C, h, w] of the trunk, where there are any.
            corners: int64 [N, 2], row and column of each part in its picture; None for whole pictures.
        Returns:
            [N, 3, scale * h, scale * w], about [-1, 1].
        """
        x = self.stem(torch.cat((picture, self._on(self.grain, picture, corners)), 1))
        if features is not None:
            x = x + softened(self.features(features))
        x = F.leaky_relu(x, SLOPE)
        for first, second in zip(self.layers[::2], self.layers[1::2], strict=True):
            x = x + F.leaky_relu(second(F.leaky_relu(first(x), SLOPE)), SLOPE)
        if self.finer is not None:
            x = F.leaky_relu(smoothed(F.pixel_shuffle(self.finer(x), STEP)), SLOPE)
            x = torch.cat((x, self._on(self.fine_grain, x, None if corners is None else STEP * corners)), 1)
        detail = smoothed(F.pixel_shuffle(self.last(x), STEP))
        return F.interpolate(picture, scale_factor=self.scale, mode="bilinear", align_corners=False) + detail

    def _on(self, grain: Tensor, maps: Tensor, corners: Tensor | None) -> Tensor:
        """The grain under these maps [N, C, h, w], [N, G, h, w]."""
        grain = grain.expand(len(maps), -1, -1, -1)
        return grain if corners is None else crop(grain, corners, maps.shape[-1])


def softened(maps: Tensor) -> Tensor:
    """Binomial average over 3 x 3 pixels, [N, C, H, W]: no checkerboard is left.

    The trunk's last convolution makes even and odd pixels with weights of their own. What differs between them is a
    lattice of dots, eight pixels wide, in the paintings, if the features reach the brush with it.
    """
    return F.avg_pool2d(F.avg_pool2d(F.pad(maps, (1, 1, 1, 1), mode="replicate"), 2, stride=1), 2, stride=1)


def smoothed(maps: Tensor) -> Tensor:
    """Average over a square as wide as the pixel shuffle, [N, C, H, W]: no pattern of its period is left.

    A shuffle writes each of its places with weights of its own, which shows as a weave. Source: the blur behind a
    pixel shuffle of Sugawara et al., "Super-resolution using convolutional neural networks without any checkerboard
    artifacts", 2018.
    """
    return F.avg_pool2d(F.pad(maps, (0, STEP - 1, 0, STEP - 1), mode="replicate"), STEP, stride=1)


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
