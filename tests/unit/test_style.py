"""The slow path: the same windows as a whole sound gives, filled while short, patient in silence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvnet.frontend import MelSpec, window_input
from mvnet.resample import Resampler
from visualizer.painting.style import DECIDE_EVERY_S, Style, mirrored

RATE = 44_100
NEUTRAL = np.full(10, 0.5)


class Listening:
    """Keeps the windows it is given and answers each with its number."""

    def __init__(self) -> None:
        self.windows: list[np.ndarray] = []

    def encode(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.windows += list(windows)
        period = np.zeros((1, 5), np.float32)
        period[0, len(self.windows) % 5] = 1
        return np.full((1, 10), len(self.windows), np.float32), period


def noise(seconds: float, level: float = 0.1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, level, round(seconds * RATE)).astype(np.float32)


def follow(style: Style, model: Listening, sound: np.ndarray, start: float = 0.0, per_second: float = 20) -> int:
    """Hear a sound in step with the clock; returns how often the encoder ran."""
    step = round(RATE / per_second)
    ran = 0
    for index in range(len(sound) // step):
        style.hear(sound[index * step : (index + 1) * step], RATE)
        ran += style.decide(model, start + (index + 1) / per_second)
    return ran


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 60_000), min_size=8, max_size=30), st.floats(0.01, 3))
def test_a_full_window_is_bit_for_bit_that_of_the_whole_sound(blocks: list[int], every: float) -> None:
    sound = noise(10)
    style, model, resampler = Style(MelSpec(), NEUTRAL), Listening(), Resampler(RATE, 22_050)
    heard, cursor, now, largest = [], 0, 0.0, len(sound)
    for block in [*blocks, largest]:
        style.hear(sound[cursor : cursor + block], RATE)
        heard.append(resampler.push(sound[cursor : cursor + block]))
        cursor += block
        now += every
        style.decide(model, now)
    style.restart(NEUTRAL)
    style.decide(model, now + 1)
    np.testing.assert_array_equal(model.windows[-1], window_input(np.concatenate(heard)))


def test_columns_are_computed_only_for_windows() -> None:
    style, computed = Style(MelSpec(), NEUTRAL), []
    push = style._mel.push

    def counted(samples: np.ndarray) -> int:
        computed.append(len(samples))
        return push(samples)

    style._mel.push = counted  # type: ignore[method-assign]
    follow(style, Listening(), noise(4), per_second=50)
    assert len(computed) == pytest.approx(4 / DECIDE_EVERY_S, abs=1)
    computed.clear()
    style.hear(noise(60), RATE)  # nobody asks for a window: memory stays bounded
    assert sum(computed) > 55 * 22_050


@pytest.mark.parametrize("per_second", [10.0, 24.0, 60.0])
def test_decisions_keep_their_rate(per_second: float) -> None:
    style, model = Style(MelSpec(), NEUTRAL), Listening()
    ran = follow(style, model, noise(6), per_second=per_second)
    assert ran == pytest.approx((6 - 0.5) / DECIDE_EVERY_S, abs=2)


def test_a_short_sound_fills_the_window() -> None:
    style, model = Style(MelSpec(), NEUTRAL), Listening()
    follow(style, model, noise(3))
    assert model.windows[0].min() > -0.9  # no silence in it, though only half a second was heard
    assert model.windows[-1].min() > -0.9


def test_first_decisions_count_by_degrees() -> None:
    style, model = Style(MelSpec(), NEUTRAL), Listening()
    np.testing.assert_allclose(style.period, 0.2)
    assert follow(style, model, noise(0.4)) == 0
    follow(style, model, noise(0.6, seed=1), start=0.4)
    assert not style.is_trusted
    assert style.period.sum() == pytest.approx(1, abs=1e-5)
    assert 0.2 < style.period.max() < 0.75
    follow(style, model, noise(2, seed=2), start=1.0)
    assert style.is_trusted
    assert style.period.max() == 1


def test_silence_decides_nothing_and_parts_old_from_new() -> None:
    style, model = Style(MelSpec(), NEUTRAL), Listening()
    follow(style, model, noise(9))
    decided = style.embedding
    hiss = noise(4, level=3e-4)  # -70 dB
    ran = follow(style, model, hiss, start=9.0)
    assert ran <= 1.5 / DECIDE_EVERY_S + 1  # the last sound may still be a pause within the music
    after = style.embedding
    assert (after >= decided).all()
    follow(style, model, noise(1, seed=5), start=13.0)
    assert style.recent().shape[0] == pytest.approx(1 * 22_050 / 256, abs=8)  # nothing from before the silence
    assert not style.is_trusted


def test_a_short_pause_belongs_to_the_music() -> None:
    style, model = Style(MelSpec(), NEUTRAL), Listening()
    follow(style, model, np.concatenate([noise(4), np.zeros(RATE, np.float32), noise(1)]))
    assert style.recent().shape[0] > 5.5 * 22_050 / 256


def test_broken_answers_are_passed_over() -> None:
    class Broken(Listening):
        def encode(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return np.full((1, 10), np.nan, np.float32), np.full((1, 5), np.nan, np.float32)

    style = Style(MelSpec(), NEUTRAL)
    follow(style, Broken(), noise(2))
    np.testing.assert_array_equal(style.embedding, NEUTRAL.astype(np.float32))


@given(st.integers(1, 40), st.integers(1, 30))
def test_mirrored_ends_with_the_sound_itself(length: int, count: int) -> None:
    columns = np.arange(length, dtype=np.float32)[:, None]
    filled = mirrored(columns, count)
    assert filled.shape == (count, 1)
    shared = min(length, count)
    np.testing.assert_array_equal(filled[-shared:], columns[-shared:])
    steps = np.abs(np.diff(filled[:, 0]))
    assert not len(steps) or steps.max() <= 1  # no seam
