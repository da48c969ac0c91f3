"""Time turned by hand, and devices that run on it: a live input and a file that is known ahead."""

from __future__ import annotations

import numpy as np


class HandClock:
    """Seconds that pass only when a test says so."""

    def __init__(self, now: float = 100.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


class LiveInput:
    """A microphone that hears a given sound from now on, in whole blocks, as the clock goes on.

    Args:
        sound: float32 [n]; silence follows.
        rate: Hz.
        clock: turned by hand.
        block: samples that arrive together.
        latency_s: that the device reports.
    """

    def __init__(
        self, sound: np.ndarray, rate: float, clock: HandClock, *, block: int = 480, latency_s: float = 0.0
    ) -> None:
        self.rate = rate
        self.latency_s = latency_s
        self.overflows = 0
        self.began = clock()
        self._sound, self._clock, self._block = sound.astype(np.float32), clock, block

    @property
    def heard(self) -> int:
        return int((self._clock() - self.began) * self.rate + 1e-6) // self._block * self._block

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        heard = self.heard
        return sounding(self._sound, cursor, heard), heard, 0

    def arrives(self, sample: int) -> float:
        """When a sample has arrived."""
        return self.began + (sample // self._block + 1) * self._block / self.rate


class AheadFile:
    """A playing file: `ahead_s` of it are known before they are heard.

    Args:
        sound: float32 [n].
        rate: Hz.
        clock: turned by hand.
    """

    def __init__(self, sound: np.ndarray, rate: float, clock: HandClock, *, ahead_s: float = 1.5) -> None:
        self.rate = rate
        self.began = clock()
        self._sound, self._clock, self._ahead_s = sound.astype(np.float32), clock, ahead_s

    @property
    def heard(self) -> int:
        return int(self.audible(self._clock()))

    @property
    def known(self) -> int:
        return min(len(self._sound), int(self.audible(self._clock() + self._ahead_s)))

    @property
    def left(self) -> int:
        return 0

    @property
    def jump(self) -> int:
        return 0

    def audible(self, time: float) -> float:
        return min(max(0.0, (time - self.began) * self.rate), float(len(self._sound)))

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        return self.read_ahead(cursor, self.heard)

    def read_ahead(self, cursor: int, stop: int) -> tuple[np.ndarray, int, int]:
        samples = self._sound[cursor : max(cursor, min(stop, self.known))]
        return samples, cursor + len(samples), 0


def sounding(sound: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Samples start to stop of a sound that silence follows."""
    inside = sound[start:stop]
    return np.concatenate((inside, np.zeros(stop - start - len(inside), np.float32)))


def clicks(rate: float, seconds: float, at_s: list[float], *, seed: int = 0) -> np.ndarray:
    """Strokes of 30 ms at known times in very quiet noise, float32 [n]."""
    rng = np.random.default_rng(seed)
    sound = 1e-5 * rng.standard_normal(round(seconds * rate))
    n = round(0.03 * rate)
    t = np.arange(n) / rate
    stroke = 0.7 * np.exp(-t * 100) * (np.sin(2 * np.pi * 70 * t) + 0.5 * rng.standard_normal(n))
    for second in at_s:
        start = round(second * rate)
        sound[start : start + n] += stroke[: len(sound) - start]
    return sound.astype(np.float32)
