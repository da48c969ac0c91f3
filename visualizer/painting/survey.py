"""A whole piece at a glance: how loud it is, and as what it is heard, from its first second to its last. No Qt.

Made in the background while the piece plays, for the seek line. It hears the file with the same front end and
encoder as the live path, a window each few seconds, and rests between, so that paintings and sound keep
the processor.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mvnet.frontend import RollingMel
from mvnet.periods import PERIODS
from mvnet.resample import Resampler
from visualizer.files.decode import AudioFile, to_mono
from visualizer.painting.engine import Model

BINS_PER_S = 10.0  # loudness while reading; a seek line has fewer points
MOST_BINS = 20_000  # half an hour at that rate; of longer pieces neighbours are put together
STEP_S = 2.5  # between two windows
FIRST_S = 3.0  # of sound before the first window is worth hearing
SHOW_EVERY_S = 20.0  # of sound between two states of an unfinished survey
REST = 4.0  # seconds of rest for one of work


@dataclass(frozen=True)
class Survey:
    """A piece as far as it has been heard.

    Attributes:
        path: the piece.
        duration_s: of the whole piece; 0.0 while the file does not say and the end is not reached.
        heard_s: how far it was heard.
        loudness: float32 [n], root mean square from 0 to 1 of equal parts from the start to heard_s.
        times: float32 [k], seconds, the middles of the windows, rising.
        periods: float32 [k, 5], probabilities in the order of mvnet.periods.PERIODS.
    """

    path: Path
    duration_s: float
    heard_s: float
    loudness: np.ndarray
    times: np.ndarray
    periods: np.ndarray

    def loudness_at(self, points: int) -> np.ndarray:
        """The loudest of each of `points` equal parts of the whole piece, float32 [points]; 0 where not heard yet."""
        found = np.zeros(points, np.float32)
        if not len(self.loudness) or self.duration_s <= 0:
            return found
        heard = min(points, max(1, round(points * self.heard_s / self.duration_s)))
        # Where points are closer than parts, reduceat gives each point the part that it lies in.
        first = np.minimum((np.arange(heard) * len(self.loudness)) // heard, len(self.loudness) - 1)
        found[:heard] = np.maximum.reduceat(self.loudness, first)
        return found

    def periods_at(self, points: int) -> np.ndarray:
        """Probabilities at the middles of `points` equal parts, float32 [points, 5]; zeros when nothing was heard."""
        if not len(self.times):
            return np.zeros((points, len(PERIODS)), np.float32)
        at = (np.arange(points) + 0.5) * self.duration_s / points
        found = [np.interp(at, self.times, self.periods[:, index]) for index in range(len(PERIODS))]
        return np.stack(found, axis=1).astype(np.float32)


def survey_piece(
    path: Path,
    model: Model,
    *,
    stop: Callable[[], bool] = lambda: False,
    rest: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Survey]:
    """Hear a piece from its start to its end; gives what is known so far every SHOW_EVERY_S, and at last all of it.

    Args:
        path: a sound file.
        model: whose encoder listens.
        stop: asked after each second of sound; True ends it.
        rest: called with seconds to rest, after each second of sound.
        clock: seconds, to know how much work that was.
    Raises:
        VisualizerError: the file cannot be read.
    """
    spec = model.card.spec
    with AudioFile(path) as sound:
        rolling, resampler = RollingMel(spec), Resampler(sound.rate, spec.sample_rate)
        loudness: list[np.ndarray] = []
        times: list[float] = []
        periods: list[np.ndarray] = []
        due_s, shown_s, started = FIRST_S, 0.0, clock()
        for block in sound.blocks(max(1, sound.rate)):
            mono = to_mono(block)
            rolling.push(resampler.push(mono))
            loudness.append(_loudness(mono, sound.rate))
            heard_s = sound.position / sound.rate
            if heard_s >= due_s:
                times.append(max(heard_s / 2, heard_s - spec.window_seconds / 2))
                periods.append(model.encode(rolling.window()[None])[1][0])
                due_s += STEP_S
            if heard_s - shown_s >= SHOW_EVERY_S and not stop():
                shown_s = heard_s
                yield _survey(path, sound.duration_s, heard_s, loudness, times, periods)
            rest(REST * (clock() - started))
            if stop():
                return
            started = clock()
        heard_s = sound.position / sound.rate
        if not times and heard_s > 0:  # shorter than FIRST_S
            times.append(heard_s / 2)
            periods.append(model.encode(rolling.window()[None])[1][0])
        yield _survey(path, heard_s, heard_s, loudness, times, periods)


def _loudness(mono: np.ndarray, rate: float) -> np.ndarray:
    """Root mean square of each tenth of a second, float32 [n], at most 1; an incomplete one counts."""
    size = max(1, round(rate / BINS_PER_S))
    parts = np.array_split(mono, range(size, len(mono), size))
    return np.array([min(1.0, float(np.sqrt(np.mean(np.square(part))))) for part in parts if len(part)], np.float32)


def _survey(
    path: Path,
    duration_s: float,
    heard_s: float,
    loudness: list[np.ndarray],
    times: list[float],
    periods: list[np.ndarray],
) -> Survey:
    joined = np.concatenate(loudness)
    if len(joined) > MOST_BINS:
        joined = np.array([part.max() for part in np.array_split(joined, MOST_BINS)], np.float32)
    return Survey(
        path,
        duration_s,
        heard_s,
        joined,
        np.array(times, np.float32),
        np.array(periods, np.float32).reshape(-1, len(PERIODS)),
    )
