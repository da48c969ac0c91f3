"""Changes to spectrogram windows: each keeps the shape and range, and does what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec, mel_filterbank
from mvnet.spectral import (
    SpectralAugment,
    SpectralRanges,
    _cut,
    band_frequencies,
    band_positions,
    coloured_noise,
    join_columns,
    mix_within_period,
    quiet_windows,
)

SPEC = MelSpec()
STILL = SpectralRanges(
    gain_db=0,
    equaliser_db=0,
    semitones=0,
    speed=0,
    floor_db=(-80, -80),
    time_masks=0,
    band_masks=0,
    room=0,
    noise=0,
    speaker=0,
)


def windows(n: int = 3) -> torch.Tensor:
    return torch.rand(n, *SPEC.input_shape) * 1.5 - 1


def testjoin_columns_is_time_order_and_cut_its_inverse() -> None:
    columns = torch.arange(768.0).expand(1, 128, 768)
    mel = _cut(columns)
    assert mel[0, 1, 5, 0] == 256
    assert torch.equal(join_columns(mel), columns)


def test_all_changes_together_keep_shape_and_floor() -> None:
    torch.manual_seed(1)
    mel = windows()
    before = mel.clone()
    changed = SpectralAugment(SPEC)(mel)
    assert changed.shape == mel.shape
    assert torch.isfinite(changed).all()
    assert changed.min() >= -1
    assert torch.equal(mel, before)
    assert not torch.equal(changed, mel)


def test_without_ranges_only_the_start_moves() -> None:
    torch.manual_seed(0)
    mel = windows(1)
    moved = join_columns(SpectralAugment(SPEC, STILL)(mel))
    columns = join_columns(mel)
    assert any(torch.allclose(moved, columns.roll(-start, 2), atol=1e-5) for start in range(768))


def test_gain_is_in_decibels_and_the_same_in_all_bands() -> None:
    torch.manual_seed(0)
    mel = torch.zeros(64, *SPEC.input_shape)  # -40 dB everywhere
    ranges = replace(STILL, gain_db=6)
    change_db = SpectralAugment(SPEC, ranges)(mel) * 40
    assert change_db.abs().max() <= 6
    assert change_db.std(dim=(1, 2, 3)).max() < 1e-5
    assert change_db.mean(dim=(1, 2, 3)).std() > 2


def test_masks_blank_stretches_no_wider_than_said() -> None:
    torch.manual_seed(0)
    ranges = replace(STILL, time_masks=1, time_columns=40)
    mel = torch.ones(16, *SPEC.input_shape)
    mel[:, :, 64:] = -0.5
    changed = join_columns(SpectralAugment(SPEC, ranges)(mel))
    masked = (changed[:, 0] != 1).sum(1)  # columns of each clip
    assert masked.max() <= 41
    assert masked.max() > 10


def test_power_scale_is_refused() -> None:
    with pytest.raises(MvnetError, match="--no-spectral"):
        SpectralAugment(MelSpec(scale="power"))


def test_mixing_stays_within_the_period() -> None:
    torch.manual_seed(0)
    period = torch.tensor([0, 1, 0, 1, 2])
    mel = torch.full((5, *SPEC.input_shape), -1.0)
    for clip in range(5):
        mel[clip, :, 10 * int(period[clip])] = 0.5  # a band of its own for each period
    mixed = mix_within_period(mel, period, 1.0, SPEC)
    for clip in range(5):
        loud = mixed[clip, 0, :, 0] > -0.9
        assert loud.nonzero().flatten().tolist() == [10 * int(period[clip])]
    torch.testing.assert_close(mixed[4], mel[4])  # alone in its period: with itself


def test_mixing_adds_power() -> None:
    torch.manual_seed(3)
    mel = torch.stack([torch.full(SPEC.input_shape, 0.5), torch.full(SPEC.input_shape, -1.0)])  # -20 and -80 dB
    mixed = mix_within_period(mel, torch.tensor([0, 0]), 1.0, SPEC)
    first_db, second_db = ((mixed[clip, 0, 0, 0].item() - 1) * 40 for clip in range(2))
    assert -20 - 3.02 <= first_db <= -20  # at least half of the loud one's power stays
    assert second_db <= -20 - 3.0  # at most half of it is added
    assert torch.equal(mix_within_period(mel, torch.tensor([0, 0]), 0.0, SPEC).round(decimals=5), mel)


def level_db(mel: torch.Tensor) -> torch.Tensor:
    """Mel columns in dB, [N, n_mels, n_frames]."""
    return (join_columns(mel) - 1) * 40


def test_band_frequencies_are_the_filterbanks_own() -> None:
    bank, hz = mel_filterbank(SPEC), band_frequencies(SPEC)
    bins = np.fft.rfftfreq(SPEC.n_fft, 1 / SPEC.sample_rate)
    assert np.abs(bins[bank.argmax(1)] - hz).max() <= SPEC.sample_rate / SPEC.n_fft
    np.testing.assert_allclose(band_positions(hz, SPEC), np.arange(SPEC.n_mels), atol=1e-9)


def test_transposing_moves_every_partial_by_the_same_ratio() -> None:
    torch.manual_seed(5)
    mel = torch.full((8, *SPEC.input_shape), -1.0)
    mel[:, :, [30, 90]] = 1.0
    hz = band_frequencies(SPEC)
    changed = SpectralAugment(SPEC, replace(STILL, semitones=4))(mel)
    ratios = []
    for clip in changed:
        low, high = clip[0, :60, 0].argmax().item(), 60 + clip[0, 60:, 0].argmax().item()
        ratios.append((hz[low] / hz[30], hz[high] / hz[90]))
    for low_ratio, high_ratio in ratios:
        assert low_ratio == pytest.approx(high_ratio, abs=0.04)  # half a band
        assert 2 ** (-4.5 / 12) < low_ratio < 2 ** (4.5 / 12)
    assert len({round(low, 2) for low, _ in ratios}) > 3


def test_a_room_smears_a_click_and_keeps_what_came_before() -> None:
    torch.manual_seed(0)
    mel = torch.full((4, *SPEC.input_shape), -1.0)
    mel[:, 1, :, 100] = 1.0
    ranges = replace(STILL, room=1.0, room_s=(0.5, 0.5), room_direct_db=(0.0, 0.0))
    changed = level_db(SpectralAugment(SPEC, ranges)(mel))
    click = changed.mean(1).argmax(1)
    for clip, at in zip(changed, click.tolist(), strict=True):
        tail = clip.roll(-at, 1)[0]  # of the lowest band, from the click on
        half_second = round(0.5 * SPEC.sample_rate / SPEC.hop)
        assert tail[0] == pytest.approx(0.0, abs=0.1)
        assert (tail[1:half_second].diff() < 0).all()
        assert tail[1] - tail[half_second] == pytest.approx(60, abs=2)
        assert tail[-1] < -70
        assert clip.roll(-at, 1)[-1, half_second // 2] < tail[half_second // 2] - 20  # treble dies away sooner


def test_a_loudspeaker_takes_bass_and_treble_only() -> None:
    torch.manual_seed(0)
    mel = torch.full((4, *SPEC.input_shape), 0.5)
    change = level_db(SpectralAugment(SPEC, replace(STILL, speaker=1.0))(mel)) + 20
    hz = band_frequencies(SPEC)
    middle = (hz > 1000) & (hz < 1500)
    assert change[:, middle].abs().max() < 0.5
    assert change[:, 0].max() < -12
    assert change[:, -1].max() < -3


def test_noise_lies_as_far_below_the_music_as_drawn() -> None:
    torch.manual_seed(0)
    mel = torch.full((6, *SPEC.input_shape), -1.0)
    mel[:, :, 60] = 1.0  # 0 dB in one band of 128: -21 dB on average
    ranges = replace(STILL, noise=1.0, noise_snr_db=(20.0, 20.0))
    level = level_db(SpectralAugment(SPEC, ranges)(mel))
    power = 10 ** (level / 10)
    power[:, 60] = 0
    mean_db = 10 * power.mean((1, 2)).log10()
    assert (mean_db + 41).abs().max() < 1
    assert coloured_noise(2, SPEC, 768, mel.device).std(2).min() > 1


def test_quiet_windows_are_silence_or_steady_noise() -> None:
    torch.manual_seed(0)
    windows = quiet_windows(60, SPEC, torch.device("cpu"))
    assert windows.shape == (60, *SPEC.input_shape)
    silent = (windows == -1).flatten(1).all(1)
    assert 8 <= int(silent.sum()) <= 35
    loud = windows[~silent]
    assert (loud.mean((2, 3)).std(1) < 0.1).all()  # the three thirds are alike
    assert loud.mean((1, 2, 3)).std() > 0.2


def test_ranges_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="room_s"):
        SpectralRanges(room_s=(1.0, 0.5))
    with pytest.raises(ValueError, match="speaker"):
        SpectralRanges(speaker=1.5)
