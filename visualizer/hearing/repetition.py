"""With which periods a rhythm repeats: autocorrelation of the onset strength at each tempo and its multiples.

Pure NumPy, on the listening thread, four times a second.

Source: autocorrelation of the onset strength as in D. Ellis, "Beat tracking by dynamic programming", JNMR 36 (2007).
"""

from __future__ import annotations

import numpy as np

STEPS = 144  # tempi in an octave, 0.5 % apart
LEAST_RHYTHM = 0.2  # root mean square of the rhythm, in dB of flux, below which nothing strikes
REPEATS = 4  # periods over which a tempo must repeat
MEAN_SHARE, WORST_SHARE, BAR_SHARE = 0.3, 0.2, 0.5  # what counts of the repeats: all, the worst, three or four beats
PEAK = 0.25  # share of the best repetition that a peak must reach


class Repetition:
    """How well rhythms repeat with each tempo of a range.

    Args:
        hop_s: seconds between columns.
        slowest, fastest: the range, beats a minute.
        mean_s: span of the local mean that a rhythm stands out of.

    Attributes:
        hop_s: as given.
        bpm: float [m], the tempi, rising.
    """

    def __init__(self, hop_s: float, slowest: float, fastest: float, mean_s: float) -> None:
        self.hop_s = hop_s
        octaves = np.log2(fastest / slowest)
        self.bpm = slowest * 2 ** np.linspace(0, octaves, round(STEPS * octaves) + 1)
        self._lags = 60 / self.bpm / hop_s  # columns
        self._mean = max(1, round(mean_s / hop_s))

    def rhythm(self, strength: np.ndarray) -> np.ndarray:
        """What stands out of the local mean, a little widened so that a hop of jitter still repeats; float [n]."""
        kernel = np.ones(self._mean) / self._mean
        above = np.maximum(0.0, strength - np.convolve(strength, kernel, "same"))
        return np.convolve(above, [0.1, 0.25, 0.3, 0.25, 0.1], "same")

    def measure(self, rhythm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How well the rhythm repeats with each tempo, up to 1, and how well that fits a beat's multiples; [m] each."""
        centred = rhythm - rhythm.mean()
        n = len(centred)
        size = 1 << (2 * n - 1).bit_length()
        spectrum = np.fft.rfft(centred, size)
        similar = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size)[:n]
        if similar[0] <= n * LEAST_RHYTHM**2:
            return np.zeros(len(self._lags)), np.zeros(len(self._lags))
        similar = similar / similar[0] * n / np.maximum(n - np.arange(n), n / 8)
        multiples = self._lags[None] * np.arange(1, REPEATS + 1)[:, None]  # [repeats, m]
        combs = np.where(multiples < 0.8 * n, np.interp(multiples, np.arange(n), similar), np.nan)
        repetition = np.nanmean(combs, axis=0)
        # A tempo must repeat at every multiple, not only at every other (then it is half the period); the bar
        # tells the beat of a syncopated rhythm from three quarters of it.
        bar = np.fmax(combs[2], combs[3])
        bar = np.where(np.isnan(bar), repetition, bar)
        fit = MEAN_SHARE * repetition + WORST_SHARE * np.nanmin(combs, axis=0) + BAR_SHARE * bar
        # What repeats as well at half the lag is two beats.
        half = np.interp(self._lags / 2, np.arange(n), similar)
        return repetition, fit - np.maximum(0.0, half - 0.6 * repetition)

    def peaks(self, repetition: np.ndarray) -> np.ndarray:
        """Places of the tempi that repeat better than those beside them, int [p]."""
        middle = repetition[1:-1]
        higher = (middle >= repetition[:-2]) & (middle > repetition[2:])
        return np.flatnonzero(higher & (middle > PEAK * repetition.max())) + 1

    def tempo(self, repetition: np.ndarray, at: int) -> float:
        """Beats a minute at the summit beside a place."""
        return float(self.bpm[at] * 2 ** (summit(repetition, at) / STEPS))


def bent(strokes: np.ndarray, hop_s: float, rise: float) -> np.ndarray:
    """What was struck, float [n] or [n, drums], on a clock that has run with a tempo which rose evenly until now.

    Args:
        hop_s: seconds between columns.
        rise: share by which the tempo rises in a second; beats that came faster and faster lie evenly then, as far
            apart as they are now.
    """
    ago = hop_s * np.arange(1 - len(strokes), 1)
    # Beats that pass within t seconds of now go as t + rise t^2 / 2; this is where that has even steps.
    turned = np.maximum(1 + 2 * rise * ago, 0.0)
    at = (np.sqrt(turned) - 1) / rise
    return np.apply_along_axis(lambda drum: np.interp(at, ago, drum, left=0.0), 0, strokes)


def summit(values: np.ndarray, at: int) -> float:
    """Where the parabola through a peak and its neighbours is highest, in steps from the peak (-0.5 to 0.5)."""
    if not 0 < at < len(values) - 1:
        return 0.0
    left, middle, right = values[at - 1 : at + 2]
    bend = left - 2 * middle + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0
