"""The beat: tempo from the autocorrelation of the onset strength, phase locked to its peaks.

Pure NumPy, on the pipeline thread. Causal: four times a second the last eight seconds are looked at
again; in between the phase runs on by itself. Where nothing repeats, the confidence is low and no beat
is made up.

Source: autocorrelation with a log-Gaussian prior as in D. Ellis, "Beat tracking by dynamic
programming", JNMR 36 (2007); the phase follows like a phase-locked loop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visualizer.bands import ColumnSpec

KEEP = 1.15  # advantage of the tempo that is already followed
LEAST_RHYTHM = 0.2  # root mean square of the rhythm, in dB of flux, below which nothing strikes


@dataclass(frozen=True)
class TempoConfig:
    """Constants of the beat.

    Attributes:
        slowest, fastest: range of the tempo in beats a minute.
        likely, octaves: centre (beats a minute) and width of the prior.
        history_ms: how far back is looked; needed_ms: how much must have been heard before an estimate.
        every_ms: time between two estimates.
        mean_ms: span of the mean that is taken off the onset strength.
        lock, unlock: confidence at which beats begin and end.
        pull: share of a phase error that one estimate corrects.
        unsure, sure: repetition (0 to 1) that gives confidence 0 and 1.
    """

    slowest: float = 50.0
    fastest: float = 200.0
    likely: float = 115.0
    octaves: float = 1.3
    history_ms: float = 8000.0
    needed_ms: float = 3000.0
    every_ms: float = 250.0
    mean_ms: float = 400.0
    lock: float = 0.45
    unlock: float = 0.3
    pull: float = 0.35
    unsure: float = 0.27
    sure: float = 0.65

    def __post_init__(self) -> None:
        if not 0 < self.slowest < self.fastest:
            raise ValueError(f"TempoConfig: {self.slowest} to {self.fastest} beats a minute is no range")
        if not 0 < self.needed_ms <= self.history_ms:
            raise ValueError(f"TempoConfig.needed_ms is {self.needed_ms}: use up to history_ms ({self.history_ms})")
        if not 0 <= self.unlock <= self.lock <= 1:
            raise ValueError(f"TempoConfig: unlock {self.unlock} and lock {self.lock} must rise from 0 to 1")
        if not 0 <= self.unsure < self.sure <= 1:
            raise ValueError(f"TempoConfig: unsure {self.unsure} and sure {self.sure} must rise from 0 to 1")


class Tempo:
    """Tempo, beat phase and confidence of a stream of onset strengths.

    Attributes:
        bpm: beats a minute; 0 before anything repeated.
        confidence: 0 to 1.
        phase: 0 (on the beat) to 1 (the next beat).
        beats: beats since the start; counted only while the confidence holds.
    """

    REPEATS = 4  # periods over which a candidate must repeat
    PULSES = 12  # beats that vote on the phase

    def __init__(self, spec: ColumnSpec, config: TempoConfig) -> None:
        self._config, self._hop_s = config, spec.hop_s
        self._strength = np.zeros(round(config.history_ms / 1000 / spec.hop_s))
        self._needed = round(config.needed_ms / 1000 / spec.hop_s)
        self._every = max(1, round(config.every_ms / 1000 / spec.hop_s))
        self._mean = max(1, round(config.mean_ms / 1000 / spec.hop_s))
        octaves = np.log2(config.fastest / config.slowest)
        self._candidates = config.slowest * 2 ** np.linspace(0, octaves, round(144 * octaves) + 1)  # 0.5 % apart
        self._lags = 60 / self._candidates / spec.hop_s  # columns
        self._prior = np.exp(-0.5 * (np.log2(self._candidates / config.likely) / config.octaves) ** 2)
        self._heard = 0
        self._rival = 0.0
        self._out = 0
        self._locked = False
        self._since_beat = 0.0
        self.bpm = self.confidence = self.phase = 0.0
        self.beats = 0

    def step(self, strength: float) -> None:
        """Take the onset strength of the next column."""
        self._strength[:-1] = self._strength[1:]
        self._strength[-1] = strength
        self._heard += 1
        if self._heard % self._every == 0 and self._heard >= self._needed:
            self._estimate()
        if self.bpm <= 0:
            return
        per_column = self.bpm / 60 * self._hop_s
        self._since_beat += per_column
        self.phase += per_column
        if self.phase >= 1:
            self.phase -= 1
            if self._locked and self._since_beat > 0.5:
                self.beats += 1
                self._since_beat = 0.0

    def _estimate(self) -> None:
        recent = self._strength[-min(self._heard, len(self._strength)) :]
        rhythm = self._rhythm(recent)
        bpm, repetition = self._period(rhythm)
        config = self._config
        self.confidence = float(np.clip((repetition - config.unsure) / (config.sure - config.unsure), 0, 1))
        self._locked = self.confidence > (config.unlock if self._locked else config.lock)
        if self.confidence <= config.unlock:
            return
        self._follow(bpm)
        self._align(np.maximum(rhythm, 0))

    def _rhythm(self, strength: np.ndarray) -> np.ndarray:
        """What stands out of the local mean, a little widened so that a hop of jitter still repeats."""
        kernel = np.ones(self._mean) / self._mean
        above = np.maximum(0.0, strength - np.convolve(strength, kernel, "same"))
        return np.convolve(above, [0.1, 0.25, 0.3, 0.25, 0.1], "same")

    def _period(self, rhythm: np.ndarray) -> tuple[float, float]:
        """The likeliest tempo and how well the rhythm repeats with it, 0 to 1."""
        centred = rhythm - rhythm.mean()
        n = len(centred)
        size = 1 << (2 * n - 1).bit_length()
        spectrum = np.fft.rfft(centred, size)
        similar = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size)[:n]
        if similar[0] <= n * LEAST_RHYTHM**2:
            return self.bpm, 0.0
        similar = similar / similar[0] * n / np.maximum(n - np.arange(n), n / 8)
        multiples = self._lags[None] * np.arange(1, self.REPEATS + 1)[:, None]  # [repeats, candidates]
        inside = multiples < 0.8 * n
        combs = np.where(inside, np.interp(multiples, np.arange(n), similar), np.nan)
        repetition = np.nanmean(combs, axis=0)
        # A candidate must repeat at every multiple, not only at every other (then it is half the period), and
        # what repeats as well at half the lag is two beats.
        half = np.interp(self._lags / 2, np.arange(n), similar)
        score = 0.5 * repetition + 0.5 * np.nanmin(combs, axis=0) - np.maximum(0.0, half - 0.6 * repetition)
        score = score * self._prior * np.where(np.abs(self._candidates - self.bpm) < 0.04 * self.bpm, KEEP, 1.0)
        best = int(np.argmax(score))
        shift = _summit(repetition, best)
        step = self._candidates[1] / self._candidates[0]
        return float(self._candidates[best] * step**shift), float(repetition[best])

    def _follow(self, bpm: float) -> None:
        """Take a new tempo: nearby ones at once and smoothly, others when they win twice."""
        if self.bpm > 0 and abs(bpm / self.bpm - 1) < 0.04:
            self.bpm += 0.5 * (bpm - self.bpm)
            self._rival = 0.0
        elif self.bpm <= 0 or (self._rival > 0 and abs(bpm / self._rival - 1) < 0.04):
            self.bpm, self._rival = bpm, 0.0
        else:
            self._rival = bpm

    def _align(self, rhythm: np.ndarray) -> None:
        """Pull the phase towards the pulse train that meets most onsets."""
        n, period = len(rhythm), 60 / self.bpm / self._hop_s
        since = np.linspace(0, 1, 64, endpoint=False)  # beats from the last pulse to now
        k = np.arange(min(self.PULSES, int(n / period)))
        at = n - 1 - (since[:, None] + k[None]) * period  # [64, pulses]
        votes = np.interp(at, np.arange(n), rhythm, left=0.0) @ 0.9**k
        if votes.max() <= 0:
            return
        away = (since - self.phase + 0.5) % 1 - 0.5
        votes = votes * (1 + 0.2 * np.cos(2 * np.pi * away))
        best = int(np.argmax(votes))
        error = (since[best] + _summit(votes, best) / 64 - self.phase + 0.5) % 1 - 0.5
        self._out = self._out + 1 if abs(error) > 0.2 else 0
        if self._out >= 2 or not self._locked or self.beats == 0:
            pull, self._out = 1.0, 0
        else:
            pull = self._config.pull if self._out == 0 else 0.0
        self.phase = float((self.phase + pull * error) % 1)


def _summit(values: np.ndarray, at: int) -> float:
    """Where the parabola through a peak and its neighbours is highest, in steps from the peak (-0.5 to 0.5)."""
    if not 0 < at < len(values) - 1:
        return 0.0
    left, middle, right = values[at - 1 : at + 2]
    bend = left - 2 * middle + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0
