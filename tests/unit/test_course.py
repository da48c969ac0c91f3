"""The period over time: one window after another, pieces joined, figures that leave out the change between two."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mvnet.course import Course, Piece, listen
from mvnet.decode import Unreadable
from mvnet.frontend import MelSpec
from mvnet.listeners import CheckpointListener
from mvnet.plots import save_course
from tests.networks import random_encoder, random_generator, write_checkpoints, write_sound


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> CheckpointListener:
    folder = tmp_path_factory.mktemp("networks")
    return CheckpointListener(write_checkpoints(folder, *random_encoder(), random_generator())[0])


def test_pieces_follow_one_another(tmp_path: Path, listener: CheckpointListener) -> None:
    files = [
        write_sound(tmp_path / f"{name}.wav", seconds, seed)
        for seed, (name, seconds) in enumerate([("a", 3.1), ("b", 12)])
    ]
    course = listen(listener, files)
    assert course.chances.shape == (len(course.times), 5)
    np.testing.assert_allclose(course.chances.sum(1), 1, atol=1e-5)
    np.testing.assert_allclose(np.diff(course.times), 0.25, atol=1e-3)
    assert [piece.name for piece in course.pieces] == ["a", "b"]
    assert course.pieces[0].end_s == course.pieces[1].start_s == pytest.approx(3.0, abs=0.25)
    alone = listen(listener, files[1:])
    np.testing.assert_allclose(alone.chances[-1], course.chances[-1], atol=0.06)  # the window holds b alone by then
    assert len(listen(listener, files, seconds=1.0).times) == 8


def test_what_is_no_sound_is_refused(tmp_path: Path, listener: CheckpointListener) -> None:
    with pytest.raises(Unreadable, match="is missing"):
        listen(listener, [tmp_path / "none.wav"])
    with pytest.raises(Unreadable, match="shorter than"):
        listen(listener, [write_sound(tmp_path / "short.wav", 0.1)])


def test_figures_count_windows_of_one_piece_only() -> None:
    times = np.arange(1, 41) * 0.5
    chances = np.tile([0.6, 0.1, 0.1, 0.1, 0.1], (40, 1))
    chances[30:] = [0.1, 0.1, 0.1, 0.1, 0.6]  # the second piece, once the window holds nothing else
    course = Course(times, chances, (Piece("a", 0.0, 10.0), Piece("b", 10.0, 20.0)))
    first, second = course.figures(window_s=5.0)
    assert (first["heard_as"], first["share"]) == ("renaissance", 1.0)
    assert second["heard_as"] == "modern"
    assert second["share"] == pytest.approx(10 / 11, abs=1e-3)
    assert first["probabilities"]["renaissance"] == 0.6
    assert json.dumps([first, second])


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    times = np.arange(1, 20) * 0.25
    chances = np.full((19, 5), 0.2)
    save_course(tmp_path / "a" / "course.png", Course(times, chances, (Piece("some-piece", 0, 4.75),)))
    with Image.open(tmp_path / "a" / "course.png") as picture:
        assert picture.width > 800
        colours = picture.convert("RGB").getcolors(1 << 20)
    assert colours is not None
    assert sum(count > 5000 for count, _ in colours) >= 5  # five bands


def test_the_window_is_the_specs() -> None:
    assert MelSpec().window_seconds == pytest.approx(8.92, abs=0.01)
