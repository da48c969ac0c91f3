"""How much has just begun or grown in all bands together, as music without strokes moves: a new note, a swell.

Pure NumPy, on the listening thread, one column at a time. Fine bands rise where a melody goes on to another note,
though the whole grows no louder; a note that swells rises little in any moment, but above all that was heard lately.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from visualizer.hearing.bands import ColumnSpec
from visualizer.hearing.levels import BESIDE, RunningPercentile


@dataclass(frozen=True)
class SurgeConfig:
    """Constants of the surge, in milliseconds and dB of rise.

    Attributes:
        release_ms: time constant with which the surge falls.
        fill_ms: a usual rise brings it from 0 to 1 in this time.
        least_db: rise below which it is the flicker of a steady sound;
        above: so many medians of the last second, where that is more: noise flickers, and moves nothing.
        weakest_db: a usual rise of less than this does not count as full: calm music moves less.
        percentile: share of the rises, 0 to 1, at or below which the usual one lies.
        peak_ms: one rise enters the percentile in this time.
        memory_ms: how long a rise counts as usual.
        settle_ms: time constant with which the usual rise is followed.
        swell_ms: the levels swell where they are higher than at any time in this span: a trembling level does not.
        swell_gain: how far a swell of all levels from 0 to 1 brings the surge at once.
    """

    release_ms: float = 180.0
    fill_ms: float = 40.0
    least_db: float = 1.0
    above: float = 1.5
    weakest_db: float = 2.0
    percentile: float = 0.9
    peak_ms: float = 100.0
    memory_ms: float = 20_000.0
    settle_ms: float = 500.0
    swell_ms: float = 2000.0
    swell_gain: float = 2.0

    def __post_init__(self) -> None:
        for item in fields(self):
            if getattr(self, item.name) <= 0:
                raise ValueError(f"SurgeConfig.{item.name} is {getattr(self, item.name)}: it must be positive")
        if self.percentile >= 1:
            raise ValueError(f"SurgeConfig.percentile is {self.percentile}: use a share between 0 and 1")


class Surge:
    """Follows the rises and swells of all bands together.

    Attributes:
        value: 0 to 1; falls within release_ms once nothing grows.
    """

    def __init__(self, spec: ColumnSpec, config: SurgeConfig) -> None:
        self._config = config
        self._keep = 1 - spec.share(config.release_ms)
        self._gain = 1000 * spec.hop_s / config.fill_ms
        self._settle = spec.share(config.settle_ms)
        self._columns = max(1, round(config.peak_ms / 1000 / spec.hop_s))
        keep = float(np.exp(-config.peak_ms / config.memory_ms))
        start = np.array([config.weakest_db])
        self._percentile = RunningPercentile(start, low=0, high=20, share=config.percentile, keep=keep)
        self._usual = config.weakest_db
        self._peak = 0.0
        self._count = 0
        self._levels = np.zeros((max(1, round(config.swell_ms / 1000 / spec.hop_s)), len(BESIDE)))
        self._column = 0
        self.value = 0.0

    def step(self, flux: np.ndarray, median: np.ndarray, level: np.ndarray, is_open: bool) -> float:
        """Take a column, float [n_bands] each; returns value.

        Args:
            flux, median: dB of rise, and its median of the last second.
            level: 0 to 1.
            is_open: whether there is sound.
        """
        flicker = max(self._config.least_db, self._config.above * float(median[BESIDE].mean()))
        rise = max(0.0, float(flux[BESIDE].mean()) - flicker)
        if is_open:
            self._adapt(rise)
        new = self._gain * rise / self._usual + self._config.swell_gain * self._swell(level[BESIDE])
        self.value = min(1.0, self._keep * self.value + new)
        return self.value

    def _swell(self, level: np.ndarray) -> float:
        """How far the levels, float [5], are above the highest of the span, and remember them."""
        above = float(np.maximum(0.0, level - self._levels.max(0)).mean())
        self._levels[self._column % len(self._levels)] = level
        self._column += 1
        return above

    def _adapt(self, rise: float) -> None:
        """Learn what is usual; nothing behind the gate is."""
        self._peak = max(self._peak, rise)
        self._count += 1
        if self._count == self._columns:
            self._percentile.add(np.array([self._peak]), np.ones(1, bool))
            self._peak, self._count = 0.0, 0
        goal = max(float(self._percentile.value[0]), self._config.weakest_db)
        self._usual += (goal - self._usual) * self._settle
