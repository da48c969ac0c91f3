"""The linen that paintings are on, and the light that falls off towards the corners: the shaders' formulas in NumPy.

For the canvas and the videos of machines without a graphics card. Nothing here changes from one refresh to the next.
"""

from __future__ import annotations

import numpy as np

THREAD_POINTS = 2.3  # one thread of the linen, points of a desktop
LINEN = 0.05  # how far threads change the light
VIGNETTE = 0.25  # how far corners do


def weave(width: int, height: int, scale: float) -> np.ndarray:
    """Threads over and under each other, float [height, width], -0.5 to 0.5.

    Args:
        width, height: pixels.
        scale: pixels in one point of the desktop.
    """
    thread = THREAD_POINTS * scale
    across, up = (np.arange(width) + 0.5) / thread, (np.arange(height)[::-1] + 0.5) / thread
    weft, warp = (1 - np.abs((place % 1) * 2 - 1) for place in (across, up))
    turns = ((across * 0.5) % 1 - 0.5) * ((up * 0.5) % 1 - 0.5)[:, None]
    return np.where(turns > 0, weft, warp[:, None]) - 0.5


def corners(width: int, height: int) -> np.ndarray:
    """How far each pixel lies in a corner, float [height, width], 0 in the middle to 1."""
    across, up = (np.arange(width) + 0.5) / width - 0.5, (np.arange(height) + 0.5) / height - 0.5
    return (2 * (across**2 + (up**2)[:, None])) ** 2


def threads(width: int, height: int, scale: float) -> np.ndarray:
    """What the codes of a picture on linen are multiplied by, float [height, width]; 1 on the brightest thread."""
    return (1 + LINEN * weave(width, height, scale)) / (1 + LINEN / 2)


def light_on_linen(width: int, height: int, scale: float) -> np.ndarray:
    """The same for a picture that covers the screen, with its darker corners."""
    return (1 - VIGNETTE * corners(width, height)) * threads(width, height, scale)
