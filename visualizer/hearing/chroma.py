"""Which of the twelve pitch classes sound: the harmony of the moment.

Pure NumPy, on the listening thread. Notes lie closer together than the fast columns can tell apart, so
this looks at longer columns (186 ms), every 80 ms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visualizer.hearing.bands import ColumnSpec

PITCH_CLASSES = 12


@dataclass(frozen=True)
class ChromaConfig:
    """Constants of the chroma.

    Attributes:
        column_ms: length of one column, rounded up to the next power of two of samples.
        every: fast columns between two of these.
        smooth_ms: time constant.
        low_hz, high_hz: range of the notes.
    """

    column_ms: float = 165.0
    every: int = 8
    smooth_ms: float = 800.0
    low_hz: float = 100.0
    high_hz: float = 2000.0

    def __post_init__(self) -> None:
        for name in ("column_ms", "every", "smooth_ms"):
            if getattr(self, name) <= 0:
                raise ValueError(f"ChromaConfig.{name} is {getattr(self, name)}: it must be positive")
        if not 0 < self.low_hz < self.high_hz:
            raise ValueError(f"ChromaConfig: {self.low_hz} to {self.high_hz} Hz is no range of notes")


class Chroma:
    """Smoothed share of each pitch class in the sound.

    Attributes:
        n_fft: samples in one column.
        value: float [12], C first; sums to 1 in music, fades to 0 in silence.
    """

    def __init__(self, spec: ColumnSpec, config: ChromaConfig) -> None:
        n_fft = max(spec.n_fft, 1 << round(config.column_ms / 1000 * spec.sample_rate).bit_length())
        self.n_fft = n_fft
        self._window = np.hanning(n_fft)
        hz = np.arange(n_fft // 2 + 1) * spec.sample_rate / n_fft
        first, last = np.searchsorted(hz, (config.low_hz, config.high_hz))
        self._bins = slice(int(first), int(last))
        note = 12 * np.log2(hz[self._bins] / 440) + 9  # semitones above C
        distance = np.abs((note[None] - np.arange(PITCH_CLASSES)[:, None] + 6) % 12 - 6)  # [12, n]
        self._fold = np.maximum(0.0, 1 - distance)
        self._rate = float(1 - np.exp(-config.every * spec.hop_s * 1000 / config.smooth_ms))
        self.value = np.zeros(PITCH_CLASSES)

    def step(self, samples: np.ndarray, is_open: bool) -> np.ndarray:
        """Take the last n_fft samples; returns value."""
        goal = np.zeros(PITCH_CLASSES)
        if is_open:
            spectrum = np.fft.rfft(samples * self._window)[self._bins]
            goal = self._fold @ np.abs(spectrum)
            goal = goal / max(float(goal.sum()), 1e-9)
        self.value = self.value + (goal - self.value) * self._rate
        return self.value
