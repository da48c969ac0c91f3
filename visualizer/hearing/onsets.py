"""When something new sounds in a band: log-spectral flux over an adaptive median threshold.

Pure NumPy, on the listening thread, one column at a time. Causal: an onset is reported in the column in
which the flux first crosses the threshold, and its strength may still grow for 30 ms.

Source: S. Dixon, "Onset detection revisited", DAFx 2006 (spectral flux and median threshold).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from visualizer.hearing.bands import BANDS, ColumnSpec, Spectrum
from visualizer.hearing.levels import RunningPercentile


@dataclass(frozen=True)
class OnsetConfig:
    """Constants of the onsets, in milliseconds and dB of rise.

    Attributes:
        back_ms: the rise is measured against the sound this long ago.
        median_ms: span of the median that the threshold follows; it is taken anew every review_ms.
        above: how many medians the threshold lies above zero, and
        margin_db: how much is added to that, for each band.
        refractory_ms: shortest time between two onsets of a band.
        grow_ms: time during which an onset's strength may still grow.
        release_ms: time constant with which the envelope falls.
        soften_ms: time constant of the attack of the softened envelope that moves the picture.
        weakest_db: a usual onset of less than this much rise does not count as full strength.
        memory: onsets that decide what is usual.
        floor_db: power of a fine band below which changes are not heard.
        masked_db: changes this far below the column's whole power are not heard either, at 100 Hz; 20 dB further
            down for each decade above. Window leakage of a loud bass would count as rhythm otherwise.
    """

    back_ms: float = 20.0
    median_ms: float = 1000.0
    review_ms: float = 50.0
    above: float = 1.6
    margin_db: tuple[float, ...] = (5.0, 1.3, 1.3, 5.0, 3.0, 1.7, 1.5, 1.4)
    refractory_ms: float = 90.0
    grow_ms: float = 30.0
    release_ms: float = 180.0
    soften_ms: float = 20.0
    weakest_db: float = 3.0
    memory: float = 40.0
    floor_db: float = -72.0
    masked_db: float = -30.0

    def __post_init__(self) -> None:
        for item in fields(self):
            if (item.name.endswith("_ms") or item.name == "weakest_db") and getattr(self, item.name) <= 0:
                raise ValueError(f"OnsetConfig.{item.name} is {getattr(self, item.name)}: it must be positive")
        if len(self.margin_db) != len(BANDS):
            raise ValueError(f"OnsetConfig.margin_db has {len(self.margin_db)} numbers: one a band makes {len(BANDS)}")


class Onsets:
    """Onsets of every band.

    Attributes:
        envelope: float [n_bands], 0 to 1: at once to an onset's strength, then falling.
        softened: the same with a rise of 20 ms, for what must not jump.
        counts: int [n_bands], onsets since the start.
        flux: float [n_bands], dB of rise in the last column (0 while the gate is closed).
        median: float [n_bands], of the flux in the last second.
    """

    def __init__(self, spec: ColumnSpec, spectrum: Spectrum, config: OnsetConfig) -> None:
        def columns(ms: float) -> int:
            return max(1, round(ms / 1000 / spec.hop_s))

        n = len(BANDS)
        self._config, self._members = config, spectrum.members
        self._refractory, self._grow = columns(config.refractory_ms), columns(config.grow_ms)
        self._fall, self._soften = 1 - spec.share(config.release_ms), spec.share(config.soften_ms)
        self._floor = 10 ** (config.floor_db / 10)
        self._mask = 10 ** (config.masked_db / 10) * (100 / np.maximum(spectrum.centres_hz, 100)) ** 2
        self._margin = np.array(config.margin_db)
        self._threshold = self._margin
        self._review = columns(config.review_ms)
        self._past = np.zeros((columns(config.back_ms) + 1, spectrum.n_fine))
        self._fluxes = np.zeros((columns(config.median_ms), n))
        self._since = np.full(n, self._refractory)
        self._peak = np.zeros(n)
        self._usual = RunningPercentile(
            np.full(n, config.weakest_db), low=0, high=40, share=0.9, keep=1 - 1 / config.memory
        )
        self._column = 0
        self.envelope, self.softened, self.flux = np.zeros(n), np.zeros(n), np.zeros(n)
        self.median = np.zeros(n)
        self.counts = np.zeros(n, np.int64)

    def step(self, fine: np.ndarray, level: np.ndarray, is_open: bool) -> np.ndarray:
        """Take the power of a column's fine bands, float [n_fine], and the bands' levels; returns envelope."""
        # The gate closes slowly after a sound and opens at once: what rises behind it is noise.
        is_mute = not (is_open or fine.any() or self._past.any())
        rise = None if is_mute else self._rise(fine)
        self.flux = rise if is_open and rise is not None else np.zeros(len(self.envelope))
        self._follow_usual()
        if is_mute and (self._since >= self._grow).all():
            return self._fade()
        excess = self.flux - self._threshold
        self._since += 1
        new = (excess > 0) & (self._since >= self._refractory)
        self._since[new] = 0
        self.counts[new] += 1
        growing = self._since < self._grow
        self._peak = np.where(new, excess, np.where(growing, np.maximum(self._peak, excess), self._peak))
        usual = np.maximum(self._usual.value, self._config.weakest_db)
        # By the root of the level: what bleeds over from a neighbour band strikes hardly at all.
        strength = np.where(growing, np.minimum(self._peak / usual, 1.0) * np.sqrt(level), 0.0)
        self._usual.add(self._peak, self._since == self._grow)
        self.envelope = np.maximum(self.envelope * self._fall, strength)
        self.softened = self.softened + (self.envelope - self.softened) * self._soften
        return self.envelope

    def _follow_usual(self) -> None:
        """Remember the flux, and follow its median with the threshold from time to time."""
        if self._column % self._review == 0:
            middle = len(self._fluxes) // 2
            self.median = np.partition(self._fluxes, middle, axis=0)[middle]
            self._threshold = self._config.above * self.median + self._margin
        self._fluxes[self._column % len(self._fluxes)] = self.flux
        self._column += 1

    def _fade(self) -> np.ndarray:
        """A column of digital silence after silence: nothing begins or grows; returns envelope."""
        self._since += 1
        self.envelope = self.envelope * self._fall
        self.softened = self.softened + (self.envelope - self.softened) * self._soften
        return self.envelope

    def _rise(self, fine: np.ndarray) -> np.ndarray:
        """Mean rise of a band's fine bands in dB, float [n_bands], against the two columns 20 and 30 ms ago."""
        floor = self._floor + self._mask * fine.sum()
        before = 0.5 * (self._past[0] + self._past[1])
        # The floor of now on both sides: a floor that moves is no rise of the sound.
        rise = np.maximum(0.0, 10 * np.log10((fine + floor) / (before + floor)))
        self._past[:-1] = self._past[1:]
        self._past[-1] = fine
        return self._members @ rise
