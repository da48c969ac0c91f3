"""The sound of a recording: what is in the air from one moment to the next, without a break. The recorder's thread.

Files and inputs number their samples; the listening thread knows which of them is in the air when. In a pause, and
where nothing is heard, as much silence is recorded as time passes.
"""

from __future__ import annotations

import numpy as np

from mvnet.resample import Resampler
from visualizer.hearing.sources import Foreseen, Heard, Recordable, Source
from visualizer.rendering.video import SOUND_RATE

STANDING = 0.5  # share of the time that must have sounded: with less, the sound stands still or has just stopped
LEAP_S = 0.1  # more than the time that passed: the source's clock was set anew, or the machine slept


class RecordedSound:
    """Follows the sound in the air.

    Args:
        begun: time from which on it is recorded, seconds.

    Attributes:
        time: up to which it was recorded.
        balance_s: seconds of sound recorded beyond the seconds that passed: a sound card's clock is never quite ours.
    """

    def __init__(self, begun: float) -> None:
        self.time = begun
        self.balance_s = 0.0
        self._source: Source | Foreseen | None = None
        self._cursor = 0
        self._resampler: Resampler | None = None

    def until(self, time: float, heard: Heard | None) -> np.ndarray:
        """The sound from the last time to this one, less what the resampler still holds.

        Args:
            time: seconds, after the last.
            heard: what is in the air at that time; None for nothing.
        Returns:
            float32 [n, 2] at SOUND_RATE.
        """
        passed_s, self.time = time - self.time, time
        source = heard.source if heard is not None else None
        rest = np.zeros((0, 2), np.float32)
        if source is not self._source or self._resampler is None:
            rest = self.finish()
            self._source = source
            self._cursor = int(heard.sample) if heard is not None else 0
            self._resampler = Resampler(source.rate if source is not None else SOUND_RATE, SOUND_RATE, channels=2)
        rate = self._resampler.from_rate
        samples = self._read(int(heard.sample) if heard is not None else 0, passed_s * rate)
        self.balance_s += len(samples) / rate - passed_s
        return np.concatenate((rest, self._resampler.push(samples)))

    def finish(self) -> np.ndarray:
        """What the resampler still holds, float32 [n, 2]."""
        resampler, self._resampler = self._resampler, None
        nothing = np.zeros((0, 2), np.float32)
        return nothing if resampler is None else resampler.push(nothing, last=True)

    def _read(self, stop: int, passed: float) -> np.ndarray:
        """What was heard up to a sample; filled with silence while the sound stands."""
        source, wanted = self._source, round(passed)
        samples = np.zeros((0, 2), np.float32)
        if isinstance(source, Recordable):
            samples, self._cursor, gap = source.read_stereo(self._cursor, max(stop, self._cursor))
            samples = np.concatenate((np.zeros((min(gap, wanted), 2), np.float32), samples))
            if len(samples) > wanted + LEAP_S * source.rate:
                samples = samples[-wanted:]
        if len(samples) < STANDING * wanted:
            samples = np.concatenate((samples, np.zeros((wanted - len(samples), 2), np.float32)))
        return samples
