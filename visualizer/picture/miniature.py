"""The picture in miniature, in linear light: what the flash limiter judges instead of millions of pixels.

Follows what a canvas or a drawing does on the large picture: the cross-fade, the look, the hanging, the corners, the
fade to black. Linen and brush are left out: they are fine and even, and change no light over an area. NumPy only;
the thread that draws uses it.
"""

from __future__ import annotations

import math

import numpy as np

from visualizer.picture.enlarge import to_linear
from visualizer.picture.hanging import Hanging
from visualizer.picture.linen import VIGNETTE, corners
from visualizer.picture.presentation import REST, Look

POINTS = 64  # of a painting's side, at most
ROWS, COLUMNS = 36, 64
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)  # of linear sRGB
SHADE_VIGNETTE = 0.12  # how much darker than usual the corners are at a look's full shade
CORNERS = corners(COLUMNS, ROWS).astype(np.float32)
WARM = np.array([0.08, 0.0, -0.10], np.float32)  # how far full warmth changes red, green and blue light


def tint(look: Look) -> np.ndarray:
    """What a look does to colours, float32 [3, 3]: linear light as a row times this. Keeps the luminance of greys."""
    saturated = look.saturation * np.eye(3, dtype=np.float32) + (1 - look.saturation) * LUMINANCE[:, None]
    warm = 1 + look.warmth * WARM
    return (saturated * (warm / (LUMINANCE @ warm))).astype(np.float32)


class Miniature:
    """The cross-fading painting, small.

    Args:
        wall: colour of the wall, sRGB codes.
    """

    def __init__(self, wall: tuple[int, int, int]) -> None:
        self._wall = to_linear(np.array(wall, np.uint8))
        self._before = self._after = self._shown = np.zeros((1, 1, 4), np.float32)
        self._wanted = self._shown

    def begin(self, image: np.ndarray | None, *, finished: bool = False) -> None:
        """Fade to an image from now on, uint8 [H, W, 3], or to the bare wall, from what was shown last.

        Args:
            finished: the fade so far was to its end, wherever it was left.
        """
        self._before = self._after if finished else self._shown
        self._after = np.zeros_like(self._shown) if image is None else _reduced(image)
        if self._before.shape != self._after.shape:
            self._before, self._shown = (
                _resampled(small, self._after.shape[:2]) for small in (self._before, self._shown)
            )

    def fade(self, progress: float) -> None:
        """Go on to a progress 0 to 1 of the fade."""
        self._wanted = self._before + np.float32(progress) * (self._after - self._before)

    def screen(self, look: Look, light: float, hanging: Hanging, share: float = 1.0) -> np.ndarray:
        """The whole screen, float32 [ROWS, COLUMNS, 3], linear light.

        Args:
            look: zoom, rotation and colours.
            light: 1, or less on the way to black, of the codes.
            hanging: where the painting hangs.
            share: of the way from the painting that was shown last to the wanted one; 1 if nothing holds it back.
        """
        u, v = _painting_places(look, hanging)
        paint = _read(self._mixed(share), _mirrored(u), _mirrored(v))
        if hanging.framed:  # a framed painting moves within its frame, which hangs still
            across, down = _painting_places(REST, hanging)
            paint *= ((np.abs(across - 0.5) <= 0.5) & (np.abs(down - 0.5) <= 0.5))[..., None]
        colour = paint[..., :3] @ tint(look) + (1 - paint[..., 3:]) * self._wall
        fall = 0.0 if hanging.framed else VIGNETTE + SHADE_VIGNETTE * look.shade
        gain = (light * (1 - fall * CORNERS)) ** 2.2
        return np.clip(colour * gain[..., None], 0, 1).astype(np.float32)

    def show(self, share: float) -> None:
        """A share 0 to 1 of the way from what was shown last to what is wanted is shown now."""
        self._shown = self._mixed(share)

    def _mixed(self, share: float) -> np.ndarray:
        if share <= 0 or share >= 1:
            return self._shown if share <= 0 else self._wanted
        return self._shown + np.float32(share) * (self._wanted - self._shown)


def _reduced(image: np.ndarray) -> np.ndarray:
    """A painting as float32 [h, w, 4], linear light and 1; no side above POINTS."""
    height, width = image.shape[:2]
    step = -(-max(height, width) // POINTS)
    every = max(1, step // 2)  # two points each way are enough for a mean of what is smooth
    image, step = image[::every, ::every], -(-step // every)
    height, width = image.shape[:2]
    step_y, step_x = min(step, height), min(step, width)
    rows, columns = height // step_y, width // step_x
    light = to_linear(image[: rows * step_y, : columns * step_x])
    small = np.ones((rows, columns, 4), np.float32)
    mean = small[..., :3]
    mean[:] = light[::step_y, ::step_x]
    for down, across in list(np.ndindex(step_y, step_x))[1:]:  # a few strided sums are quicker than one mean
        mean += light[down::step_y, across::step_x]
    mean /= step_y * step_x
    return small


def _resampled(small: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    rows = np.arange(size[0]) * small.shape[0] // size[0]
    columns = np.arange(size[1]) * small.shape[1] // size[1]
    return small[rows[:, None], columns]


def _painting_places(look: Look, hanging: Hanging) -> tuple[np.ndarray, np.ndarray]:
    """Where on the painting each cell of the screen looks, 0 to 1 from the upper left, may lie beyond."""
    width, height = hanging.screen
    across = ((np.arange(COLUMNS) + 0.5) / COLUMNS - 0.5) * width
    down = (((np.arange(ROWS) + 0.5) / ROWS - 0.5) * height)[:, None]
    angle = math.radians(look.rotation_deg)
    cosine, sine = math.cos(angle) / look.zoom, math.sin(angle) / look.zoom
    x = cosine * across - sine * down + width / 2
    y = sine * across + cosine * down + height / 2
    return (x - hanging.left) / hanging.width, (y - hanging.bottom) / hanging.height


def _mirrored(place: np.ndarray) -> np.ndarray:
    return 1 - np.abs(1 - place % 2)


def _read(small: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Bilinear reading of [h, w, 4] at places 0..1."""
    height, width = small.shape[:2]
    x = np.clip(u * width - 0.5, 0, width - 1)
    y = np.clip(v * height - 0.5, 0, height - 1)
    column, row = x.astype(np.intp), y.astype(np.intp)
    right, below = np.minimum(column + 1, width - 1), np.minimum(row + 1, height - 1) * width
    dx, dy = (x - column)[..., None].astype(np.float32), (y - row)[..., None].astype(np.float32)
    row *= width
    points = small.reshape(-1, small.shape[2])
    upper_left, upper_right, lower_left, lower_right = (
        points.take(line + place, axis=0) for line in (row, below) for place in (column, right)
    )
    upper = upper_left + dx * (upper_right - upper_left)
    return upper + dy * (lower_left + dx * (lower_right - lower_left) - upper)
