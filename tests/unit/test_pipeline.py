"""The pipeline thread: real threads, a source that is pushed by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.fakes import tiny_model_folder
from visualizer.engine import Painting
from visualizer.knobs import Knobs
from visualizer.latest import Latest
from visualizer.models import PaintingModel, load_model
from visualizer.pipeline import Pipeline

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
    painting = wait_for(latest, lambda p: p.heard_s > 2.5)
    assert painting.level > 0.5


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
