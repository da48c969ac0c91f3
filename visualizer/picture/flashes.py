"""Counts the flashes in a sequence of pictures, as the rule against seizures does: the check of what is shown.

The rule is that of WCAG 2.2, success criterion 2.3.1, and of the Photosensitive Epilepsy Analysis Tool of the Trace
Center: no more than three general and three red flashes in any second. A general flash is a pair of opposing changes
of relative luminance by 10 % of the largest or more, the darker state below 0.80. A red flash is a pair of opposing
changes of (R - G - B) x 320 by more than 20 (below zero counts as zero), each to or from a saturated red, which has
R / (R + G + B) >= 0.8 (Harding and Binnie's working definition, as in WCAG 2.1; R, G and B are linear light, 0 to 1).
Flashes count when together they cover a quarter of any field of view of 10 degrees: 341 x 256 pixels of 1024 x 768,
so a third of each side of the picture.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from visualizer.picture.enlarge import to_linear

ALLOWED = 3  # flashes of a kind in any second
SECOND = 1.0
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)  # of linear sRGB light (WCAG "relative luminance")
GENERAL_CHANGE, DARKER = 0.10, 0.80
RED_CHANGE, SATURATED = 20 / 320, 0.8
FIELD_SHARE = 3  # the field of view is this part of each side
AREA = 0.25  # of the field
GRID = (54, 96)  # rows and columns of cells in which flashes are counted
KINDS = ("general", "red")
BLACK_LIGHT = 1e-3  # less light than this has no colour


@dataclass(frozen=True)
class Flashes:
    """The most flashes in any second.

    Attributes:
        general, red: pairs of opposing changes, over a quarter of any field of view.
    """

    general: int = 0
    red: int = 0

    @property
    def allowed(self) -> bool:
        """Whether the pictures keep to the rule."""
        return max(self.general, self.red) <= ALLOWED


class FlashMeter:
    """Counts flashes, picture by picture. Memory and time stay the same however long it runs.

    Two counts are made and the larger holds: flashes of the same place (a quarter of the field in which each cell
    flashed so often), and changes of a quarter of the field at once, wherever in it they are.

    Args:
        grid: rows and columns of the cells; the light of a picture is averaged over each.
    """

    def __init__(self, grid: tuple[int, int] = GRID) -> None:
        self._grid = grid
        self._field = (max(1, grid[0] // FIELD_SHARE), max(1, grid[1] // FIELD_SHARE))
        self._needed = AREA * self._field[0] * self._field[1]
        self._swings = (_Swing(grid, GENERAL_CHANGE), _Swing(grid, RED_CHANGE))
        windows = (grid[0] - self._field[0] + 1, grid[1] - self._field[1] + 1)
        self._places = tuple(_LastSecond(grid) for _ in KINDS)
        self._fields = tuple(_LastSecond(windows) for _ in KINDS)
        self._last_change = tuple(np.zeros(windows, np.int8) for _ in KINDS)
        self._most = [0, 0]

    def add(self, image: np.ndarray, at: float) -> None:
        """The next picture, uint8 [H, W, 3] sRGB or float [H, W, 3] linear light, shown from a time in seconds."""
        light = to_linear(image) if image.dtype == np.uint8 else np.clip(image, 0.0, 1.0)
        cells = averaged(light, self._grid)
        total = cells.sum(-1)
        red = np.maximum(2 * cells[..., 0] - total, 0.0)
        saturated = (cells[..., 0] >= SATURATED * total) & (total > BLACK_LIGHT)
        luminance = cells @ LUMINANCE
        dark = luminance < DARKER
        for kind, (value, counts) in enumerate(((luminance, dark), (red, saturated))):
            risen, fallen = self._swings[kind].step(value, counts)
            self._count(kind, risen, fallen, at)

    def flashes(self) -> Flashes:
        """The most so far in any second."""
        return Flashes(*self._most)

    def _count(self, kind: int, risen: np.ndarray, fallen: np.ndarray, at: float) -> None:
        turned = risen | fallen
        if not turned.any():
            return
        places = self._places[kind].add(turned, at) // 2
        while (self._sums(places > self._most[kind]) >= self._needed).any():
            self._most[kind] += 1
        last = self._last_change[kind]
        rising = (last <= 0) & (self._sums(risen) >= self._needed)
        falling = (last >= 0) & (self._sums(fallen) >= self._needed) & ~rising
        last[rising], last[falling] = 1, -1
        fields = self._fields[kind].add(rising | falling, at) // 2
        self._most[kind] = max(self._most[kind], int(fields.max()))

    def _sums(self, cells: np.ndarray) -> np.ndarray:
        """How many cells are set in each field of view, wherever it lies."""
        high, wide = self._field
        total = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1), np.int32)
        total[1:, 1:] = cells.cumsum(0, dtype=np.int32).cumsum(1)
        return total[high:, wide:] - total[:-high, wide:] - total[high:, :-wide] + total[:-high, :-wide]


class _Swing:
    """Finds where a value has turned by a given change since its last extreme, each turn once."""

    def __init__(self, grid: tuple[int, int], change: float) -> None:
        self._change = change
        self._begun = False
        self._low, self._high = np.zeros(grid, np.float32), np.zeros(grid, np.float32)  # since the last turn
        self._low_counts, self._high_counts = np.zeros(grid, bool), np.zeros(grid, bool)
        self._direction = np.zeros(grid, np.int8)  # 1 after a rise, -1 after a fall, 0 before either
        self._counted = np.zeros(grid, bool)  # the last turn has been reported

    def step(self, value: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the value has risen and where it has fallen by a change that counts, bool [rows, columns].

        A change counts when `counts` holds at either end of it; that may show only as it goes on.
        """
        if not self._begun:
            self._low[:], self._high[:], self._begun = value, value, True
            self._low_counts[:], self._high_counts[:] = counts, counts
        up = (self._direction <= 0) & (value - self._low >= self._change)
        down = (self._direction >= 0) & (self._high - value >= self._change) & ~up
        turned = up | down
        from_counted = np.where(up, self._low_counts, self._high_counts) & turned
        self._direction[up], self._direction[down] = 1, -1
        lowest, highest = turned | (value <= self._low), turned | (value >= self._high)
        self._low[lowest], self._low_counts[lowest] = value[lowest], counts[lowest]
        self._high[highest], self._high_counts[highest] = value[highest], counts[highest]
        rising, falling = self._direction > 0, self._direction < 0
        at_extreme = (rising & highest) | (falling & lowest)
        new = (from_counted | (at_extreme & counts)) & (turned | ~self._counted)
        self._counted = new | (self._counted & ~turned)
        return new & rising, new & falling


class _LastSecond:
    """How often each cell was set within the second that ends now."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self._sets: deque[tuple[float, np.ndarray]] = deque()
        self._counts = np.zeros(shape, np.int16)

    def add(self, cells: np.ndarray, at: float) -> np.ndarray:
        """The counts, int [rows, columns], with these cells set now."""
        while self._sets and self._sets[0][0] <= at - SECOND:
            self._counts -= self._sets.popleft()[1]
        self._sets.append((at, cells))
        self._counts += cells
        return self._counts


def averaged(light: np.ndarray, grid: tuple[int, int]) -> np.ndarray:
    """A picture's light, float [H, W, 3], averaged over the cells of a grid: float32 [rows, columns, 3]."""
    for axis, cells in enumerate(grid):
        points = light.shape[axis]
        if points != cells:
            first = np.arange(cells) * points // cells
            count = np.maximum(np.diff(first, append=points), 1).astype(np.float32)
            light = np.add.reduceat(light, first, axis=axis) / (count[:, None, None] if axis == 0 else count[:, None])
    return light.astype(np.float32, copy=False)
