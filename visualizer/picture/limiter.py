"""Keeps flashes off the screen: says how much of a wanted picture may be shown now. On the thread that draws.

The limiter follows the light of the picture on a small grid, as it was really shown. Of each cell it knows the last
turns: luminance, or red, had changed by CHANGES since its last extreme, against the direction before. Two things are
never allowed to happen; without one of them visualizer.picture.flashes cannot count a fourth flash:

- more than TURNS turns within SPAN_S in each of the cells of an AREA of any field of view (a third of each side);
- more than TURNS turns within SPAN_S of a field as a whole: an AREA of it rises, then an AREA falls, wherever in it.

Six turns make three flashes. CHANGES, AREA, TURNS and SPAN_S are each stricter than the rule, because the picture has
finer points than the grid and is seen a moment after it is drawn; nor is light above 0.80 or pale red let off.

To show nothing new makes no turn, so some share may always be shown; and turns grow old, so a picture that stays
wanted is shown in full within SPAN_S: until then no cell turns twice, nor a field more than five times. Changes that
are small, slow to come back, or few are never held up.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from visualizer.picture.flashes import FIELD_SHARE, LUMINANCE, averaged

GRID = (36, 64)  # rows and columns of cells
CHANGES = np.array([0.08, 0.05], np.float32)[:, None, None]  # of luminance and of red; the rule has 0.10 and 0.0625
AREA = 0.2  # of a field; the rule has 0.25
TURNS = 5
SPAN_S = 1.1
FADES_S = 0.05  # cells that turn further apart than about this are not one turn of the field
STEPS = 5  # halvings in the search for the largest share
LONG_AGO = -1e9
SIGNALS = np.stack((LUMINANCE, np.array([1, -1, -1], np.float32)), axis=1)  # of linear light
KINDS = 2  # luminance and red: the first axis of all that follows

Picture = Callable[[float], np.ndarray]


class FlashLimiter:
    """Decides, picture by picture, how far the screen may go from what it shows to what is wanted.

    Before the first picture the screen counts as black.

    Attributes:
        held_back: how many pictures were not shown in full.
    """

    def __init__(self) -> None:
        field = tuple(cells // FIELD_SHARE for cells in GRID)
        windows = tuple(cells - side + 1 for cells, side in zip(GRID, field, strict=True))
        self._most = AREA * field[0] * field[1]  # cells of a field
        self._down, self._along = _sums(GRID[0], field[0]), _sums(GRID[1], field[1]).T
        self.held_back = 0
        self._now = LONG_AGO
        self._shown = np.zeros((KINDS, *GRID), np.float32)  # luminance, and R - G - B, which may be below 0
        self._extreme = np.zeros((KINDS, *GRID), np.float32)  # since the last turn
        self._rising = np.zeros((KINDS, *GRID), bool)  # the last turn was a rise
        self._turns = np.full((TURNS + 1, KINDS, *GRID), LONG_AGO)  # times of the last turns, newest first
        self._full, self._over = np.zeros((2, KINDS, *GRID), bool)  # TURNS of late, so no more; and more than that
        self._field_rising = np.zeros((KINDS, *windows), bool)
        self._field_turns = np.full((TURNS, KINDS, *windows), LONG_AGO)
        self._field_full = np.zeros((KINDS, *windows), bool)
        self._risen = np.zeros((KINDS, *windows), np.float32)  # cells that rose lately, and since the field's turn
        self._fallen = np.zeros((KINDS, *windows), np.float32)

    def share(self, wanted: np.ndarray | Picture, now: float, *, limited: bool = True) -> float:
        """How much of the way from the picture shown last to the wanted one may be shown now, 0 to 1.

        The caller shows what lies at that share of the way; the limiter takes it as shown.

        Args:
            wanted: linear light of the wanted picture over the whole screen, float [h, w, 3], 0 to 1; or a function
                that gives what lies at a share of the way. An array is mixed in linear light. A size other than GRID
                is averaged to it, in which fine patterns are lost.
            now: when it will be shown, seconds; a time before the last counts as the last.
            limited: False lets everything pass but goes on remembering.
        """
        self._advance(now)
        share, shown = self._largest_share(self._way(wanted), limited)
        self._show(shown)
        self.held_back += share < 1
        return share

    def allows(self, picture: np.ndarray, now: float) -> bool:
        """Whether a picture could be shown in full now; see share. Nothing is taken as shown."""
        self._advance(now)
        return self._allowed(self._turning(_signals(picture)))

    def _advance(self, now: float) -> None:
        """Let what was shown grow old."""
        now = max(now, self._now)
        fades = np.float32(np.exp((self._now - now) / FADES_S))
        self._risen *= fades
        self._fallen *= fades
        self._now = now
        self._full, self._over = self._turns[TURNS - 1 :] >= now - SPAN_S
        self._field_full = self._field_turns[TURNS - 1] >= now - SPAN_S

    def _way(self, wanted: np.ndarray | Picture) -> Picture:
        """The signals at each share of the way."""
        if callable(wanted):
            return lambda share: _signals(wanted(share))
        target, shown = _signals(wanted), self._shown
        return lambda share: target if share >= 1 else shown + np.float32(share) * (target - shown)

    def _largest_share(self, way: Picture, limited: bool) -> tuple[float, np.ndarray]:
        """The largest share found that is allowed, and the signals there; nothing new is always allowed."""
        signals = way(1.0)
        if not limited or self._allowed(self._turning(signals)):
            return 1.0, signals
        low, high, best = 0.0, 1.0, way(0.0)
        for _ in range(STEPS):
            middle = (low + high) / 2
            signals = way(middle)
            if self._allowed(self._turning(signals)):
                low, best = middle, signals
            else:
                high = middle
        return low, best

    def _turning(self, signals: np.ndarray) -> np.ndarray:
        """Which cells turn when they come to these signals, bool [kinds, rows, columns]."""
        gone = np.maximum(signals, 0.0) - self._extreme
        return np.where(self._rising, -gone, gone) >= CHANGES

    def _allowed(self, turning: np.ndarray) -> bool:
        """Whether these cells may turn now, bool [kinds, rows, columns]."""
        if not turning.any():
            return True
        too_often = (turning & self._full) | self._over
        if np.count_nonzero(too_often) > self._most and (self._in_fields(too_often) > self._most).any():
            return False
        return not (self._field_turning(*self._turned(turning)) & self._field_full).any()

    def _turned(self, turning: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cells of each field that have risen and fallen lately, with those that turn now."""
        falls = turning & self._rising
        return self._risen + self._in_fields(turning ^ falls), self._fallen + self._in_fields(falls)

    def _field_turning(self, risen: np.ndarray, fallen: np.ndarray) -> np.ndarray:
        return np.where(self._field_rising, fallen, risen) > self._most

    def _in_fields(self, cells: np.ndarray) -> np.ndarray:
        """How many cells are set in each field of view, wherever it lies, float32 [kinds, rows, columns]."""
        return self._down @ cells.astype(np.float32) @ self._along

    def _show(self, signals: np.ndarray) -> None:
        """Remember what is shown."""
        self._shown = signals
        value = np.maximum(signals, 0.0)
        turning = self._turning(signals)
        if turning.any():
            self._risen, self._fallen = self._turned(turning)
            field_turning = self._field_turning(self._risen, self._fallen)
            _push(self._field_turns, field_turning, self._now)
            self._field_rising ^= field_turning
            self._risen[field_turning] = self._fallen[field_turning] = 0.0
            _push(self._turns, turning, self._now)
            self._rising ^= turning
        furthest = np.where(self._rising, np.maximum(self._extreme, value), np.minimum(self._extreme, value))
        self._extreme = np.where(turning, value, furthest)


def _signals(light: np.ndarray) -> np.ndarray:
    """Luminance, and red less green and blue, of each cell: float32 [kinds, rows, columns]; both linear in light."""
    cells = averaged(np.fmin(np.fmax(light, 0.0), 1.0), GRID)  # what is no number becomes 0
    return np.ascontiguousarray((cells.reshape(-1, 3) @ SIGNALS).T).reshape(KINDS, *GRID)


def _sums(cells: int, side: int) -> np.ndarray:
    """A matrix that adds up each `side` neighbours of a row of cells, float32 [cells - side + 1, cells]."""
    offset = np.arange(cells) - np.arange(cells - side + 1)[:, None]
    return ((offset >= 0) & (offset < side)).astype(np.float32)


def _push(times: np.ndarray, where: np.ndarray, now: float) -> None:
    """Put a time in front of the others, in some places; the oldest there drops out."""
    for older in range(len(times) - 1, 0, -1):
        np.copyto(times[older], times[older - 1], where=where)
    np.copyto(times[0], now, where=where)
