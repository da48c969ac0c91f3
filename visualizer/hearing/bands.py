"""The spectrum of the fast path: short columns of the sound and the frequency bands read from them.

Pure NumPy, on the listening thread. The encoder's mel columns are too long (46 ms) and too coarse in
the bass for rhythm, so the analyser cuts columns of its own: 23 ms long, every 10 ms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Band:
    """A range of frequencies, in Hz."""

    name: str
    low_hz: float
    high_hz: float


KICK, SNARE, HAT = 0, 1, 2
BANDS = (
    Band("kick", 30, 150),
    Band("snare", 150, 2500),
    Band("hat", 5000, 10_000),
    Band("bass", 20, 140),
    Band("low", 140, 400),
    Band("mid", 400, 1600),
    Band("treble", 1600, 5000),
    Band("air", 5000, 11_025),
)


@dataclass(frozen=True)
class ColumnSpec:
    """How sound is cut into columns.

    Attributes:
        sample_rate: Hz.
        n_fft: samples in one column, Hann window.
        hop: samples between columns; 220 at 22,050 Hz are 9.98 ms.
    """

    sample_rate: int = 22_050
    n_fft: int = 512
    hop: int = 220

    def __post_init__(self) -> None:
        if not 0 < self.hop <= self.n_fft:
            raise ValueError(f"ColumnSpec.hop is {self.hop}: use 1 to n_fft ({self.n_fft})")
        if self.sample_rate < 2 * BANDS[0].high_hz:
            raise ValueError(f"ColumnSpec.sample_rate is {self.sample_rate} Hz: too low for the bands")

    @classmethod
    def at(cls, sample_rate: int) -> ColumnSpec:
        """Columns at least 20 ms long, every 10 ms or a little less, for a sample rate in Hz."""
        return cls(sample_rate, 1 << (sample_rate // 50).bit_length(), sample_rate // 100)

    @property
    def hop_s(self) -> float:
        """Seconds between columns."""
        return self.hop / self.sample_rate

    def share(self, ms: float) -> float:
        """How far an exponential smoother with this time constant goes in one hop, 0 to 1."""
        return float(1 - np.exp(-self.hop_s * 1000 / ms))


class Spectrum:
    """Power of one column at a time, in full, in bands and in fine bands.

    Fine bands are single bins up to 600 Hz and quarter octaves above: narrow enough to notice one new
    note, wide enough that steady noise hardly flickers.

    Attributes:
        members: float [n_bands, n_fine], weights that average fine bands into bands; rows sum to 1.
        centres_hz: float [n_fine], middles of the fine bands.
    """

    def __init__(self, spec: ColumnSpec) -> None:
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(spec.n_fft) / spec.n_fft)
        # With this scale the powers of all bins add up to the mean square of the sound (Parseval).
        self._window = window * np.sqrt(2 / (spec.n_fft * np.sum(window**2)))
        hz = np.arange(spec.n_fft // 2 + 1) * spec.sample_rate / spec.n_fft
        self._starts = _fine_starts(hz)
        self._bins = np.stack([(hz >= band.low_hz) & (hz < band.high_hz) for band in BANDS]).astype(np.float64)
        self.centres_hz = np.add.reduceat(hz, self._starts) / np.diff(np.append(self._starts, len(hz)))
        inside = np.stack(
            [(self.centres_hz >= band.low_hz) & (self.centres_hz < band.high_hz) for band in BANDS]
        ).astype(np.float64)
        self.members = inside / np.maximum(inside.sum(1, keepdims=True), 1)
        self.n_fine = len(self._starts)

    def column(self, samples: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Analyse one column, float [n_fft].

        Returns:
            Mean square of the whole column, power [n_bands], power [n_fine]; a sine of full scale has 0.5.
        """
        if not samples.any():
            return 0.0, np.zeros(len(BANDS)), np.zeros(self.n_fine)
        spectrum = np.fft.rfft(samples * self._window)
        power = spectrum.real**2 + spectrum.imag**2
        power[0] = 0.0  # a constant offset is not sound
        return float(power.sum()), self._bins @ power, np.add.reduceat(power, self._starts)


def _fine_starts(hz: np.ndarray) -> np.ndarray:
    """First bin of each fine band: every bin below 600 Hz, then quarter octaves."""
    starts = [int(index) for index in np.flatnonzero(hz < 600)]
    edge = 600.0
    while edge < hz[-1]:
        index = int(np.searchsorted(hz, edge))
        if index > starts[-1]:
            starts.append(index)
        edge *= 2**0.25
    return np.array(starts)
