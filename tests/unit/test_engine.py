"""The engine on a hand-turned clock, with a tiny real model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import tiny_model_folder
from visualizer.hearing.analyser import Features
from visualizer.painting.engine import Engine, Painting
from visualizer.painting.knobs import Knobs
from visualizer.painting.mapping import FASTEST_WALK, HARMONY_SHARE, reach, tint_reach
from visualizer.painting.models import PaintingModel, load_model
from visualizer.painting.style import DECIDE_EVERY_S

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


def test_period_follows_the_music(model: PaintingModel) -> None:
    engine = Engine(model)
    low = play(engine, tone(60, 6), per_second=8)[-1].period
    high = play(engine, tone(9000, 10), per_second=8, start=6.0)[-1].period
    assert low.argmax() == 0
    assert high.argmax() == 4
    assert low.sum() == pytest.approx(1, abs=1e-3)


def test_chosen_period_wins_over_the_music(model: PaintingModel) -> None:
    engine, free = Engine(model), Engine(model)
    engine.set_period(4)
    chosen, heard = (play(one, tone(60, 6), per_second=8)[-1] for one in (engine, free))
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


def drums(bpm: float, seconds: float, level: float = 0.8) -> np.ndarray:
    """Kick on every beat, a noisy stroke on every second, both short."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    t = np.arange(round(0.2 * RATE)) / RATE
    kick = np.sin(2 * np.pi * 60 * t) * np.exp(-t / 0.05)
    stroke = np.random.default_rng(3).normal(0, 0.3, len(t)) * np.exp(-t / 0.04)
    for beat, at in enumerate(np.arange(0.25, seconds - 0.25, 60 / bpm)):
        start = round(at * RATE)
        sound[start : start + len(t)] += level * (kick + stroke * (beat % 2))
    return sound


def noise_path(paintings: list[Painting]) -> float:
    return float(np.linalg.norm(np.diff(np.stack([p.noise for p in paintings]), axis=0), axis=1).sum())


def rest(engine: Engine) -> np.ndarray:
    """Where the noise would be without any push."""
    return engine._looks.advance(0.0, 0.0)


def test_a_stroke_pushes_the_noise_and_lets_it_return(model: PaintingModel) -> None:
    engine = Engine(model)
    away = []
    sound = np.concatenate([drums(60, 1.0), np.zeros(2 * RATE, np.float32)])
    step = RATE // 50
    for index in range(len(sound) // step):
        engine.hear(sound[index * step : (index + 1) * step], RATE)
        away.append(float(np.linalg.norm(engine.paint(index / 50).noise - rest(engine))))
    largest = (reach(Knobs()) + tint_reach(Knobs())) * np.sqrt(model.card.noise_size)
    assert away[10] == 0  # before the stroke at 0.25 s
    assert max(away[12:18]) > 0.3 * largest  # within 100 ms
    assert max(away) <= largest * (1 + 1e-5)
    assert away[-1] < 0.01 * largest


def test_techno_moves_at_least_twice_as_far_as_a_ballad(model: PaintingModel) -> None:
    rng = np.random.default_rng(0)
    t = np.arange(10 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hz * t) for hz in (220, 277, 330)) * 0.06
    ballad = (chord + drums(66, 10, level=0.1)).astype(np.float32)
    techno = (drums(135, 10) + rng.normal(0, 0.02, len(t))).astype(np.float32)
    assert noise_path(play(Engine(model), techno)) >= 2 * noise_path(play(Engine(model), ballad))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**16), st.sampled_from(["noise", "bursts", "broken", "steps", "huge"]), st.floats(0, 1))
def test_no_sound_makes_the_picture_jump(model: PaintingModel, seed: int, kind: str, wildness: float) -> None:
    rng, size, step = np.random.default_rng(seed), model.card.noise_size, RATE // 60
    engine = Engine(model, seed=seed, knobs=Knobs(wildness))
    paintings = []
    for index in range(60):
        sound = rng.normal(0, 0.3, step)
        if kind == "bursts":
            sound *= rng.integers(0, 2)
        elif kind == "broken":
            sound[rng.integers(0, step, 30)] = rng.choice([np.nan, np.inf, -np.inf])
        elif kind == "steps":
            sound[:] = rng.integers(-1, 2)
        elif kind == "huge":
            sound *= 1e30
        engine.hear(sound.astype(np.float32), RATE)
        paintings.append(engine.paint(index / 60))
    noise, embedding = (np.stack([getattr(p, name) for p in paintings]) for name in ("noise", "embedding"))
    # A push rises with 20 ms: in a sixtieth of a second and two columns it cannot do more than 1 - exp(-1.3).
    largest = reach(Knobs(wildness)) * np.sqrt(size) * 0.75 + 2 * np.sqrt(size) * FASTEST_WALK / 60
    assert np.linalg.norm(np.diff(noise, axis=0), axis=1).max() <= largest
    spread = np.linalg.norm(model.card.prototypes - model.card.prototypes.mean(0), axis=1).max()
    assert np.linalg.norm(np.diff(embedding, axis=0), axis=1).max() <= 0.1 * spread


