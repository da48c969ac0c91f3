"""Smooth enlarging of paintings in NumPy: for the raster canvas and for saved pictures. No Qt.

The generator paints 64 x 64 (later 256 x 256) points; a screen has millions. A cubic kernel
(Mitchell and Netravali, "Reconstruction Filters in Computer Graphics", 1988, B = C = 1/3) leaves
neither blocks nor rings. The OpenGL canvas uses the same kernel in its shader.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

MITCHELL_B = MITCHELL_C = 1 / 3


def mitchell(distance: np.ndarray) -> np.ndarray:
    """The kernel's weight at a distance in points, float64 of the same shape; 0 from 2 on."""
    b, c = MITCHELL_B, MITCHELL_C
    x = np.abs(distance)
    near = (12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + (6 - 2 * b)
    far = (-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + (8 * b + 24 * c)
    return np.where(x < 1, near, np.where(x < 2, far, 0.0)) / 6


@lru_cache(maxsize=16)
def cubic_matrix(points: int, pixels: int) -> np.ndarray:
    """The matrix that enlarges one axis, float32 [pixels, points]; each row sums to 1, edges are held."""
    centre = (np.arange(pixels) + 0.5) * points / pixels - 0.5
    first = np.floor(centre).astype(int) - 1
    matrix = np.zeros((pixels, points))
    for tap in range(4):
        index = first + tap
        np.add.at(matrix, (np.arange(pixels), np.clip(index, 0, points - 1)), mitchell(centre - index))
    matrix.setflags(write=False)
    return matrix.astype(np.float32)


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
    steps = np.sqrt(np.clip(light, 0.0, 1.0)) * np.float32(4095) + np.float32(0.5)
    return _srgb_table()[steps.astype(np.uint16)]


def enlarge_light(light: np.ndarray, height: int, width: int) -> np.ndarray:
    """Enlarge linear light, float32 [H, W, 3], to [height, width, 3]; may leave [0, 1] slightly."""
    rows = cubic_matrix(light.shape[0], height)
    columns = cubic_matrix(light.shape[1], width)
    tall = np.tensordot(rows, light, axes=(1, 0))  # [height, W, 3]
    return np.ascontiguousarray(np.einsum("hwc,xw->hxc", tall, columns, optimize=True))


def enlarge(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Enlarge a picture smoothly in linear light.

    Args:
        image: uint8 [H, W, 3], sRGB.
    Returns:
        uint8 [height, width, 3], sRGB.
    """
    return to_srgb(enlarge_light(to_linear(image), height, width))
