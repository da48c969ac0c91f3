"""Brush strokes without a graphics card: one look-up for each point of the large picture.

For each of a few directions and sizes, a small tile of strokes is worked out once: from where in its stroke each point
takes its colour, and how the light falls on the bristles there. What runs in a painting chooses the tile, point by
point, once a painting; a refresh then only looks colours up. NumPy, on the thread that draws.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

TILE = 96  # points of the large picture, after which the pattern of strokes repeats
DIRECTIONS = 8  # of strokes, over half a turn
CELLS = (8, 4)  # points of the large picture from one stroke to the next: where there is little detail, and much
LONG, WIDE = 1.12, 0.46  # half a stroke's length and width, cells
BRISTLE = 2.0  # points of the large picture from one bristle to the next: finer ones would be stairs, not lines
BRISTLES = 1024  # different ones
PULL_ALONG, PULL_ACROSS = 0.75, 0.6  # how far a point's colour comes from its stroke's middle
RELIEF = 0.12  # the most by which light on the bristles changes the colour's codes
RAKING = 0.26  # by how much a slope of the paint changes them, within that
LAMP = (-0.63, -0.78)  # where the light comes from, right and down: the upper left
DETAIL = 0.012  # energy of the structure from which strokes are small
STRUCTURE_POINTS = 2  # how far structure is averaged, points to each side, twice
LEVEL_BITS = 7
LEVEL_STEPS = 1 << LEVEL_BITS  # a gain of 1 in whole numbers
EDGE = 12  # points of the large picture that strokes may reach beyond its sides
KEPT = 0.4  # of the last structure when strokes are laid anew: directions turn over a few paintings and do not flicker


@lru_cache(maxsize=1)
def stroke_tiles() -> tuple[np.ndarray, np.ndarray]:
    """The strokes of every size and direction, made once.

    Returns:
        shift, int8 [sizes * DIRECTIONS, TILE, TILE, 2]: from a point of the large picture, down and right to where its
        colour comes from; and gain, uint8 [sizes * DIRECTIONS, TILE, TILE], of its colour, in 1 / LEVEL_STEPS.
    """
    tiles = [_tile(cell, np.pi * turn / DIRECTIONS) for cell in CELLS for turn in range(DIRECTIONS)]
    shift, gain = (np.stack(parts) for parts in zip(*tiles, strict=True))
    for array in (shift, gain):
        array.setflags(write=False)
    return shift, gain


def _tile(cell: int, angle: float) -> tuple[np.ndarray, np.ndarray]:
    """One tile of strokes in one direction; its opposite edges fit together."""
    rng = np.random.default_rng(cell)
    count = TILE // cell
    luck = rng.random((count, count, 4))
    tracks = rng.random(BRISTLES)
    y, x = (np.mgrid[:TILE, :TILE] + 0.5) / cell
    row, column = y.astype(int), x.astype(int)
    sine, cosine = np.sin(angle), np.cos(angle)
    rank = np.full((TILE, TILE), -1.0)
    shift, height = np.zeros((TILE, TILE, 2)), np.full((TILE, TILE), 0.3)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            here = luck[(row + dy) % count, (column + dx) % count]
            right = column + dx + 0.5 + 0.7 * (here[..., 0] - 0.5) - x
            down = row + dy + 0.5 + 0.7 * (here[..., 1] - 0.5) - y
            across = down * cosine - right * sine
            near = (np.abs(across) < WIDE) & (here[..., 3] > rank)  # the rest is worked out for few points alone
            along = (right * cosine + down * sine)[near]
            across, luck_here = across[near], here[near]
            bristle = _between(tracks, (across + 2) * (cell / BRISTLE) + 256 * luck_here[:, 2])
            reach = LONG * (0.75 + 0.25 * bristle)
            top = np.abs(along) < reach
            near[near] = top
            along, across, bristle, reach = along[top], across[top], bristle[top], reach[top]
            rank[near] = luck_here[top, 3]
            shift[near, 0] = (PULL_ALONG * along * sine + PULL_ACROSS * across * cosine) * cell
            shift[near, 1] = (PULL_ALONG * along * cosine - PULL_ACROSS * across * sine) * cell
            edge = np.clip((WIDE - np.abs(across)) * 5, 0, 1) * np.clip((reach - np.abs(along)) * 3, 0, 1)
            height[near] = (0.35 + 0.65 * bristle) * (0.5 + 0.5 * edge)
    slope_y, slope_x = (height - np.roll(height, 1, axis) for axis in (0, 1))
    facing = slope_x * LAMP[0] + slope_y * LAMP[1]
    gain = 1 + np.clip(RAKING * facing, -RELIEF, RELIEF)
    gain += 1 - gain.mean()
    return np.rint(shift).astype(np.int8), np.rint(gain * LEVEL_STEPS).astype(np.uint8)


def _between(tracks: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The values of a row that begins anew at its end, at places between them."""
    first = place.astype(int)
    share = place - first
    return (1 - share) * tracks[first % len(tracks)] + share * tracks[(first + 1) % len(tracks)]