def test_harmony_shifts_the_embedding_within_its_period(model: PaintingModel) -> None:
    engine = Engine(model)
    painting = play(engine, tone(440, 4))[-1]
    shifted = np.linalg.norm(painting.embedding - engine._glide.step(engine._target(), 0.0))
    prototypes = model.card.prototypes
    nearest = np.linalg.norm(prototypes[:, None] - prototypes, axis=-1)[~np.eye(5, dtype=bool)].min()
    assert 0.02 * nearest < shifted <= HARMONY_SHARE * nearest * (1 + 1e-5)
    assert painting.features.chroma.argmax() == 9  # A


def test_steps_are_small_and_even(model: PaintingModel) -> None:
    sound = np.concatenate([tone(80, 4), tone(3000, 6)])
    paintings = play(Engine(model, analyse=False), sound, per_second=30)[30:]
    steps = np.linalg.norm(np.diff(np.stack([p.embedding for p in paintings]), axis=0), axis=1)
    spread = np.linalg.norm(model.card.prototypes - model.card.prototypes.mean(0), axis=1).mean()
    assert steps.max() < 0.05 * spread * 2


def test_encoder_runs_a_few_times_a_second(model: PaintingModel) -> None:
    paintings = play(Engine(model, analyse=False), tone(440, 5), per_second=30)
    assert sum("encoder" in p.timings for p in paintings) == pytest.approx((5 - 0.5) / DECIDE_EVERY_S, abs=2)


def test_what_was_decided_after_a_painting_is_the_next_ones(model: PaintingModel) -> None:
    early, late = Engine(model, analyse=False), Engine(model, analyse=False)
    for engine in (early, late):
        engine.paint(0.0)
        engine.hear(tone(9000, 3), RATE)
    assert late.decide(0.9) is not None
    assert late.decide(0.95) is None  # not due again
    following = late.paint(1.0)
    assert following.timings["encoder"] > 0
    np.testing.assert_array_equal(following.image, early.paint(1.0).image)
    assert "encoder" not in late.paint(1.05).timings


def test_broken_sound_does_not_stop_the_show(model: PaintingModel) -> None:
    engine = Engine(model)
    engine.hear(np.array([np.nan, np.inf, -np.inf, 1e30] * 2000, np.float32), RATE)
    assert np.isfinite(engine.paint(0.0).embedding).all()
    assert np.isfinite(play(engine, tone(440, 1), start=1.0)[-1].embedding).all()


def test_another_model_keeps_what_was_heard(model: PaintingModel, tmp_path: Path) -> None:
    engine = Engine(model)
    before = play(engine, tone(9000, 4))[-1]
    engine.set_model(load_model(tiny_model_folder(tmp_path / "other", image_size=32, noise_size=64)))
    after = engine.paint(4.1)
    assert after.image.shape == (32, 32, 3)
    assert after.heard_s == before.heard_s
    assert after.period.argmax() == 4


def test_another_source_begins_from_what_was_decided(model: PaintingModel) -> None:
    engine = Engine(model)
    before = play(engine, tone(9000, 4))[-1]
    engine.forget_sound()
    quiet = engine.paint(4.05)
    np.testing.assert_allclose(quiet.embedding, before.embedding, atol=0.1 * np.abs(before.embedding).max())
    after = play(engine, tone(60, 5), per_second=8, start=4.1)[-1]
    assert after.period.argmax() == 0  # nothing of the other source is left
    assert not after.features.counts.sum() > 5


def test_given_features_need_no_analyser(model: PaintingModel) -> None:
    engine = Engine(model, analyse=False)
    features = replace(Features.silence(), loudness=0.7)
    engine.hear(tone(440, 1), RATE)
    assert engine.paint(0.0).level == 0
    painting = engine.paint(0.1, features)
    assert painting.features is features
    assert painting.level == 0.7
    assert painting.timings["analyser"] == 0
    assert painting.heard_s == pytest.approx(1)
