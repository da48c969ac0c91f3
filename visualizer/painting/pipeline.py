"""The pipeline thread: runs the engine and leaves each new painting in a one-place slot.

What the music does comes from the listening thread, so that neither a beat waits for a painting nor a painting for a
beat. Newest wins: a slow reader sees the latest painting, never a queue of old ones. Commands from other threads are
plain attribute writes and a wake-up that the thread follows before its next painting.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable

from visualizer.hearing.analyser import Features
from visualizer.hearing.listening import BeatOrder, Listening
from visualizer.hearing.sources import Foreseen, Heard, Source, holes
from visualizer.painting.efforts import Effort, Efforts
from visualizer.painting.engine import Engine, Model, Painting
from visualizer.painting.figures import Figures
from visualizer.painting.governor import Load
from visualizer.painting.knobs import Knobs
from visualizer.painting.latest import Latest
from visualizer.painting.pacing import Schedule
from visualizer.painting.rates import Durations, Refreshes
from visualizer.priority import PAINTING, stand_back

USUAL_HZ = 60.0  # of a screen that has not said its rate
IDLE_FACTOR = 10  # after a while without sound: a tenth of the paintings, faded into each other all the longer
IDLE_AFTER_S = 3.0
REST_AFTER_S = 0.5  # a source that stands still (paused, or at its end) needs no more paintings
SETTLE_S = 3.0  # of painting after another model, period, look or knob was chosen meanwhile
REST_S = 0.05  # between looks whether it goes on
DECIDE_AHEAD = 1.5  # turns: the style that falls due is decided after a painting, so that none is the later for it
FADE_SHARE = 0.5  # a painting is half on screen in the middle of the cross-fade to it
LONGEST_LEAD_S = 0.4
RETRY_S = 1.0
GIVE_WAY_S = 0.08  # without a new painting after a switch: opening, decoding and analysing need the processor just then
# Python threads hand over at least so often: an audio callback or a refresh must not wait the usual 5 ms.
TURN_S = 0.001


class Pipeline:
    """Runs a listening thread and an engine on a thread of its own until stopped.

    Args:
        model: what to paint with.
        latest: where each new painting is put.
        seed: of the noise walk.
        on_failed: called on these threads with one sentence when painting fails; painting goes on.
        clock: seconds, steady; the same as the sources'.
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
        self._on_failed = on_failed
        self._clock = clock
        self._stopping = False
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self.listening = Listening(clock, on_sound=self._wake.set, on_failed=on_failed)
        # Commands: written by any thread, followed by this one.
        self._period: int | None = None
        self._knobs = Knobs()
        self._refresh_hz = USUAL_HZ
        self._orders: deque[Callable[[Engine], object]] = deque()
        self._paint_from = clock()
        # The pipeline thread's own from here on.
        self._seed = seed
        self._engine: Engine | None = None
        self._followed: tuple[object, ...] = ()
        self._source: Source | Foreseen = self.listening.source
        self._cursor = self._source.heard
        self._place = self._cursor
        self._last_sound = self._last_moved = clock()
        self._schedule = Schedule()
        self._observed_at = clock()
        self._holes = 0
        self._refreshes = Refreshes()
        self._efforts, self._effort = Efforts(), Effort()
        self._encodings = Durations()
        self._late = 0.0

    def start(self) -> None:
        """Start listening and painting; does nothing when running."""
        if self._thread is None:
            sys.setswitchinterval(min(TURN_S, sys.getswitchinterval()))
            self._stopping = False
            self.listening.start()
            self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop and wait for both threads to end."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._engine = None  # it holds a resampler, and soxr complains of one that outlives the interpreter
        self.listening.stop()

    # ---- commands, from any thread

    def set_source(self, source: Source | Foreseen | None) -> None:
        """Listen to another source from its present moment on; None hears silence."""
        self.listening.set_source(source)
        if self._effort.paintings.typical:  # the first painting is waited for
            self._paint_from = self._clock() + GIVE_WAY_S
        self._wake.set()

    def set_model(self, model: Model) -> None:
        """Paint with another model, loaded and warm."""
        self._model = model
        self._wake.set()

    def set_period(self, index: int | None) -> None:
        """Paint one period whatever is heard; None follows the music."""
        self._period = index
        self._wake.set()

    def set_knobs(self, knobs: Knobs) -> None:
        """How the picture moves from now on."""
        self._knobs = knobs
        self._wake.set()

    def order(self, order: Callable[[Engine], object]) -> None:
        """Have something done with the engine on its own thread before the next painting: another look, a lock."""
        self._orders.append(order)
        self._wake.set()

    def steer_beat(self, order: BeatOrder) -> None:
        """Have a person's word on the beat followed; see Listening.steer."""
        self.listening.steer(order)

    def set_offset(self, seconds: float) -> None:
        """Show pictures later (positive) or earlier (negative) than the sound; see Listening.set_offset."""
        self.listening.set_offset(seconds)

    def set_refresh(self, hz: float) -> None:
        """The rate at which the screen is meant to be drawn: paintings are made at a whole fraction of it.

        Raises:
            ValueError: not a rate.
        """
        if not 1 <= hz <= 1000:
            raise ValueError(f"a refresh rate of {hz} Hz: use 1 to 1000")
        self._refresh_hz = float(hz)

    # ---- for the screen, on the GUI thread

    def features(self) -> Features:
        """What the music does in the refresh that is drawn now. Call it once a refresh; it never waits."""
        self._refreshes.add(now := self._clock())
        return self.listening.features(now)

    def heard_at(self, time: float) -> Heard:
        """What is, or was a moment ago, in the air: for a recording. Any thread; never waits."""
        return self.listening.heard_at(time)

    def figures(self) -> Figures:
        """What is measured; cheap."""
        now, listening, effort = self._clock(), self.listening, self._effort
        pace, paintings = effort.governor.pace, effort.paintings
        return Figures(
            refresh_hz=self._refreshes.hz,
            late_refreshes=self._late,
            paintings_per_s=paintings.per_second(now),
            painting_ms=1e3 * paintings.typical,
            painting_p95_ms=1e3 * paintings.slow,
            encoder_ms=1e3 * self._encodings.typical,
            painting_age_ms=1e3 * paintings.age(now),
            divisor=pace.divisor,
            tier=pace.tier,
            lost_samples=listening.lost,
            holes=holes(listening.source),
            analysed_ahead_ms=1e3 * listening.ahead_s(now),
            shown_late_ms=1e3 * listening.shown_late_s(now),
            lead_ms=1e3 * self._lead_s,
            offset_ms=1e3 * listening.offset_s,
            beat_orders=listening.orders_followed,
            provider=str(getattr(self._model, "provider", "")),
        )

    # ---- the pipeline thread

    def _run(self) -> None:
        stand_back(PAINTING)
        while not self._stopping:
            try:
                wait_s = self.turn()
            except Exception as error:  # the show goes on: say it once, wait, try again
                self._on_failed(f"Painting failed ({type(error).__name__}: {error}); trying again.")
                wait_s = RETRY_S
            if self._wake.wait(wait_s):
                self._wake.clear()

    def turn(self) -> float:
        """One round of the thread: paint unless all stands still; returns the seconds until the next."""
        started = self._clock()
        self._govern(started)
        engine = self._engine = self._engine or self._new_engine()
        self._follow_commands(engine, started)
        if not self._moving(started):
            return REST_S
        if started < self._paint_from:
            return self._paint_from - started
        lead_s = self._lead_s
        features = self.listening.features(started, lead_s)
        self._hear(engine, started, lead_s)
        painting = engine.paint(started, features)
        self._latest.put(painting)
        now = self._clock()
        self._effort.paintings.add(started, now - started)
        # What is heard soon counts as well: a file wakes the painter before its first sound.
        if features.is_open or self.listening.newest.is_open:
            self._last_sound = started
        period_s = self._period_s(started)
        encoder_s = engine.decide(started + DECIDE_AHEAD * period_s)
        if encoder_s is not None:
            self._encodings.add(started, encoder_s)
        return self._schedule.wait_s(started, self._clock(), period_s)

    def _new_engine(self) -> Engine:
        self._followed = self._model, self._period, self._knobs
        self._effort = self._efforts.of(self._model, self._refresh_hz)
        engine = Engine(self._model, seed=self._seed, knobs=self._knobs, analyse=False)
        engine.set_period(self._period)
        return engine

    def _follow_commands(self, engine: Engine, now: float) -> None:
        wanted = (self._model, self._period, self._knobs)
        if wanted == self._followed and not self._orders:
            return
        if self._model is not self._followed[0]:
            engine.set_model(self._model)
            self._effort = self._efforts.of(self._model, self._refresh_hz, before=self._followed[0])
        engine.set_period(self._period)
        engine.set_knobs(self._knobs)
        while self._orders:
            self._orders.popleft()(engine)
        self._followed = wanted
        self._last_moved = now + SETTLE_S

    def _moving(self, now: float) -> bool:
        """Whether the source goes on, or something was chosen in its pause."""
        source = self.listening.source
        if source is not self._source:
            self._source, self._cursor, self._holes = source, source.heard, holes(source)
            self._last_moved = max(now, self._last_moved)
            if self._engine is not None:
                self._engine.forget_sound()
        place = self.listening.sample(now) if isinstance(source, Foreseen) else source.heard
        if place != self._place:
            self._place = place
            self._last_moved = max(now, self._last_moved)
        return now - self._last_moved <= REST_AFTER_S

    def _hear(self, engine: Engine, now: float, lead_s: float) -> None:
        """Give the engine the sound up to the moment at which the painting will be seen."""
        source = self._source
        if isinstance(source, Foreseen):
            samples, self._cursor, _ = source.read_ahead(self._cursor, self.listening.sample(now, lead_s))
        else:
            samples, self._cursor, _ = source.read(self._cursor)
        if len(samples):
            engine.hear(samples, source.rate)

    @property
    def _lead_s(self) -> float:
        """From the beginning of a painting to the middle of the cross-fade to it."""
        fade_s = self._effort.governor.pace.divisor / self._refresh_hz
        return min(self._effort.paintings.typical + FADE_SHARE * fade_s, LONGEST_LEAD_S)

    def _period_s(self, now: float) -> float:
        idle = now - self._last_sound > IDLE_AFTER_S
        return self._effort.governor.pace.divisor * (IDLE_FACTOR if idle else 1) / self._refresh_hz

    def _govern(self, now: float) -> None:
        """Once a window, let the governor see what was measured."""
        governor = self._effort.governor
        if now - self._observed_at < governor.config.window_s:
            return
        self._observed_at = now
        missed = holes(self._source)
        late = self._refreshes.late(self._refresh_hz)
        self._late = late or 0.0
        painting_s = self._effort.paintings.typical or None
        governor.observe(Load(self._refresh_hz, late, painting_s, max(0, missed - self._holes)))
        self._holes = missed
