"""Changes to spectrogram windows: each keeps the shape and range, and does what it says."""

from __future__ import annotations

import pytest
import torch

from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.spectral import SpectralAugment, SpectralRanges, _cut, _join, mix_within_period

SPEC = MelSpec()
STILL = SpectralRanges(gain_db=0, equaliser_db=0, bands=0, speed=0, floor_db=(-80, -80), time_masks=0, band_masks=0)


def windows(n: int = 3) -> torch.Tensor:
    return torch.rand(n, *SPEC.input_shape) * 1.5 - 1


def test_join_is_time_order_and_cut_its_inverse() -> None:
    columns = torch.arange(768.0).expand(1, 128, 768)
    mel = _cut(columns)
    assert mel[0, 1, 5, 0] == 256
    assert torch.equal(_join(mel), columns)


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
    moved = _join(SpectralAugment(SPEC, STILL)(mel))
    columns = _join(mel)
    assert any(torch.equal(moved, columns.roll(-start, 2)) for start in range(768))


def test_gain_is_in_decibels_and_the_same_in_all_bands() -> None:
    torch.manual_seed(0)
    mel = torch.zeros(64, *SPEC.input_shape)  # -40 dB everywhere
    ranges = SpectralRanges(6, 0, 0, 0, (-80, -80), 0, 0, 0, 0)
    change_db = SpectralAugment(SPEC, ranges)(mel) * 40
    assert change_db.abs().max() <= 6
    assert change_db.std(dim=(1, 2, 3)).max() < 1e-5
    assert change_db.mean(dim=(1, 2, 3)).std() > 2


def test_masks_blank_stretches_no_wider_than_said() -> None:
    torch.manual_seed(0)
    ranges = SpectralRanges(0, 0, 0, 0, (-80, -80), time_masks=1, time_columns=40, band_masks=0, mask_bands=0)
    mel = torch.ones(16, *SPEC.input_shape)
    mel[:, :, 64:] = -0.5
    changed = _join(SpectralAugment(SPEC, ranges)(mel))
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
