"""The pipeline: real threads and a source that is pushed by hand; and its turns on a clock turned by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest

from tests.fakes import tiny_model_folder
from tests.fakes_time import AheadFile, HandClock, LiveInput, clicks
from visualizer.hearing.analyser import Features
from visualizer.painting.engine import Painting
from visualizer.painting.knobs import Knobs
from visualizer.painting.latest import Latest
from visualizer.painting.models import PaintingModel, load_model
from visualizer.painting.pipeline import GIVE_WAY_S, Pipeline

RATE = 22_050


class PushedSource:
    """Everything pushed so far counts as heard."""

    rate = float(RATE)

    def __init__(self) -> None:
        self._samples = np.zeros(0, np.float32)

    def push(self, samples: np.ndarray) -> None:
        self._samples = np.concatenate((self._samples, samples.astype(np.float32)))

    @property
    def heard(self) -> int:
        return len(self._samples)

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        samples = self._samples
        return samples[cursor:], len(samples), 0


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> PaintingModel:
    return load_model(tiny_model_folder(tmp_path_factory.mktemp("model")))


@pytest.fixture
def latest() -> Latest[Painting]:
    return Latest()


@pytest.fixture
def pipeline(model: PaintingModel, latest: Latest[Painting]) -> Iterator[Pipeline]:
    pipeline = Pipeline(model, latest)
    yield pipeline
    pipeline.stop()


def wait_for(latest: Latest[Painting], test: Callable[[Painting], bool], seconds: float = 10.0) -> Painting:
    """The first painting that passes a test."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        painting = latest.take()
        if painting is not None and test(painting):
            return painting
        time.sleep(0.01)
    pytest.fail("no painting passed the test in time")


def test_paints_without_a_source(pipeline: Pipeline, latest: Latest[Painting]) -> None:
    pipeline.start()
    assert wait_for(latest, lambda p: True).level == 0


def test_hears_only_what_comes_after_it_was_plugged_in(pipeline: Pipeline, latest: Latest[Painting]) -> None:
    source = PushedSource()
    source.push(np.ones(5 * RATE))
    pipeline.set_source(source)
    pipeline.start()
    assert wait_for(latest, lambda p: p.made_at > 0).heard_s < 0.1
    source.push(np.random.default_rng(0).normal(0, 0.2, 3 * RATE))
    wait_for(latest, lambda p: p.heard_s > 2.5 and p.level > 0.5)


def test_rests_while_the_source_stands_still(pipeline: Pipeline, latest: Latest[Painting]) -> None:
    source = PushedSource()
    pipeline.set_source(source)
    pipeline.start()
    wait_for(latest, lambda p: True)  # from here on the thread follows the source
    source.push(np.ones(RATE))
    wait_for(latest, lambda p: p.heard_s > 0.5)
    time.sleep(1.2)
    last = latest.take()
    time.sleep(0.5)
    assert latest.take() is None  # paused: nothing more is painted
    source.push(np.ones(RATE))
    after = wait_for(latest, lambda p: p.heard_s > 1.5)
    assert last is not None
    assert after.made_at > last.made_at + 0.5


def test_silence_is_heard_once_the_source_is_gone(pipeline: Pipeline, latest: Latest[Painting]) -> None:
    source = PushedSource()
    pipeline.set_source(source)
    pipeline.start()
    wait_for(latest, lambda p: True)
    source.push(np.random.default_rng(0).normal(0, 0.2, RATE))
    wait_for(latest, lambda p: p.features.is_open)
    pipeline.set_source(None)
    faded = wait_for(latest, lambda p: not p.features.is_open)
    assert faded.heard_s > 1


