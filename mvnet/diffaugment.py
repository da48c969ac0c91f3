"""Changes of real and painted pictures alike before the critics see them, so that few paintings last longer.

Each change is differentiable, so the painter learns through it. Runs in the training process.
Source of the idea: Zhao et al., Differentiable Augmentation for Data-Efficient GAN Training, 2020.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

BRIGHTNESS = 0.4  # full range of the shift; a picture spans 2
CONTRAST = 0.5  # full range around 1
SATURATION = 1.0
SHIFT = 0.125  # of the side, each way
CUTOUT = 0.4  # of the side
CUTOUT_CHANCE = 0.5


def diff_augment(image: Tensor) -> Tensor:
    """Change colour, place and completeness of each picture, [N, 3, S, S] to the same shape."""
    return cut_out(shift(change_colour(image)))


def change_colour(image: Tensor) -> Tensor:
    """Brightness, saturation and contrast of each picture, drawn anew."""
    brightness, saturation, contrast = torch.rand(3, len(image), 1, 1, 1, device=image.device) - 0.5
    image = image + BRIGHTNESS * brightness
    grey = image.mean(1, keepdim=True)
    image = grey + (image - grey) * (1 + SATURATION * saturation)
    mean = image.mean((1, 2, 3), keepdim=True)
    return mean + (image - mean) * (1 + CONTRAST * contrast)


def shift(image: Tensor) -> Tensor:
    """Move each picture by up to an eighth of its side; what is left bare is black (0)."""
    count, _, height, width = image.shape
    reach = round(SHIFT * width)
    moves = torch.randint(-reach, reach + 1, (2, count, 1, 1), device=image.device)
    padded = F.pad(image, (1, 1, 1, 1))
    rows = (torch.arange(height, device=image.device)[None, :, None] + moves[0] + 1).clamp(0, height + 1)
    columns = (torch.arange(width, device=image.device)[None, None, :] + moves[1] + 1).clamp(0, width + 1)
    place = torch.arange(count, device=image.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[place, rows, columns].permute(0, 3, 1, 2)


def cut_out(image: Tensor) -> Tensor:
    """Blacken (0) a square of half of the pictures."""
    count, _, height, width = image.shape
    side = round(CUTOUT * width)
    middle = torch.randint(0, width, (2, count, 1, 1), device=image.device)
    rows = (torch.arange(height, device=image.device)[None, :, None] - middle[0]).abs() <= side // 2
    columns = (torch.arange(width, device=image.device)[None, None, :] - middle[1]).abs() <= side // 2
    chosen = torch.rand(count, 1, 1, device=image.device) < CUTOUT_CHANCE
    kept = ~(rows & columns & chosen)  # [N, H, W]
    return image * kept[:, None]
