"""The front end: rolling equals whole bit for bit, librosa agrees, stored values stay."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvnet.frontend import (
    MelSpec,
    RollingMel,
    encoder_input,
    log_mel,
    mel_columns,
    mel_filterbank,
    n_columns,
    window_input,
)
from tests.golden import mel as golden

SPEC = MelSpec()
SHORT = MelSpec(n_fft=64, hop=24, n_mels=8, n_frames=12)  # the same code, hundreds of times faster


def noise(n: int, seed: int = 0) -> np.ndarray:
    """float32 [n], full scale +-0.5."""
    return np.random.default_rng(seed).uniform(-0.5, 0.5, n).astype(np.float32)


def push_in_blocks(rolling: RollingMel, samples: np.ndarray, sizes: list[int]) -> int:
    """Push all the samples, in blocks of the given sizes and one of the rest; returns the columns reported."""
    ends = [*np.minimum(np.cumsum([0, *sizes]), len(samples)).tolist(), len(samples)]
    return sum(rolling.push(samples[start:end]) for start, end in pairwise(ends))


def last_columns(samples: np.ndarray, spec: MelSpec) -> np.ndarray:
    """What a window must hold at the end of a sound: its last columns, after silence where it is shorter."""
    columns = mel_columns(samples, spec)[-spec.n_frames :]
    silence = np.full((spec.n_frames - len(columns), spec.n_mels), spec.silence, np.float32)
    return np.concatenate((silence, columns))


@given(
    length=st.integers(0, 1500),
    sizes=st.lists(st.integers(0, 400), max_size=30),
    scale=st.sampled_from(["db", "power"]),
)
def test_rolling_equals_whole_bit_for_bit_under_any_partition(length: int, sizes: list[int], scale: str) -> None:
    spec = dataclasses.replace(SHORT, scale=scale)
    samples = noise(length, seed=length)
    rolling = RollingMel(spec)
    reported = push_in_blocks(rolling, samples, sizes)
    assert reported == rolling.columns == n_columns(length, spec)
    np.testing.assert_array_equal(rolling.latest(), last_columns(samples, spec))


@settings(max_examples=5, deadline=None)
@given(sizes=st.lists(st.integers(1, 60_000), min_size=1, max_size=12))
def test_rolling_equals_whole_with_the_real_window(sizes: list[int]) -> None:
    samples = noise(SPEC.window_samples + 30_000)
    rolling = RollingMel()
    push_in_blocks(rolling, samples, sizes)
    np.testing.assert_array_equal(rolling.latest(), log_mel(samples).T[-SPEC.n_frames :])
    np.testing.assert_array_equal(rolling.window(), window_input(samples))


def test_one_sample_at_a_time() -> None:
    samples = noise(1000)
    rolling = RollingMel(SHORT)
    push_in_blocks(rolling, samples, [1] * 1000)
    np.testing.assert_array_equal(rolling.latest(), last_columns(samples, SHORT))


def test_reset_forgets() -> None:
    rolling = RollingMel(SHORT)
    rolling.push(noise(700))
    rolling.reset()
    assert rolling.columns == 0
    assert np.all(rolling.latest() == SHORT.floor_db)
    rolling.push(noise(500, seed=1))
    np.testing.assert_array_equal(rolling.latest(), last_columns(noise(500, seed=1), SHORT))


def test_a_window_is_the_papers() -> None:
    assert SPEC.window_seconds == pytest.approx(8.9165, abs=1e-4)
    assert SPEC.input_shape == (3, 128, 256)
    window = window_input(noise(SPEC.window_samples))
    assert (window.shape, window.dtype, window.flags.c_contiguous) == ((3, 128, 256), np.float32, True)
    assert n_columns(SPEC.window_samples, SPEC) == SPEC.n_frames
    assert n_columns(SPEC.window_samples - 1, SPEC) == SPEC.n_frames - 1


def test_a_window_is_cut_in_time_oldest_first() -> None:
    columns = np.arange(SPEC.n_frames * SPEC.n_mels, dtype=np.float32).reshape(SPEC.n_frames, SPEC.n_mels)
    parts = encoder_input(columns, dataclasses.replace(SPEC, scale="power"))
    for part, band, column in ((0, 0, 0), (0, 5, 255), (1, 7, 0), (2, 127, 255)):
        assert parts[part, band, column] == columns[256 * part + column, band]


def test_the_floor_is_minus_one_and_full_power_is_one() -> None:
    columns = np.full((SPEC.n_frames, SPEC.n_mels), SPEC.floor_db, np.float32)
    columns[0, 0] = 0.0
    parts = encoder_input(columns, SPEC)
    assert parts[0, 0, 0] == 1
    assert parts.min() == -1
    assert np.all(window_input(np.zeros(100, np.float32)) == -1)


@pytest.mark.parametrize("scale", ["db", "power"])
def test_stored_values_stay(scale: str) -> None:
    stored = np.load(golden.PATH)[scale]
    now = golden.arrays()[scale]
    absolute, relative = (1e-4, 0.0) if scale == "db" else (1e-12, 2e-5)
    np.testing.assert_allclose(now, stored, atol=absolute, rtol=relative)


def test_librosa_has_the_same_filters() -> None:
    librosa = pytest.importorskip("librosa")
    theirs = librosa.filters.mel(sr=SPEC.sample_rate, n_fft=SPEC.n_fft, n_mels=SPEC.n_mels, dtype=np.float64)
    np.testing.assert_allclose(mel_filterbank(SPEC), theirs, atol=1e-12)


@pytest.mark.parametrize("seed", [1, 2])
def test_librosa_agrees_to_a_ten_thousandth_of_a_db(seed: int) -> None:
    librosa = pytest.importorskip("librosa")
    samples = np.concatenate((noise(20_000, seed), np.zeros(5000, np.float32), golden.sound()))
    power = librosa.feature.melspectrogram(
        y=samples.astype(np.float64),
        sr=SPEC.sample_rate,
        n_fft=SPEC.n_fft,
        hop_length=SPEC.hop,
        window="hamming",
        center=False,
        power=2.0,
        n_mels=SPEC.n_mels,
    )
    theirs = 10 * np.log10(np.maximum(power, 10 ** (SPEC.floor_db / 10)))
    np.testing.assert_allclose(log_mel(samples), theirs, atol=1e-4)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"hop": 0}, "MelSpec.hop is 0"),
        ({"n_mels": 12.5}, "MelSpec.n_mels is 12.5"),
        ({"n_frames": 100}, "divisible by 3"),
        ({"hop": 2048}, "longer than n_fft"),
        ({"scale": "bark"}, "use one of db, power"),
    ],
)
def test_a_spec_that_cannot_work_is_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        MelSpec(**values)


def test_what_is_no_window_is_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        log_mel(noise(1023))
    with pytest.raises(ValueError, match="mono"):
        log_mel(noise(4096).reshape(2048, 2))
    with pytest.raises(ValueError, match="768"):
        encoder_input(np.zeros((767, 128), np.float32), SPEC)
