"""Measures how long a stroke takes from its sample to the picture, through the real pipeline in real time.

Strokes at known samples go in; a screen that is refreshed 60 times a second, on the calling thread, notes when the
features it would draw and the paintings it would show have them. What a device's own buffers add is left out: the
input delivers each sample as it sounds.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from visualizer.hearing.listening import DISPLAY_S
from visualizer.painting.engine import Model, Painting
from visualizer.painting.latest import Latest
from visualizer.painting.pipeline import Pipeline
from visualizer.sound.playback import Player

RATE = 48_000
REFRESH_HZ = 60.0
WARM_S = 3.0  # until levels and speed of painting are known
APART_S = (0.4, 0.6)  # uneven, so that no beat is predicted
STROKE_S = 0.03
AMPLITUDE, HUM = 0.7, 1e-5
LONGEST_S = 0.35  # a stroke that is not seen by then is missed
TAIL_S = 0.6
LARGEST_JITTER_S = 0.05


@dataclass
class Seen:
    """What the screen noted at each refresh.

    Attributes:
        times: of the refreshes, seconds.
        drawn: strokes in the features that were drawn.
        painted: strokes in the newest painting.
        heard: number of the sample in the air; the clock's for a live input.
    """

    times: list[float] = field(default_factory=list)
    drawn: list[int] = field(default_factory=list)
    painted: list[int] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)


def measure_latency(model: Model, *, strokes: int = 20, seed: int = 0) -> dict[str, float | int | None]:
    """Latencies of a model's pipeline on this machine, milliseconds.

    Args:
        model: loaded and warm.
        strokes: how many are timed, for each of a live input and a file; about half a second each.
        seed: of when they come.
    Returns:
        "shader_ms", "generator_ms": live, from a stroke's sample to the refresh that draws it and to the refresh that
        has a painting of it; "file_ms": by how much a file's strokes are shown after (before, when negative) they are
        heard; each a median, with the 95th percentile as "..._p95_ms"; "missed": strokes that were not seen. None
        where nothing was seen.
    """
    rng = np.random.default_rng(seed)
    starts = np.round((WARM_S + np.cumsum(rng.uniform(*APART_S, strokes))) * RATE).astype(int)
    sound = struck(starts, int(starts[-1] + TAIL_S * RATE), rng)
    live = _live(model, sound)
    shader = delays(starts / RATE, np.array(live.heard) / RATE, live.drawn)
    generator = delays(starts / RATE, np.array(live.heard) / RATE, live.painted)
    with tempfile.TemporaryDirectory() as folder:
        played = _file(model, sound, Path(folder) / "strokes.wav")
    shown = delays(starts / RATE, np.array(played.heard) / RATE + DISPLAY_S, played.drawn)
    found: dict[str, float | int | None] = {}
    for name, times in (("shader", shader), ("generator", generator), ("file", shown)):
        found[f"{name}_ms"] = round(1e3 * float(np.median(times)), 1) if len(times) else None
        found[f"{name}_p95_ms"] = round(1e3 * float(np.percentile(times, 95)), 1) if len(times) else None
    found["missed"] = 3 * strokes - len(shader) - len(generator) - len(shown)
    return found


def struck(starts: np.ndarray, length: int, rng: np.random.Generator) -> np.ndarray:
    """Strokes of a low tone and noise that begin at given samples, float32 [length]; nearly silent between them."""
    sound = HUM * rng.standard_normal(length)
    t = np.arange(round(STROKE_S * RATE)) / RATE
    for start in starts:
        stroke = np.exp(-t * 100) * (np.sin(2 * np.pi * 70 * t) + 0.5 * rng.standard_normal(len(t)))
        sound[start : start + len(t)] += AMPLITUDE * stroke[: length - start]
    return np.clip(sound, -1, 1).astype(np.float32)


def delays(starts: np.ndarray, times: np.ndarray, counts: list[int]) -> np.ndarray:
    """How long after each start the count first rose, seconds; starts whose rise was not seen are left out.

    Args:
        starts: of the strokes, seconds.
        times: of the observations, on the same clock, rising.
        counts: of strokes, at each observation.
    """
    found = []
    values = np.array(counts)
    for start in starts:
        early = start - LARGEST_JITTER_S  # a file's stroke may be shown a little before it is heard
        before = np.flatnonzero(times < early)
        after = np.flatnonzero((times >= early) & (times < start + LONGEST_S))
        if len(before) and len(rises := after[values[after] > values[before[-1]]]):
            found.append(times[rises[0]] - start)
    return np.array(found)


class _Input:
    """A live input that delivers each sample at its time."""

    def __init__(self, sound: np.ndarray) -> None:
        self.rate = float(RATE)
        self._sound = sound
        self._began = time.monotonic()

    def at(self, now: float) -> float:
        """Number of the sample at a time."""
        return (now - self._began) * RATE

    @property
    def heard(self) -> int:
        return int(self.at(time.monotonic()))

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        heard = self.heard
        samples = self._sound[cursor:heard]
        return np.concatenate((samples, np.zeros(heard - cursor - len(samples), np.float32))), heard, 0


def _live(model: Model, sound: np.ndarray) -> Seen:
    """Strokes from a live input."""
    latest: Latest[Painting] = Latest()
    pipeline = Pipeline(model, latest)
    pipeline.start()
    try:
        source = _Input(sound)
        pipeline.set_source(source)
        return _watch(pipeline, latest, len(sound) / RATE, source.at)
    finally:
        pipeline.stop()


def _file(model: Model, sound: np.ndarray, path: Path) -> Seen:
    """Strokes from a file that plays without a sound card."""
    soundfile.write(path, sound, RATE)
    latest: Latest[Painting] = Latest()
    player = Player(None)
    pipeline = Pipeline(model, latest)
    pipeline.start()
    try:
        player.open(path)
        pipeline.set_source(player)
        player.play()
        return _watch(pipeline, latest, len(sound) / RATE, player.audible)
    finally:
        pipeline.stop()
        player.close()


def _watch(pipeline: Pipeline, latest: Latest[Painting], seconds: float, sample_at: Callable[[float], float]) -> Seen:
    """Be the screen for a while."""
    seen, painted = Seen(), 0
    for now in _refreshes(seconds):
        features = pipeline.features()
        painting = latest.take()
        if painting is not None:
            painted = int(painting.features.counts.sum())
        seen.times.append(now)
        seen.drawn.append(int(features.counts.sum()))
        seen.painted.append(painted)
        seen.heard.append(sample_at(now))
    return seen


def _refreshes(seconds: float) -> Iterator[float]:
    """The times of refreshes, as they come."""
    began = time.monotonic()
    for index in range(round(seconds * REFRESH_HZ)):
        wait_s = began + index / REFRESH_HZ - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        yield time.monotonic()
