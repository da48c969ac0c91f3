"""How loud each band is, relative to what is usual in this music: envelope, noise gate, running percentile.

Pure NumPy, on the listening thread, one column at a time. Nothing adapts while the gate is closed, so
that the hiss of a pause is never amplified until it dances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visualizer.hearing.bands import BANDS, ColumnSpec


@dataclass(frozen=True)
class LevelConfig:
    """Constants of the levels, in milliseconds and dB (mean square 1 = 0 dB).

    Attributes:
        attack_ms, release_ms: time constants of the envelope.
        memory_ms: how long a level counts as usual.
        peak_ms: one peak enters the percentile in this time.
        settle_ms: time constant with which the gain follows the percentile.
        percentile: share of peaks, 0 to 1, at or below which the reference lies.
        gate_ms: time constant with which the gate forgets what was loud; it must close before hiss can be heard.
        open_db, close_db: power that opens and closes the gate.
        start_db: reference before anything was heard.
        floor_db: lowest reference; an empty band is not amplified.
    """

    attack_ms: float = 10.0
    release_ms: float = 250.0
    memory_ms: float = 20_000.0
    peak_ms: float = 100.0
    settle_ms: float = 500.0
    percentile: float = 0.9
    gate_ms: float = 60.0
    open_db: float = -54.0
    close_db: float = -60.0
    start_db: float = -30.0
    floor_db: float = -60.0

    def __post_init__(self) -> None:
        for name in (
            "attack_ms",
            "release_ms",
            "memory_ms",
            "peak_ms",
            "settle_ms",
            "gate_ms",
        ):
            if getattr(self, name) <= 0:
                raise ValueError(f"LevelConfig.{name} is {getattr(self, name)}: it must be positive")
        if not 0 < self.percentile < 1:
            raise ValueError(f"LevelConfig.percentile is {self.percentile}: use a share between 0 and 1")
        if self.close_db > self.open_db:
            raise ValueError(f"LevelConfig.close_db ({self.close_db}) lies above open_db ({self.open_db})")


# Bands that lie side by side; kick, snare and hat overlap them.
BESIDE = [index for index, band in enumerate(BANDS) if band.name in ("bass", "low", "mid", "treble", "air")]


class RunningPercentile:
    """A percentile of recent values, several rows at once: a histogram that forgets.

    Args:
        start: value before any other, float [n]; weighs as much as `trust` values.
        low, high: range of the histogram; values outside count at its ends.
        share: of the values that lie at or below the percentile, 0 to 1.
        keep: factor by which older values weigh less with each new one, just below 1.
    """

    CELLS = 100
    TRUST = 3.0

    def __init__(self, start: np.ndarray, *, low: float, high: float, share: float, keep: float) -> None:
        self._low, self._step = low, (high - low) / self.CELLS
        self._share, self._keep = share, keep
        self._rows = np.arange(len(start))
        self._counts = np.zeros((len(start), self.CELLS))
        self._counts[self._rows, self._cells(start)] = self.TRUST
        self.value = np.array(start, np.float64)

    def add(self, values: np.ndarray, which: np.ndarray) -> None:
        """Take one value for each row that `which` (bool [n]) names."""
        rows = self._rows[which]
        if not len(rows):
            return
        counts = self._counts[rows] * self._keep
        counts[np.arange(len(rows)), self._cells(values[rows])] += 1
        self._counts[rows] = counts
        below = np.cumsum(counts, axis=1)
        wanted = self._share * below[:, -1:]
        cell = np.argmax(below >= wanted, axis=1)
        self.value[rows] = self._low + (cell + 0.5) * self._step

    def _cells(self, values: np.ndarray) -> np.ndarray:
        return np.clip((values - self._low) / self._step, 0, self.CELLS - 1).astype(int)


class Gate:
    """Open while there is sound worth following; with hysteresis, so that it does not flutter.

    Attributes:
        open: whether it is.
        db: smoothed loudness of the sound, at least -120.
    """

    def __init__(self, spec: ColumnSpec, config: LevelConfig) -> None:
        self._config = config
        self._attack = spec.share(config.attack_ms)
        self._releases = np.array([spec.share(config.gate_ms), spec.share(config.release_ms)])
        self._power = np.full(2, 1e-12)  # for the gate and for the loudness
        self.open = False
        self.db = -120.0

    def step(self, power: float) -> bool:
        """Take the mean square of a column; returns whether the gate is open."""
        power = max(power, 1e-12)
        self._power += (power - self._power) * np.where(power > self._power, self._attack, self._releases)
        gate_db, self.db = (10 * np.log10(self._power)).tolist()
        self.open = gate_db > (self._config.close_db if self.open else self._config.open_db)
        return self.open


class Levels:
    """Level of each band: its envelope over the usual peak of the last 20 s.

    Attributes:
        level: float [n_bands], 0 (nothing, or gate closed) to 1 (as loud as the loudest tenth, or more).
        reference_db: float [n_bands], what level 1 means; the gain is its negative.
    """

    def __init__(self, spec: ColumnSpec, config: LevelConfig) -> None:
        self._config = config
        self._attack, self._release = spec.share(config.attack_ms), spec.share(config.release_ms)
        self._settle = spec.share(config.settle_ms)
        self._columns = max(1, round(config.peak_ms / 1000 / spec.hop_s))
        start = np.full(len(BANDS), config.start_db)
        keep = float(np.exp(-config.peak_ms / config.memory_ms))
        self._usual = RunningPercentile(start, low=-90, high=10, share=config.percentile, keep=keep)
        self._envelope = np.zeros(len(BANDS))
        self._peak = np.zeros(len(BANDS))
        self._count = 0
        self.reference_db = start
        self.level = np.zeros(len(BANDS))

    def step(self, power: np.ndarray, is_open: bool) -> np.ndarray:
        """Take the power of a column's bands, float [n_bands]; returns level."""
        amplitude = np.sqrt(power) if is_open else np.zeros(len(BANDS))
        rate = np.where(amplitude > self._envelope, self._attack, self._release)
        self._envelope = self._envelope + (amplitude - self._envelope) * rate
        if is_open:
            self._adapt()
        self.level = np.minimum(1.0, self._envelope * 10 ** (-self.reference_db / 20))
        return self.level

    def _adapt(self) -> None:
        self._peak = np.maximum(self._peak, self._envelope)
        self._count += 1
        if self._count == self._columns:
            peak_db = 20 * np.log10(np.maximum(self._peak, 1e-6))
            self._usual.add(peak_db, np.ones(len(BANDS), bool))
            self._peak = np.zeros(len(BANDS))
            self._count = 0
        goal = np.maximum(self._usual.value, self._config.floor_db)
        self.reference_db = self.reference_db + (goal - self.reference_db) * self._settle
