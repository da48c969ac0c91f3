"""Resampling: independent of the blocks, without drift over hours, in tune and in place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvnet.resample import Resampler, resample
from tests.sound_files import pitch, tone

RATES = [8000, 11_025, 16_000, 32_000, 44_100, 48_000, 96_000, 192_000]


def noise(n: int, channels: int = 1) -> np.ndarray:
    shape = n if channels == 1 else (n, channels)
    return np.random.default_rng(n).uniform(-0.5, 0.5, shape).astype(np.float32)


@settings(deadline=None, max_examples=40)
@given(
    sizes=st.lists(st.integers(0, 5000), max_size=15),
    from_rate=st.sampled_from([8000, 44_100, 48_000]),
    channels=st.sampled_from([1, 2]),
)
def test_any_partition_gives_the_same_samples(sizes: list[int], from_rate: int, channels: int) -> None:
    samples = noise(12_000, channels)
    resampler = Resampler(from_rate, 22_050, channels)
    cuts = np.minimum(np.cumsum(sizes), len(samples))
    blocks = [resampler.push(block) for block in np.split(samples, cuts)]
    blocks.append(resampler.push(samples[:0], last=True))
    np.testing.assert_allclose(np.concatenate(blocks), resample(samples, from_rate, 22_050), atol=1e-6)


@pytest.mark.parametrize("rate", RATES)
def test_length_pitch_and_place(rate: int) -> None:
    samples = tone(1.0, rate, 440.0, channels=1)[:, 0]
    samples[: rate // 2] = 0
    out = resample(samples, rate, 22_050)
    assert len(out) == pytest.approx(22_050, abs=1)
    assert pitch(out[12_000:21_000], 22_050) == pytest.approx(440, abs=0.1)
    assert np.abs(out[:10_000]).max() < 1e-3
    expected = tone(1.0, 22_050, 440.0, channels=1)[12_000:21_000, 0]
    np.testing.assert_allclose(out[12_000:21_000], expected, atol=2e-3)


def test_two_hours_drift_by_no_sample() -> None:
    from_rate = 48_000  # 160 to 73.5: the rate whose ratio is the least round
    resampler = Resampler(from_rate, 22_050)
    silence = np.zeros(20 * from_rate, np.float32)
    count = sum(len(resampler.push(silence)) for _ in range(359))
    click = silence.copy()
    click[10 * from_rate] = 1.0  # ten seconds before the end of two hours
    out = resampler.push(click, last=True)
    assert count + len(out) == 7200 * 22_050
    assert count + int(np.argmax(np.abs(out))) == 7190 * 22_050


def test_equal_rates_pass_through() -> None:
    samples = noise(1000)
    np.testing.assert_array_equal(Resampler(22_050, 22_050).push(samples), samples)


def test_reset_forgets() -> None:
    resampler = Resampler(48_000, 22_050)
    resampler.push(noise(5000), last=True)
    resampler.reset()
    out = resampler.push(noise(3000), last=True)
    np.testing.assert_array_equal(out, resample(noise(3000), 48_000, 22_050))


@pytest.mark.parametrize(("from_rate", "channels", "words"), [(0, 1, "must be positive"), (8000, 0, "at least one")])
def test_what_cannot_be_resampled_is_refused(from_rate: int, channels: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Resampler(from_rate, 22_050, channels)
