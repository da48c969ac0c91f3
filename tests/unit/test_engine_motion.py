"""How the engine moves the picture, from made features on a hand-turned clock: knobs, pace, looks, sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fakes import tiny_model_folder
from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import BANDS, HAT, KICK, SNARE
from visualizer.painting.engine import Engine
from visualizer.painting.knobs import Knobs
from visualizer.painting.mapping import FASTEST_WALK
from visualizer.painting.models import PaintingModel, load_model

RATE = 22_050


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> PaintingModel:
    return load_model(tiny_model_folder(tmp_path_factory.mktemp("model")))


def music(now: float, bpm: float = 128.0, loudness: float = 0.9, strokes: float = 1.0) -> Features:
    """Steady music: a kick on each beat, a snare on every second, hats between, and a chord a bar."""
    beats, phase = divmod(max(0.0, now) * bpm / 60, 1)
    age_s, since_hat_s = phase * 60 / bpm, phase % 0.5 * 60 / bpm
    pulses = np.zeros(len(BANDS))
    pulses[KICK] = np.exp(-age_s / 0.18)
    pulses[SNARE] = np.exp(-age_s / 0.18) * (beats % 2)
    pulses[HAT] = 0.6 * np.exp(-since_hat_s / 0.18)
    chroma = np.full(12, 0.02)
    chroma[(np.array([0, 4, 7]) + 5 * int(beats // 4)) % 12] = 0.25
    return replace(
        Features.silence(),
        is_open=True,
        loudness=loudness,
        loudness_db=-50 + 38 * loudness,
        pulses=strokes * pulses,
        onsets=strokes * pulses,
        chroma=chroma,
        activity=0.4 * strokes,
        bpm=bpm,
        beat_phase=phase,
        beats=int(beats),
        beat_confidence=0.9,
    )


def silence(now: float) -> Features:
    return Features.silence()


def path(
    engine: Engine, seconds: float, heard: Callable[[float], Features] = music, per_second: float = 60, start: float = 0
) -> np.ndarray:
    """The noise of each painting, float32 [n, Z]."""
    times = start + np.arange(1, round(seconds * per_second) + 1) / per_second
    return np.stack([engine.paint(float(now), heard(float(now))).noise for now in times])


def length(noise: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(noise, axis=0), axis=1).sum())


def with_knobs(model: PaintingModel, knobs: Knobs, heard: Callable[[float], Features] = music) -> float:
    return length(path(Engine(model, knobs=knobs, analyse=False), 4, heard))


@pytest.mark.parametrize("per_second", [10, 24, 144])
def test_the_path_does_not_depend_on_the_rate_of_paintings(model: PaintingModel, per_second: int) -> None:
    def at_half_seconds(rate: int) -> np.ndarray:
        engine = Engine(model, analyse=False)
        engine.paint(0.0, music(0.0))
        return path(engine, 6, per_second=rate)[rate // 2 - 1 :: rate // 2]

    reference = at_half_seconds(60)
    assert np.linalg.norm(at_half_seconds(per_second) - reference, axis=1).max() < 0.04 * np.sqrt(100)
    assert np.linalg.norm(reference[-1] - reference[0]) > 3  # and it goes somewhere


def test_calm_moves_at_most_a_fifth_of_wild(model: PaintingModel) -> None:
    calm, usual, wild = (with_knobs(model, Knobs(wildness=w)) for w in (0.0, 0.5, 1.0))
    assert calm < usual < wild
    assert calm <= wild / 5


def test_slow_music_looks_slow(model: PaintingModel) -> None:
    techno = with_knobs(model, Knobs(), lambda now: music(now, 135, 0.95))
    ballad = with_knobs(model, Knobs(), lambda now: music(now, 66, 0.75, strokes=0.3))
    assert techno >= 2 * ballad


def test_speed_scales_the_walk_and_nothing_else(model: PaintingModel) -> None:
    slow, usual, fast = (with_knobs(model, Knobs(speed=s), silence) for s in (0.0, 0.5, 1.0))
    assert usual == pytest.approx(4 * slow, rel=0.2)
    assert fast == pytest.approx(4 * usual, rel=0.2)


def test_sensitivity_goes_from_deaf_to_strong(model: PaintingModel) -> None:
    deaf, usual, strong = (
        with_knobs(model, Knobs(sensitivity=s), lambda now: music(now, loudness=0.6)) for s in (0, 0.5, 1)
    )
    assert deaf == pytest.approx(with_knobs(model, Knobs(), silence), rel=0.05)
    assert deaf < 0.2 * usual
    assert strong > 1.4 * usual


def test_smoothing_lets_strokes_go_later(model: PaintingModel) -> None:
    def away_after(seconds: float, smoothing: float) -> float:
        engine = Engine(model, knobs=Knobs(smoothing=smoothing), analyse=False)
        at_rest = Engine(model, knobs=Knobs(smoothing=smoothing), analyse=False)

        def stroke(now: float) -> Features:
            pulses = np.zeros(len(BANDS))
            pulses[KICK] = np.exp(-now / 0.18)
            return replace(Features.silence(), loudness=1.0, pulses=pulses)

        def none(now: float) -> Features:
            return replace(Features.silence(), loudness=1.0)

        return float(np.linalg.norm(path(engine, seconds, stroke)[-1] - path(at_rest, seconds, none)[-1]))

    assert away_after(0.5, 1.0) > 3 * away_after(0.5, 0.5)
    assert away_after(4.0, 1.0) < 0.01 * np.sqrt(100)  # and yet it returns


@settings(max_examples=15, deadline=None)
@given(*[st.floats(0, 1)] * 4, st.integers(0, 99))
@example(1.0, 0.0, 1.0, 0.0, 0)  # on to the fastest there is
def test_no_knob_makes_the_picture_jump(
    model: PaintingModel, wildness: float, speed: float, sensitivity: float, smoothing: float, seed: int
) -> None:
    engine = Engine(model, knobs=Knobs(wildness, speed, sensitivity, smoothing), seed=seed, analyse=False)
    still = replace(music(1.0), pulses=np.zeros(len(BANDS)))
    before = path(engine, 0.5, lambda now: still)
    engine.set_knobs(Knobs(wildness, 1 - speed, sensitivity, 1 - smoothing))
    after = path(engine, 0.5, lambda now: still, start=0.5)
    steps = np.linalg.norm(np.diff(np.concatenate([before, after]), axis=0), axis=1)
    assert steps.max() < 1.25 * FASTEST_WALK / 60 * np.sqrt(2 * 100)  # a unit of the walk is a whole new noise


def test_harmony_moves_the_picture_a_little_and_the_same_chord_alike(model: PaintingModel) -> None:
    def chord(*notes: int) -> Features:
        chroma = np.full(12, 0.01)
        chroma[list(notes)] = 0.3
        return replace(Features.silence(), chroma=chroma)

    engine = Engine(model, knobs=Knobs(speed=0), analyse=False)
    first, other, again = (
        path(engine, 3, lambda now, c=c: c, start=3.0 * i)[-1]  # type: ignore[misc]
        for i, c in enumerate((chord(0, 4, 7), chord(1, 5, 8), chord(0, 4, 7)))
    )
    apart = np.linalg.norm(first - other)
    assert 0.5 < apart < 0.3 * np.sqrt(100)
    assert np.linalg.norm(first - again) < 0.3 * apart


def test_looks_are_left_and_found_again(model: PaintingModel) -> None:
    engine = Engine(model, analyse=False)
    engine.set_transition(0.5)
    engine.lock_look(True)
    here = path(engine, 3, silence)[-1]
    engine.next_look()
    assert engine.look == 1
    there = path(engine, 3, silence, start=3)[-1]
    assert np.linalg.norm(there - here) > 8
    engine.last_look()
    np.testing.assert_allclose(path(engine, 3, silence, start=6)[-1], here, atol=1e-3)
    engine.previous_look()
    assert engine.look == -1
    engine.random_look()
    assert engine.look not in (-1, 0, 1)


@pytest.mark.parametrize(("transition_s", "arrived"), [(0.5, 2.5), (20.0, 22.0)])
def test_another_period_comes_as_slowly_as_wanted(model: PaintingModel, transition_s: float, arrived: float) -> None:
    engine = Engine(model, analyse=False)
    engine.set_transition(transition_s)
    steps = [engine.paint(0.0, silence(0.0)).embedding]
    engine.set_period(4)
    way = np.linalg.norm(model.card.prototypes[4] - steps[0])
    steps += [engine.paint(0.1 * i, silence(0.0)).embedding for i in range(1, 300)]
    left = np.linalg.norm(np.stack(steps) - model.card.prototypes[4], axis=1) / way
    assert np.abs(np.diff(left)).max() < 0.15 * 2 / max(2.0, transition_s)
    assert left[round(10 * arrived)] < 0.07
    assert left[round(5 * transition_s)] > 0.15
    assert left[-1] < 0.02


def test_a_locked_look_stands_but_dances(model: PaintingModel) -> None:
    engine = Engine(model, analyse=False)
    path(engine, 2)
    engine.lock_look(True)
    path(engine, 2, start=2)  # the walk comes to rest
    locked = path(engine, 4, start=4)
    bar = round(4 * 60 / 128 * 60)  # paintings in a bar
    assert length(locked) > 5
    assert np.linalg.norm(locked.mean(axis=0) - locked[:bar].mean(axis=0)) < 0.1 * np.sqrt(100)
    engine.lock_look(False)
    assert np.linalg.norm(path(engine, 8, start=8)[-1] - locked[-1]) > 4


def test_a_look_can_wait_for_the_bar(model: PaintingModel) -> None:
    engine = Engine(model, analyse=False)
    path(engine, 0.1, lambda now: music(now, 60))
    engine.next_look(on_bar=True)
    path(engine, 0.8, lambda now: music(now, 60), start=0.1)
    assert engine.look == 0
    path(engine, 0.2, lambda now: music(now, 60), start=0.9)
    assert engine.look == 1
    engine.next_look(on_bar=True)  # no beat: at once
    engine.paint(2.0, silence(2.0))
    assert engine.look == 2


def form(now: float) -> Features:
    """Twelve seconds of one kind of music, twelve of another, and the first again."""
    features = music(now, bpm=120)
    if 12 <= now < 24:
        chroma = np.roll(features.chroma, 6)
        return replace(features, levels=np.full(len(BANDS), 0.9), activity=0.6, chroma=chroma)
    return replace(features, levels=np.full(len(BANDS), 0.3), activity=0.1)


@pytest.mark.parametrize("locked", [False, True])
def test_another_section_is_another_look(model: PaintingModel, locked: bool) -> None:
    engine = Engine(model, analyse=False)
    engine.lock_look(locked)
    rng, turned = np.random.default_rng(0), {}
    for index in range(36 * 10):
        now = (index + 1) / 10
        engine.hear(rng.normal(0, 0.1, RATE // 10).astype(np.float32), RATE)
        painting = engine.paint(now, form(now))
        turned.setdefault(painting.look, now)
    times = list(turned.values())[1:]
    if locked:
        assert not times
    else:
        assert len(times) == 2
        assert 12 < times[0] < 14.5
        assert 24 < times[1] < 26.5
        assert all(abs(time % 0.5) < 0.11 or abs(time % 0.5) > 0.39 for time in times)  # on a beat


def test_the_same_calls_give_the_same_path(model: PaintingModel) -> None:
    def walked(seed: int) -> np.ndarray:
        engine = Engine(model, seed=seed, analyse=False)
        first = path(engine, 1)
        engine.random_look()
        return np.concatenate([first, path(engine, 1, start=1)])

    np.testing.assert_array_equal(walked(3), walked(3))
    assert not np.allclose(walked(3), walked(4))
