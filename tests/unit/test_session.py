"""What the session hands on to the pipeline, before there is one and after."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import tiny_model_folder
from visualizer.painting.figures import Figures
from visualizer.painting.knobs import Knobs
from visualizer.painting.models import load_model
from visualizer.painting.pipeline import Pipeline
from visualizer.show.events import ModelLoaded
from visualizer.show.parts import Parts
from visualizer.show.session import Session


class Made:
    """A session and the pipelines it made."""

    def __init__(self, folder: Path) -> None:
        self.pipelines: list[Pipeline] = []
        self.loaded = threading.Event()
        parts = Parts(
            player=_nothing,
            listen=_nothing,
            inputs=lambda: [],
            model=lambda name: load_model(folder, threads=1, verify=False),
            paint=self._paint,
        )
        self.session = Session(parts)
        self.session.wake_with(self._look)

    def _paint(self, model: Any, latest: Any, failed: Callable[[str], None]) -> Pipeline:
        self.pipelines.append(Pipeline(model, latest, on_failed=failed))
        return self.pipelines[-1]

    def _look(self) -> None:
        if any(isinstance(event, ModelLoaded) for event in self.session.events()):
            self.loaded.set()

    def load(self) -> Pipeline:
        self.session.load_model(None)
        assert self.loaded.wait(10)
        return self.pipelines[-1]


def _nothing(*arguments: object) -> Any:
    raise AssertionError("no sound in this test")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    made = Made(tiny_model_folder(tmp_path / "tiny"))
    yield made
    made.session.close()


def test_without_a_model_there_is_nothing_to_show(made: Made) -> None:
    assert made.session.features() is None
    assert made.session.figures() == Figures()


def test_what_was_set_before_the_model_came_is_handed_over(made: Made) -> None:
    made.session.set_offset(-0.1)
    made.session.set_knobs(Knobs(speed=1.0))
    made.session.set_refresh(30.0)
    pipeline = made.load()
    assert pipeline.listening.offset_s == -0.1
    assert pipeline._knobs == Knobs(speed=1.0)
    assert pipeline._refresh_hz == 30.0


def test_what_is_set_later_arrives(made: Made) -> None:
    pipeline = made.load()
    made.session.set_offset(0.25)
    made.session.set_knobs(Knobs(wildness=0.0))
    made.session.set_refresh(75.0)
    assert made.session.figures().offset_ms == 250
    assert pipeline._knobs.wildness == 0
    assert pipeline._refresh_hz == 75
    features = made.session.features()
    assert features is not None
    assert not features.is_open
    done = threading.Event()
    made.session.order(lambda engine: done.set())
    assert done.wait(10)


def test_a_wrong_offset_is_refused_at_once(made: Made) -> None:
    with pytest.raises(ValueError, match=r"offset is 2"):
        made.session.set_offset(2.0)
