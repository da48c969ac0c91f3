"""The engine on a hand-turned clock, with a tiny real model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mvnet.frontend import MelSpec, window_input
from mvnet.resample import resample
from tests.fakes import tiny_model_folder
from visualizer.engine import ENCODE_EVERY_S, Engine, Painting
from visualizer.models import PaintingModel, load_model

RATE = 44_100


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> PaintingModel:
    return load_model(tiny_model_folder(tmp_path_factory.mktemp("model")))


def tone(hz: float, seconds: float, level: float = 0.3) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def play(engine: Engine, sound: np.ndarray, per_second: float = 20.0, start: float = 0.0) -> list[Painting]:
    """Feed a sound in step with the clock and paint after each block."""
    step = round(RATE / per_second)
    paintings = []
    for index in range(len(sound) // step):
        engine.hear(sound[index * step : (index + 1) * step], RATE)
        paintings.append(engine.paint(start + (index + 1) / per_second))
    return paintings


def test_same_seed_and_sound_give_the_same_pictures(model: PaintingModel) -> None:
    sound = tone(440, 3)
    first, second = (play(Engine(model, seed=5), sound) for _ in range(2))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, second, strict=True))
    other = play(Engine(model, seed=6), sound)
    assert not np.array_equal(first[-1].image, other[-1].image)


def test_the_window_is_the_one_a_whole_file_gives(model: PaintingModel) -> None:
    sound = np.random.default_rng(0).normal(0, 0.1, 11 * RATE).astype(np.float32)
    engine = Engine(model)
    play(engine, sound)
    heard = round(engine.paint(100.0).heard_s * 22_050)
    whole = resample(sound, RATE, 22_050)
    expected = window_input(whole[: heard + 1024 - 256], MelSpec())
    np.testing.assert_array_equal(engine._mel.window(), expected)


def test_period_follows_the_music(model: PaintingModel) -> None:
    engine = Engine(model)
    low = play(engine, tone(60, 10))[-1].period
    high = play(engine, tone(9000, 12), start=10.0)[-1].period
    assert low.argmax() == 0
    assert high.argmax() == 4
    assert low.sum() == pytest.approx(1, abs=1e-3)


def test_chosen_period_wins_over_the_music(model: PaintingModel) -> None:
    engine, free = Engine(model), Engine(model)
    engine.set_period(4)
    chosen, heard = play(engine, tone(60, 10))[-1], play(free, tone(60, 10))[-1]
    prototypes = model.card.prototypes
    assert np.linalg.norm(prototypes - chosen.embedding, axis=1).argmin() == 4
    assert np.linalg.norm(prototypes - heard.embedding, axis=1).argmin() == 0
    with pytest.raises(ValueError, match="period 5"):
        engine.set_period(5)


def test_loud_music_moves_faster_than_silence(model: PaintingModel) -> None:
    def path(sound: np.ndarray) -> float:
        noise = np.stack([p.noise for p in play(Engine(model), sound)])
        return float(np.linalg.norm(np.diff(noise, axis=0), axis=1).sum())

    rng = np.random.default_rng(1)
    loud = path(rng.normal(0, 0.3, 4 * RATE).astype(np.float32))
    silent = path(np.zeros(4 * RATE, np.float32))
    assert silent > 0
    assert loud > 4 * silent


def test_steps_are_small_and_even(model: PaintingModel) -> None:
    sound = np.concatenate([tone(80, 5), tone(3000, 10)])
    paintings = play(Engine(model), sound, per_second=30)[30:]
    steps = np.linalg.norm(np.diff(np.stack([p.embedding for p in paintings]), axis=0), axis=1)
    spread = np.linalg.norm(model.card.prototypes - model.card.prototypes.mean(0), axis=1).mean()
    assert steps.max() < 0.05 * spread * 2


def test_encoder_runs_a_few_times_a_second(model: PaintingModel) -> None:
    paintings = play(Engine(model), tone(440, 5), per_second=30)
    assert sum("encoder" in p.timings for p in paintings) == pytest.approx(5 / ENCODE_EVERY_S, abs=3)


def test_broken_sound_does_not_stop_the_show(model: PaintingModel) -> None:
    engine = Engine(model)
    engine.hear(np.array([np.nan, np.inf, -np.inf, 1e30] * 2000, np.float32), RATE)
    assert np.isfinite(engine.paint(0.0).embedding).all()
    assert np.isfinite(play(engine, tone(440, 1), start=1.0)[-1].embedding).all()


def test_another_model_keeps_what_was_heard(model: PaintingModel, tmp_path: Path) -> None:
    engine = Engine(model)
    before = play(engine, tone(9000, 10))[-1]
    engine.set_model(load_model(tiny_model_folder(tmp_path / "other", image_size=32, noise_size=64)))
    after = engine.paint(10.1)
    assert after.image.shape == (32, 32, 3)
    assert after.heard_s == before.heard_s
    assert after.period.argmax() == 4
