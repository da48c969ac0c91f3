"""Smooth enlarging of paintings in NumPy: for the raster canvas and for saved pictures. No Qt.

The generator paints 64 x 64 (later 256 x 256) points; a screen has millions. A cubic kernel
(Mitchell and Netravali, "Reconstruction Filters in Computer Graphics", 1988, B = C = 1/3) leaves
neither blocks nor rings. The OpenGL canvas uses the same kernel in its shader.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

MITCHELL_B = MITCHELL_C = 1 / 3
CHUNK = 2**15  # values that are looked up at a time


def mitchell(distance: np.ndarray) -> np.ndarray:
    """The kernel's weight at a distance in points, float64 of the same shape; 0 from 2 on."""
    b, c = MITCHELL_B, MITCHELL_C
    x = np.abs(distance)
    near = (12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + (6 - 2 * b)
    far = (-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + (8 * b + 24 * c)
    return np.where(x < 1, near, np.where(x < 2, far, 0.0)) / 6


@lru_cache(maxsize=16)
def cubic_taps(points: int, pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """How to enlarge one axis: which points each pixel mixes, and how much of each; edges are held.

    Returns:
        index int [4, pixels], and weight float32 [4, pixels], which sums to 1 for each pixel.
    """
    centre = (np.arange(pixels) + 0.5) * points / pixels - 0.5
    index = np.floor(centre).astype(int) - 1 + np.arange(4)[:, None]
    weight = mitchell(centre - index).astype(np.float32)
    index = np.clip(index, 0, points - 1)
    index.setflags(write=False)
    weight.setflags(write=False)
    return index, weight


@lru_cache(maxsize=1)
def _linear_table() -> np.ndarray:
    code = np.arange(256) / 255
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4).astype(np.float32)


@lru_cache(maxsize=1)
def _srgb_table() -> np.ndarray:
    """sRGB codes of 4,096 steps of the square root of linear light: fine enough in the shadows."""
    light = (np.arange(4096) / 4095) ** 2
    code = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(code * 255).astype(np.uint8)


def to_linear(image: np.ndarray) -> np.ndarray:
    """sRGB codes, uint8 of any shape, to linear light, float32 in [0, 1] (IEC 61966-2-1)."""
    return _linear_table()[image]


def to_srgb(light: np.ndarray) -> np.ndarray:
    """Linear light, float of any shape, clipped to [0, 1], to sRGB codes, uint8."""
    steps = np.clip(light, np.float32(0), np.float32(1))
    np.sqrt(steps, out=steps)
    steps *= np.float32(4095)
    steps += np.float32(0.5)
    codes = np.empty(steps.size, np.uint8)
    places = steps.astype(np.uint16).reshape(-1)
    for start in range(0, len(codes), CHUNK):  # NumPy makes whole numbers of 8 bytes of them: those must stay in reach
        end = start + CHUNK
        _srgb_table().take(places[start:end], out=codes[start:end], mode="clip")
    return codes.reshape(steps.shape)


def enlarge_light(light: np.ndarray, height: int, width: int) -> np.ndarray:
    """Enlarge linear light, float32 [H, W, 3], to [height, width, 3]; may leave [0, 1] slightly."""
    # Gathers, no matrix product: that would start a thread on every core for a small job.
    index, weight = cubic_taps(light.shape[1], width)
    wide = np.zeros((light.shape[0], width, 3), np.float32)
    for tap in range(4):
        wide += np.take(light, index[tap], axis=1) * weight[tap, :, None]
    lines = wide.reshape(light.shape[0], width * 3)  # flat: whole lines are gathered and scaled at once
    index, weight = cubic_taps(light.shape[0], height)
    enlarged = np.zeros((height, width * 3), np.float32)
    for tap in range(4):
        enlarged += lines[index[tap]] * weight[tap, :, None]
    return enlarged.reshape(height, width, 3)


def enlarge(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Enlarge a picture smoothly in linear light.

    Args:
        image: uint8 [H, W, 3], sRGB.
    Returns:
        uint8 [height, width, 3], sRGB.
    """
    return to_srgb(enlarge_light(to_linear(image), height, width))
