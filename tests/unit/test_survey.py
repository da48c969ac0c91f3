"""The survey of a piece: loudness and periods where they are, and manners while it works."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.fakes import tiny_model_folder
from tests.sound_files import write_sound
from visualizer.errors import VisualizerError
from visualizer.painting.models import PaintingModel, load_model
from visualizer.painting.survey import REST, STEP_S, Survey, survey_piece

RATE = 8000


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> PaintingModel:
    return load_model(tiny_model_folder(tmp_path_factory.mktemp("models") / "tiny"), threads=1, verify=False)


def piece(folder: Path, seconds: float) -> Path:
    """Quiet at first, loud from the middle on."""
    t = np.arange(round(seconds * RATE)) / RATE
    sound = np.where(t < seconds / 2, 0.05, 0.6) * np.sin(2 * np.pi * 440 * t)
    return write_sound(folder / "piece.wav", sound.astype(np.float32)[:, None], RATE)


def surveys(path: Path, model: PaintingModel, **options: object) -> list[Survey]:
    return list(survey_piece(path, model, rest=lambda seconds: None, **options))  # type: ignore[arg-type]


def test_loudness_and_periods_lie_where_they_are(tmp_path: Path, model: PaintingModel) -> None:
    *between, last = surveys(piece(tmp_path, 60.0), model)
    assert [one.heard_s for one in between] == [20.0, 40.0, 60.0]
    assert last.duration_s == pytest.approx(60.0)
    loud = last.loudness_at(100)
    assert loud[:49] == pytest.approx(0.05 / 2**0.5, abs=0.01)
    assert loud[51:] == pytest.approx(0.6 / 2**0.5, abs=0.02)
    assert np.diff(last.times).max() <= STEP_S + 1.01  # windows are cut at whole seconds
    assert last.periods_at(40).sum(1) == pytest.approx(1.0, abs=1e-3)


def test_what_is_not_heard_yet_is_empty(tmp_path: Path, model: PaintingModel) -> None:
    first = surveys(piece(tmp_path, 60.0), model)[0]
    loud = first.loudness_at(90)
    assert (loud[:30] > 0).all()
    assert (loud[32:] == 0).all()


@pytest.mark.parametrize("seconds", [0.03, 0.5, 2.0, 3.5])
def test_a_short_piece_is_heard_whole(tmp_path: Path, model: PaintingModel, seconds: float) -> None:
    (last,) = surveys(piece(tmp_path, seconds), model)
    assert len(last.times) == 1
    assert 0 < last.times[0] <= seconds
    assert (last.loudness_at(200) > 0).all()


def test_it_rests_as_long_as_asked_and_stops_at_once(tmp_path: Path, model: PaintingModel) -> None:
    ticks = iter(range(10_000))
    rests: list[float] = []
    path = piece(tmp_path, 30.0)
    list(survey_piece(path, model, rest=rests.append, clock=lambda: float(next(ticks))))
    assert set(rests) == {REST}  # times the one second that each step took
    assert surveys(path, model, stop=lambda: True) == []


def test_a_file_that_is_no_sound_is_said(tmp_path: Path, model: PaintingModel) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"nothing")
    with pytest.raises(VisualizerError, match=r"bad\.wav"):
        surveys(bad, model)
