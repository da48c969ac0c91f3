"""The pipeline thread: reads the source, runs the engine, leaves each new painting in a one-place slot.

Newest wins: a slow reader sees the latest painting, never a queue of old ones. Commands from other
threads are plain attribute writes that the thread picks up before its next painting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from visualizer.engine import Engine, Model, Painting
from visualizer.latest import Latest
from visualizer.mapping import WILDNESS, checked_wildness

PAINTINGS_PER_S = 24.0
IDLE_PAINTINGS_PER_S = 8.0  # after a while without sound: a third of the load
IDLE_AFTER_S = 3.0
REST_AFTER_S = 0.5  # a source that stands still (paused, or at its end) needs no more paintings
SILENCE_RATE = 48_000.0  # Hz of the silence that is heard before the first source
LONGEST_SILENCE_S = 1.0  # heard at once, after a pause of the thread
SETTLE_S = 3.0  # of painting after another model or period was chosen meanwhile
REST_S = 0.05  # between looks whether it goes on
LARGEST_SHARE = 0.6  # of the time that painting may take, so that sound and screen keep their share
RETRY_S = 1.0


class Source(Protocol):
    """Sound as it is heard: the player's, a microphone's, or a test's."""

    @property
    def rate(self) -> float:
        """Samples a second of what read returns."""

    @property
    def heard(self) -> int:
        """Absolute count of samples heard so far."""

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        """Mono float32 samples heard since cursor, the new cursor, and how many were lost between."""


class Pipeline:
    """Runs an engine on a thread of its own until stopped.

    Args:
        model: what to paint with.
        latest: where each new painting is put.
        seed: of the noise walk.
        on_failed: called on this thread with one sentence when painting fails; painting goes on.
    """

    def __init__(
        self,
        model: Model,
        latest: Latest[Painting],
        *,
        seed: int = 0,
        on_failed: Callable[[str], None] = lambda text: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._latest = latest
        self._seed = seed
        self._on_failed = on_failed
        self._clock = clock
        self._source: Source | None = None
        self._period: int | None = None
        self._wildness = WILDNESS
        self._silent_until: float | None = None
        self._rate = SILENCE_RATE
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.lost = 0  # samples that came and went before they were read

    def start(self) -> None:
        """Start painting; does nothing when running."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop painting and wait for the thread to end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def set_source(self, source: Source | None) -> None:
        """Listen to another source from its present moment on; None hears silence."""
        self._source = source

    def set_model(self, model: Model) -> None:
        """Paint with another model, loaded and warm."""
        self._model = model

    def set_period(self, index: int | None) -> None:
        """Paint one period whatever is heard; None follows the music."""
        self._period = index

    def set_wildness(self, value: float) -> None:
        """How much the picture moves, 0 (calm) to 1 (wild)."""
        self._wildness = checked_wildness(value)

    def _run(self) -> None:
        engine = Engine(self._model, seed=self._seed)
        engine.set_period(self._period)
        model, source, cursor, period = self._model, None, 0, self._period
        last_sound = last_moved = self._clock()
        while not self._stop.is_set():
            started = self._clock()
            try:
                if self._model is not model:
                    model = self._model
                    engine.set_model(model)
                    last_moved = started + SETTLE_S
                if self._period is not period:
                    period = self._period
                    engine.set_period(period)
                    last_moved = started + SETTLE_S
                if self._source is not source:
                    source = self._source
                    cursor = source.heard if source is not None else 0
                    last_moved = max(started, last_moved)
                if source is None or source.heard != cursor:
                    last_moved = max(started, last_moved)
                elif started - last_moved > REST_AFTER_S:
                    self._stop.wait(REST_S)
                    continue
                cursor = self._hear(engine, source, cursor, started)
                engine.set_wildness(self._wildness)
                painting = engine.paint(started)
                self._latest.put(painting)
            except Exception as error:  # the show goes on: say it once, wait, try again
                self._on_failed(f"Painting failed ({type(error).__name__}: {error}); trying again.")
                self._stop.wait(RETRY_S)
                continue
            if painting.level > 0:
                last_sound = started
            self._stop.wait(self._pause(started, last_sound))

    def _hear(self, engine: Engine, source: Source | None, cursor: int, now: float) -> int:
        if source is None:
            self._hear_silence(engine, now)
            return 0
        self._silent_until = None
        samples, cursor, lost = source.read(cursor)
        self.lost += lost
        if len(samples):
            self._rate = source.rate
            engine.hear(samples, source.rate)
        return cursor

    def _hear_silence(self, engine: Engine, now: float) -> None:
        """Without a source, silence as long as the time that passed: what sounded last must fade."""
        passed = 0.0 if self._silent_until is None else min(now - self._silent_until, LONGEST_SILENCE_S)
        self._silent_until = now
        engine.hear(np.zeros(round(passed * self._rate), np.float32), self._rate)

    def _pause(self, started: float, last_sound: float) -> float:
        """Seconds to wait after a painting that began at `started`."""
        now = self._clock()
        rate = PAINTINGS_PER_S if now - last_sound < IDLE_AFTER_S else IDLE_PAINTINGS_PER_S
        work = now - started
        return max(1 / rate - work, work * (1 / LARGEST_SHARE - 1))
