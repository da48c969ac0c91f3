"""One call from a sound to a picture, with a tiny real model and sounds written here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from mvnet.frontend import MelSpec, encoder_input, log_mel, window_input
from mvnet.resample import resample
from tests.fakes import tiny_model_folder
from visualizer.errors import VisualizerError
from visualizer.painting.models import PaintingModel, load_model
from visualizer.painting.paint import paint_sound
from visualizer.painting.style import mirrored

RATE = 44_100


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> PaintingModel:
    return load_model(tiny_model_folder(tmp_path_factory.mktemp("model")))


def write(path: Path, sound: np.ndarray) -> Path:
    soundfile.write(path, sound, RATE)
    return path


def tone(hz: float, seconds: float) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def test_a_picture_says_what_it_was_made_from(model: PaintingModel, tmp_path: Path) -> None:
    picture = paint_sound(write(tmp_path / "low.wav", tone(60, 12)), model=model, seed=3)
    assert picture.image.shape == (16, 16, 3)
    assert picture.period.argmax() == 0
    assert picture.period.sum() == pytest.approx(1, abs=1e-3)
    picture.save(tmp_path / "low.png", 200)
    with Image.open(tmp_path / "low.png") as saved:
        assert saved.size == (200, 200)
        assert saved.text["mvnet:period"] == "renaissance"  # type: ignore[attr-defined]
        assert saved.text["mvnet:seed"] == "3"  # type: ignore[attr-defined]
        assert saved.text["mvnet:sound"] == "low.wav"  # type: ignore[attr-defined]


def test_the_same_sound_and_seed_give_the_same_picture(model: PaintingModel, tmp_path: Path) -> None:
    path = write(tmp_path / "tone.flac", tone(500, 5))
    first, again, other = (paint_sound(path, model=model, seed=seed).image for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_at_hears_the_window_that_ends_there(model: PaintingModel, tmp_path: Path) -> None:
    sound = np.concatenate([tone(60, 15), tone(9000, 15)])
    path = write(tmp_path / "two.wav", sound)
    assert paint_sound(path, model=model, at_s=14.0).period.argmax() == 0
    late = paint_sound(path, model=model, at_s=29.0)
    expected, _ = model.encode(window_input(resample(sound[: 29 * RATE].astype(np.float32), RATE, 22_050))[None])
    np.testing.assert_allclose(late.embedding, expected[0], atol=2e-2)


def test_a_whole_file_is_heard_to_its_end(model: PaintingModel, tmp_path: Path) -> None:
    ends_high = paint_sound(write(tmp_path / "a.wav", np.concatenate([tone(60, 9), tone(9000, 40)])), model=model)
    ends_low = paint_sound(write(tmp_path / "b.wav", np.concatenate([tone(9000, 9), tone(60, 40)])), model=model)
    assert ends_high.period.argmax() == 4
    assert ends_low.period.argmax() == 0


def test_a_short_sound_fills_the_window(model: PaintingModel, tmp_path: Path) -> None:
    sound = tone(60, 0.5)
    picture = paint_sound(write(tmp_path / "short.wav", sound), model=model)
    columns = log_mel(resample(sound.astype(np.float32), RATE, 22_050)).T
    expected, _ = model.encode(encoder_input(mirrored(columns, MelSpec().n_frames), MelSpec())[None])
    np.testing.assert_allclose(picture.embedding, expected[0], atol=1e-2)


@pytest.mark.parametrize("at_s", [-1.0, 0.0, 99.0])
def test_a_time_outside_the_sound_is_refused(model: PaintingModel, tmp_path: Path, at_s: float) -> None:
    with pytest.raises(VisualizerError, match=r"2\.0 s long"):
        paint_sound(write(tmp_path / "tone.wav", tone(500, 2)), model=model, at_s=at_s)


def test_a_place_that_cannot_be_written_is_refused(model: PaintingModel, tmp_path: Path) -> None:
    picture = paint_sound(write(tmp_path / "tone.wav", tone(500, 1)), model=model)
    with pytest.raises(VisualizerError, match="cannot be written"):
        picture.save(tmp_path / "nowhere" / "x.png")
    with pytest.raises(VisualizerError, match=r"\.png"):
        picture.save(tmp_path / "x.jpg")
    with pytest.raises(VisualizerError, match="99999"):
        picture.save(tmp_path / "x.png", 99_999)