class Brushwork:
    """Strokes for pictures of one size.

    Args:
        height, width: of the large picture, points, even.
    """

    def __init__(self, height: int, width: int) -> None:
        rows, columns = np.arange(height), np.arange(width)
        wide = width + 2 * EDGE
        shift, gain = stroke_tiles()
        self._size = (height, width)
        self._structure: np.ndarray | None = None
        self._in_tile = (rows % TILE)[:, None] * TILE + columns % TILE
        self._places = (rows + EDGE)[:, None] * wide + columns + EDGE
        self._shifts = (shift[..., 0].astype(np.intp) * wide + shift[..., 1]).reshape(-1)
        self._gains = np.repeat(gain.reshape(-1, 1), 4, axis=1).astype(np.uint16)  # for all channels at once
        self._coarse: tuple[int, ...] = (0, 0)  # size of the structure, and which of its points is nearest to each
        self._nearest = self._places
        self._index = self._places
        self._gain = np.full((height * width, 4), LEVEL_STEPS, np.uint16)
        self._coarse_index: np.ndarray | None = None  # the same in a picture of half the size, once it is asked for
        self._lit = np.empty((height * width, 4), np.uint16)
        self._white = np.full_like(self._lit, 255)  # compared with an array ten times as fast as with a number

    def follow(self, brightness: np.ndarray) -> None:
        """Lay the strokes along what runs in a new painting.

        Args:
            brightness: float32 [h, w] of the same view, about the square root of light, at any size.
        """
        structure = _structure(brightness)
        if self._structure is not None and self._structure.shape == structure.shape:
            structure = KEPT * self._structure + (1 - KEPT) * structure
        self._structure = structure
        if self._coarse != brightness.shape:
            self._coarse = brightness.shape
            rows, columns = (
                np.arange(side) * count // side for side, count in zip(self._size, self._coarse, strict=True)
            )
            self._nearest = rows[:, None] * self._coarse[1] + columns
        spot = (_tile_of(structure) * (TILE * TILE)).take(self._nearest)
        spot += self._in_tile
        self._index = self._places + self._shifts.take(spot)
        self._gain = self._gains.take(spot.reshape(-1), axis=0)
        self._coarse_index = None

    def painted(self, codes: np.ndarray) -> np.ndarray:
        """The picture in strokes.

        Args:
            codes: uint8 [height + 2 * EDGE, width + 2 * EDGE, 4], contiguous: the picture and what lies around it.
        Returns:
            uint8 [height, width, 4].
        """
        picture = codes.view(np.uint32).reshape(-1).take(self._index).view(np.uint8).reshape(-1, 4)
        np.multiply(picture, self._gain, out=self._lit)
        np.right_shift(self._lit, LEVEL_BITS, out=self._lit)
        np.minimum(self._lit, self._white, out=self._lit)
        return self._lit.astype(np.uint8).reshape(*self._size, 4)

    def dabbed(self, codes: np.ndarray) -> np.ndarray:
        """The strokes' shapes alone, without the light on their bristles: a quarter of the work.

        Args:
            codes: uint8 [height / 2 + EDGE, width / 2 + EDGE, 4], contiguous: the picture and what lies around it at
                half the size.
        Returns:
            uint8 [height, width, 4].
        """
        if self._coarse_index is None:
            row, column = np.divmod(self._index.astype(np.int32), np.int32(self._size[1] + 2 * EDGE))
            self._coarse_index = ((row >> 1) * np.int32(codes.shape[1]) + (column >> 1)).astype(np.intp)
        return codes.view(np.uint32).reshape(-1).take(self._coarse_index).view(np.uint8).reshape(*self._size, 4)


def _structure(brightness: np.ndarray) -> np.ndarray:
    """The structure tensor (xx, yy, xy), averaged, float32 [3, height, width]."""
    slope_y, slope_x = np.gradient(brightness)
    return _averaged(np.stack((slope_x * slope_x, slope_y * slope_y, slope_x * slope_y)))


def _averaged(maps: np.ndarray) -> np.ndarray:
    """Means over squares, twice, along the last two axes."""
    side = 2 * STRUCTURE_POINTS + 1
    margin = 2 * STRUCTURE_POINTS
    maps = np.pad(maps, ((0, 0), (margin, margin), (margin, margin)), mode="edge")
    for _ in range(2):
        height, width = maps.shape[1] - side + 1, maps.shape[2] - side + 1
        down = sum((maps[:, start : start + height] for start in range(1, side)), start=maps[:, :height])
        maps = sum((down[:, :, start : start + width] for start in range(1, side)), start=down[:, :, :width])
    return maps / np.float32(side**4)


def _tile_of(structure: np.ndarray) -> np.ndarray:
    """Which tile each point gets, int [height, width]: its direction, and small strokes where there is detail."""
    xx, yy, xy = structure
    calm = np.float32(1e-5)  # where nothing runs, strokes lie slanting
    angle = 0.5 * np.arctan2(-2 * xy + calm, yy - xx)
    turn = np.rint(angle * (DIRECTIONS / np.pi)).astype(np.intp) % DIRECTIONS
    return turn + DIRECTIONS * (xx + yy > DETAIL)
