"""A beat tapped by hand: tempo and place from the times of the last taps.

Pure, on injected time; the listening thread hands the taps on to visualizer.hearing.tempo.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

SLOWEST, FASTEST = 30.0, 300.0  # beats a minute that can be tapped
REMEMBERED = 8  # taps; more would follow a change of mind too slowly
STRAY = 0.3  # of a beat: a tap further off than this from where the last ones lead begins anew


@dataclass(frozen=True)
class TappedBeat:
    """A tapped tempo in beats a minute, and the time in seconds of its latest beat."""

    bpm: float
    at_s: float


class Taps:
    """The last taps of one row: a pause, or a tap far off the others, begins a new row."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, at_s: float) -> TappedBeat | None:
        """Take a tap at a time in seconds; the beat that the row makes, None after its first tap.

        A tap sooner after the last than the fastest tempo allows is a bounce and counts as none.
        """
        times = self._times
        if times and 0 <= at_s - times[-1] < 60 / FASTEST:
            return None
        if times and not 0 < at_s - times[-1] <= 60 / SLOWEST:
            times.clear()
        elif len(times) >= 2:
            beat = self._beat()
            if abs(at_s - beat.at_s - 60 / beat.bpm) > STRAY * 60 / beat.bpm:
                last = times[-1]
                times.clear()
                times.append(last)
        times.append(at_s)
        return self._beat() if len(times) >= 2 else None

    def _beat(self) -> TappedBeat:
        """The straight line through the taps: their unevenness is averaged away, in tempo and in place."""
        index, times = np.arange(len(self._times)), np.array(self._times)
        interval = float(np.polyfit(index, times, 1)[0])
        latest = float(times.mean() + interval * (index[-1] - index.mean()))
        return TappedBeat(60 / interval, latest)
