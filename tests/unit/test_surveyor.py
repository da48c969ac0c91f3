"""The surveyor: what it keeps, what it leaves, and that it ends at once."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.sound_files import tone, write_sound
from visualizer.show.events import Event, Surveyed
from visualizer.show.surveyor import Surveyor

RATE = 8000


class Encoder:
    """A model whose encoder waits until it may go on."""

    def __init__(self) -> None:
        from mvnet.frontend import MelSpec

        self.card = type("Card", (), {"spec": MelSpec()})
        self.asked = threading.Event()
        self.free = threading.Event()
        self.free.set()

    def encode(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.asked.set()
        self.free.wait(10)
        return np.zeros((len(windows), 10), np.float32), np.full((len(windows), 5), 0.2, np.float32)


class Told:
    """A surveyor and what it told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.faults: list[Exception] = []
        self.whole = threading.Semaphore(0)
        self.surveyor = Surveyor(self._take, self.faults.append, patience_s=0.0)

    def _take(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, Surveyed) and event.survey.heard_s == event.survey.duration_s:
            self.whole.release()


def piece(folder: Path, name: str, seconds: float = 0.5) -> Path:
    return write_sound(folder / f"{name}.wav", tone(seconds, RATE, channels=1), RATE)


def test_a_piece_is_heard_once_and_remembered(tmp_path: Path) -> None:
    told, model = Told(), Encoder()
    path = piece(tmp_path, "one")
    told.surveyor.survey(path, model)  # type: ignore[arg-type]
    assert told.whole.acquire(timeout=10)
    path.unlink()
    told.surveyor.survey(path, model)  # type: ignore[arg-type]
    assert told.whole.acquire(timeout=10)
    assert told.events[0] == told.events[1]
    assert told.surveyor.close(5)
    assert told.faults == []


def test_another_piece_ends_the_survey_of_the_first(tmp_path: Path) -> None:
    told, model = Told(), Encoder()
    model.free.clear()
    told.surveyor.survey(piece(tmp_path, "long", 3600.0), model)  # type: ignore[arg-type]
    assert model.asked.wait(10)
    told.surveyor.survey(piece(tmp_path, "short"), model)  # type: ignore[arg-type]
    model.free.set()
    assert told.whole.acquire(timeout=10)
    assert [event.survey.path.stem for event in told.events if isinstance(event, Surveyed)] == ["short"]
    assert told.surveyor.close(5)


def test_it_ends_in_the_middle_of_a_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visualizer.painting.survey.REST", 1e6)
    told, model = Told(), Encoder()
    told.surveyor.survey(piece(tmp_path, "long", 60.0), model)  # type: ignore[arg-type]
    threading.Event().wait(0.05)
    assert told.surveyor.close(5)
    assert told.events == []


def test_a_bounded_number_of_surveys_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visualizer.show.surveyor.KEPT", 3)
    told: Any = Told()
    model = Encoder()
    for at in range(5):
        told.surveyor.survey(piece(tmp_path, str(at), 0.02), model)
        assert told.whole.acquire(timeout=10)
    assert len(told.surveyor._known) == 3
    assert told.surveyor.close(5)