def test_knobs_reach_the_engine(pipeline: Pipeline, latest: Latest[Painting]) -> None:
    pipeline.set_knobs(Knobs(wildness=1.0))
    pipeline.start()
    first = wait_for(latest, lambda p: True)
    later = wait_for(latest, lambda p: p.made_at > first.made_at + 0.3)
    wild = np.linalg.norm(later.noise - first.noise) / (later.made_at - first.made_at)
    pipeline.set_knobs(Knobs(wildness=0.0))
    wait_for(latest, lambda p: p.made_at > later.made_at + 1.5)
    first = wait_for(latest, lambda p: True)
    later = wait_for(latest, lambda p: p.made_at > first.made_at + 0.3)
    assert np.linalg.norm(later.noise - first.noise) / (later.made_at - first.made_at) < wild / 3


def test_a_period_chosen_in_a_pause_is_painted(
    pipeline: Pipeline, latest: Latest[Painting], model: PaintingModel
) -> None:
    source = PushedSource()
    pipeline.set_source(source)
    pipeline.start()
    wait_for(latest, lambda p: True)
    time.sleep(1.0)
    latest.take()
    pipeline.set_period(4)
    prototypes = model.card.prototypes
    wait_for(latest, lambda p: np.linalg.norm(prototypes - p.embedding, axis=1).argmin() == 4)


def test_newest_wins(pipeline: Pipeline, latest: Latest[Painting]) -> None:
    pipeline.start()
    first = wait_for(latest, lambda p: True)
    time.sleep(0.5)
    assert wait_for(latest, lambda p: True).made_at > first.made_at + 0.3


def test_a_failing_model_is_reported_and_the_show_goes_on(model: PaintingModel, latest: Latest[Painting]) -> None:
    class Broken:
        card = model.card
        encode = staticmethod(model.encode)

        def paint(self, noise: np.ndarray, embedding: np.ndarray) -> np.ndarray:
            raise RuntimeError("out of paint")

    said: list[str] = []
    reported = threading.Event()

    def report(text: str) -> None:
        said.append(text)
        reported.set()

    pipeline = Pipeline(Broken(), latest, on_failed=report)
    pipeline.start()
    try:
        assert reported.wait(10)
        assert "out of paint" in said[0]
        pipeline.set_model(model)
        wait_for(latest, lambda p: True)
    finally:
        pipeline.stop()


def test_stop_ends_the_thread_and_start_begins_again(pipeline: Pipeline, latest: Latest[Painting]) -> None:
    before = threading.active_count()
    pipeline.start()
    pipeline.stop()
    assert threading.active_count() == before
    latest.take()
    pipeline.start()
    wait_for(latest, lambda p: True)


# ---- on a clock turned by hand

WORK_S = 0.02  # that a painting takes on this clock


