"""Finds lost samples by ear: a steady tone whose phase jumps was cut.

Counters tell what a sound system knows it lost; the phase of a tone also shows what it lost without
knowing. Used by `visualizer selftest audio`, on the thread that reads the input.
"""

from __future__ import annotations

import numpy as np

WINDOW, STEP = 1024, 512  # samples looked at together, and between looks: each counts fully once
QUIET = 1e-3  # amplitude below which there is no tone
FADED = 0.97  # of its amplitude: the tone was interrupted
FOLLOW, DRIFT = 0.25, 0.02  # of each step: two clocks that disagree a little are followed


class ToneTracker:
    """Follows one steady tone through a stream and counts the places where it was cut.

    Every window is turned back by the tone's frequency, which leaves its phase: constant while nothing is
    missing, and higher by 2 pi f / rate for each sample that is. Whole periods cancel out, so `missing` is
    what must be missing at the least; choose a frequency whose period is no whole number of samples.

    Args:
        rate: Hz.
        frequency: of the tone, Hz.

    Attributes:
        heard: samples in which the tone was.
        breaks: times it was cut or went away.
        missing: samples cut out, at the least.
    """

    def __init__(self, rate: float, frequency: float) -> None:
        if not 0 < frequency < rate / 2:
            raise ValueError(f"a tone of {frequency} Hz cannot be followed at {rate} Hz")
        self.heard = 0
        self.breaks = 0
        self.missing = 0
        self._step = 2 * np.pi * frequency / rate  # phase of one sample
        self._window = np.hanning(WINDOW) * np.exp(-1j * self._step * np.arange(WINDOW))
        self._scale = 2 / np.hanning(WINDOW).sum()
        self._rest = np.zeros(0, np.float32)
        self._turn = 0.0  # phase of the tone at the next window, as if never cut
        self._settled: float | None = None  # phase that held so far
        self._before = 0.0
        self._drift = 0.0
        self._amplitude = 0.0
        self._broken = False

    def push(self, samples: np.ndarray) -> None:
        """Hear the next samples, float32 [n]."""
        samples = np.concatenate((self._rest, samples))
        n = max(0, (len(samples) - WINDOW) // STEP + 1)
        for start in range(0, n * STEP, STEP):
            value = complex(samples[start : start + WINDOW] @ self._window) * self._scale
            self._follow(abs(value), float(np.angle(value)) - self._turn)
            self._turn = (self._turn + STEP * self._step) % (2 * np.pi)
        self._rest = samples[n * STEP :]

    def _follow(self, amplitude: float, phase: float) -> None:
        if self._settled is None:
            self._begin(amplitude, phase)
            return
        if not self._amplitude * FADED < amplitude < self._amplitude / FADED:
            self._break()
            return
        self.heard += STEP
        self._settled += self._drift
        moved = _wrapped(phase - self._settled)
        if abs(moved) < self._step / 2:
            self._broken = False
            self._drift += DRIFT * moved
            self._settled += FOLLOW * moved
        else:
            self._break()
            if abs(_wrapped(phase - self._before)) < self._step / 2:  # it holds again, elsewhere
                self.missing += max(1, round((moved % (2 * np.pi)) / self._step))
                self._settled, self._broken = phase, False
        self._before = phase

    def _begin(self, amplitude: float, phase: float) -> None:
        """Take the phase once two windows in a row agree: the first may hold the tone's beginning."""
        if amplitude > QUIET and FADED < amplitude / max(self._amplitude, QUIET) < 1 / FADED:
            self._settled = phase
        self._before, self._amplitude = phase, amplitude

    def _break(self) -> None:
        if not self._broken:
            self.breaks += 1
        self._broken = True


def tone_frequency(samples: np.ndarray, rate: float) -> float | None:
    """Frequency in Hz of the steady tone that samples, float32 [n], are; None when they are something else."""
    if len(samples) < 4 * WINDOW:
        return None
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    top = int(np.argmax(spectrum))
    if not 2 <= top < len(spectrum) - 2 or spectrum[top] * 2 / len(samples) < QUIET:
        return None
    near = spectrum[top - 2 : top + 3]
    if np.sum(near**2) < 0.99 * np.sum(spectrum**2):
        return None
    left, middle, right = np.log(near[1:4] + 1e-30)
    offset = 0.5 * (left - right) / (left - 2 * middle + right)  # the top of a parabola through three bins
    return float((top + offset) * rate / len(samples))


def _wrapped(phase: float) -> float:
    """The same angle within (-pi, pi]."""
    return float(-((np.pi - phase) % (2 * np.pi) - np.pi))