class Slow:
    """A model whose paintings take time of the clock: WORK_S at first."""

    def __init__(self, model: PaintingModel, clock: HandClock) -> None:
        self.card = model.card
        self.encode_s, self.work_s = 0.0, WORK_S
        self.paint_s = WORK_S
        self._model, self._clock = model, clock

    def encode(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self._clock.sleep(self.encode_s)
        return self._model.encode(windows)

    def paint(self, noise: np.ndarray, embedding: np.ndarray) -> np.ndarray:
        self._clock.sleep(self.work_s)
        return self._model.paint(noise, embedding)


class Bench:
    """A pipeline whose two threads take turns on one clock, as if each had a processor."""

    def __init__(self, model: PaintingModel) -> None:
        self.clock = HandClock()
        self.latest: Latest[Painting] = Latest()
        self.slow = Slow(model, self.clock)
        self.pipeline = Pipeline(self.slow, self.latest, clock=self.clock)
        self.paintings: list[tuple[float, Painting]] = []
        self.refresh_s = float("inf")
        self._look_at = self._turn_at = self._refresh_at = self.clock.now

    def run(self, seconds: float) -> list[tuple[float, Painting]]:
        """The paintings of the next seconds, each with the time at which it was done."""
        end, done = self.clock.now + seconds, len(self.paintings)
        while self.clock.now < end:
            if self.clock.now >= self._turn_at or self.pipeline._wake.is_set():
                self.pipeline._wake.clear()
                began = self.clock.now
                wait_s = self.pipeline.turn()
                ended, self.clock.now = self.clock.now, began
                while self.clock.now < ended:  # the other threads went on meanwhile
                    self._others()
                self._turn_at = self.clock.now + wait_s
                painting = self.latest.take()
                if painting is not None:
                    self.paintings.append((self.clock.now, painting))
            self._others()
        return self.paintings[done:]

    def _others(self) -> None:
        """A millisecond of listening and of the screen."""
        if self.clock.now >= self._look_at:
            self._look_at = self.clock.now + self.pipeline.listening.look(self.clock.now)
        if self.clock.now >= self._refresh_at:
            self.pipeline.features()
            self._refresh_at += self.refresh_s
        self.clock.sleep(0.001)


@pytest.fixture
def bench(model: PaintingModel) -> Bench:
    return Bench(model)


def strokes(features: Features) -> int:
    return int(features.counts.sum())


def test_paintings_come_at_a_whole_fraction_of_the_refresh_without_drift(bench: Bench) -> None:
    bench.pipeline.set_source(
        LiveInput(clicks(RATE, 20.0, [0.2 * k for k in range(1, 99)]), RATE, bench.clock, block=220)
    )
    bench.pipeline.set_refresh(50.0)
    bench.run(3.0)
    began = [painting.made_at for _, painting in bench.run(5.0)]
    assert bench.pipeline.figures().divisor == 2  # 20 ms of work are too much for each of 20 ms
    assert len(began) == pytest.approx(125, abs=2)
    assert (began[-1] - began[0]) / (len(began) - 1) == pytest.approx(0.04, abs=2e-4)


def test_after_a_switch_painting_gives_way_for_a_moment(bench: Bench) -> None:
    beats = [0.2 * k for k in range(1, 99)]
    bench.pipeline.set_source(LiveInput(clicks(RATE, 20.0, beats), RATE, bench.clock, block=220))
    first, _ = bench.run(1.0)[0]
    assert first - bench.clock.now + 1.0 < GIVE_WAY_S  # the first one comes at once
    bench.pipeline.set_source(LiveInput(clicks(RATE, 20.0, beats), RATE, bench.clock, block=220))
    switched_at = bench.clock.now
    paintings = [painting for _, painting in bench.run(1.0)]
    assert switched_at + GIVE_WAY_S <= paintings[0].made_at < switched_at + GIVE_WAY_S + 0.03
    assert len(paintings) > 20


def test_hearing_the_style_makes_no_painting_late_and_takes_none_away(bench: Bench) -> None:
    bench.slow.encode_s = 0.04  # with its painting as long as one and a half turns
    beats = [0.2 * k for k in range(1, 99)]
    bench.pipeline.set_source(LiveInput(clicks(RATE, 20.0, beats), RATE, bench.clock, block=220))
    bench.pipeline.set_refresh(50.0)
    bench.run(3.0)
    paintings = bench.run(5.0)
    assert len(paintings) == pytest.approx(125, abs=2)
    assert max(painting.timings.get("encoder", 0.0) for _, painting in paintings) > 0
    assert bench.pipeline.figures().painting_p95_ms == pytest.approx(1e3 * WORK_S)


def test_silence_drifts_at_a_tenth_and_the_first_sound_wakes_it(bench: Bench) -> None:
    source = LiveInput(clicks(RATE, 30.0, [1.0, 20.037]), RATE, bench.clock, block=220)
    bench.pipeline.set_source(source)
    loud = len(bench.run(2.0)) / 2.0
    bench.run(5.0)
    quiet = len(bench.run(10.0)) / 10.0
    assert quiet <= loud / 9 + 0.2
    assert quiet >= 2  # alive
    bench.run(2.9)
    before = bench.paintings[-1][1].features
    done, _ = next((now, p) for now, p in bench.run(1.0) if strokes(p.features) > strokes(before))
    assert done - source.arrives(round(20.037 * RATE)) < 0.1


def test_a_paintings_features_belong_to_the_moment_it_is_seen(bench: Bench) -> None:
    file = AheadFile(clicks(RATE, 9.0, [6.0]), RATE, bench.clock)
    bench.pipeline.set_source(file)
    began = file.began
    paintings = bench.run(7.0)
    struck = next(p for (_, q), (_, p) in pairwise(paintings) if strokes(p.features) > strokes(q.features))
    lead_s = bench.pipeline.figures().lead_ms / 1000
    assert lead_s > WORK_S
    assert struck.made_at + lead_s - began == pytest.approx(6.0, abs=1 / 15)
    assert struck.made_at - began < 6.0  # begun before the stroke is heard


def test_the_engine_hears_what_the_painting_is_for(bench: Bench) -> None:
    bench.pipeline.set_source(AheadFile(clicks(RATE, 9.0, [0.5]), RATE, bench.clock))
    _, painting = bench.run(5.0)[-1]
    lead_s = bench.pipeline.figures().lead_ms / 1000
    assert painting.heard_s == pytest.approx(painting.made_at + lead_s - 100.0, abs=0.06)


def test_what_the_screen_asks_for_is_measured(bench: Bench) -> None:
    bench.pipeline.set_source(LiveInput(clicks(RATE, 9.0, [0.5]), RATE, bench.clock, block=220))
    bench.refresh_s = 0.02
    bench.run(3.0)
    figures = bench.pipeline.figures()
    assert figures.refresh_hz == pytest.approx(50, rel=0.05)
    assert figures.late_refreshes == 0
    assert figures.painting_ms == pytest.approx(1000 * WORK_S, rel=0.1)
    assert figures.paintings_per_s > 10
    assert 0 <= figures.painting_age_ms < 200
    assert (figures.lost_samples, figures.holes) == (0, 0)
    bench.pipeline.set_offset(0.1)
    assert bench.pipeline.figures().offset_ms == 100


def test_holes_in_the_sound_shed_the_picture(bench: Bench) -> None:
    source = LiveInput(clicks(RATE, 9.0, [0.5]), RATE, bench.clock, block=220)
    bench.pipeline.set_source(source)
    bench.run(2.5)
    before = bench.pipeline.figures().divisor
    source.overflows += 3
    bench.run(1.2)
    figures = bench.pipeline.figures()
    assert figures.divisor > before
    assert figures.holes == 3


def test_another_model_begins_at_its_own_pace(bench: Bench, model: PaintingModel) -> None:
    beats = [0.2 * k for k in range(1, 200)]
    bench.pipeline.set_source(LiveInput(clicks(RATE, 40.0, beats), RATE, bench.clock, block=220))
    bench.pipeline.set_refresh(50.0)
    bench.run(2.5)
    slower = Slow(model, bench.clock)
    slower.paint_s, slower.work_s = 0.08, 0.119  # alone, and beside everything else
    bench.pipeline.set_model(slower)
    bench.run(0.3)
    assert bench.pipeline.figures().divisor == 5  # at once, before any was measured
    bench.run(3.0)
    assert bench.pipeline.figures().divisor == 7
    bench.pipeline.set_model(bench.slow)
    bench.run(0.1)
    assert bench.pipeline.figures().divisor == 2
    bench.pipeline.set_model(slower)
    bench.run(0.1)
    assert bench.pipeline.figures().divisor == 7


def test_orders_reach_the_engine(bench: Bench) -> None:
    bench.run(0.2)
    bench.pipeline.order(lambda engine: engine.next_look())
    assert bench.run(0.2)[-1][1].look == 1


def test_a_wrong_refresh_rate_is_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="refresh rate of 0"):
        bench.pipeline.set_refresh(0)
