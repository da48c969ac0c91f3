"""Changes to spectrogram windows that leave the period what it is: the cheap augmentation, on the device.

All of it works on whole batches of encoder inputs in the dB scale. Random numbers are torch's global
ones, seeded at each step. Runs in the training process.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec


@dataclass(frozen=True)
class SpectralRanges:
    """How far a window may change; each clip draws its own values.

    Attributes:
        gain_db: louder or softer by up to this.
        equaliser_db: of each of four smooth curves over the bands.
        bands: pitch, moved up or down by up to this many mel bands (about two to a semitone).
        speed: played faster or slower by up to this share.
        floor_db: range of the noise floor's level that drowns quieter sound.
        time_masks, time_columns, band_masks, mask_bands: number and greatest width of blanked stretches.
    """

    gain_db: float = 20.0
    equaliser_db: float = 4.0
    bands: int = 4
    speed: float = 0.1
    floor_db: tuple[float, float] = (-80.0, -60.0)
    time_masks: int = 2
    time_columns: int = 96
    band_masks: int = 2
    mask_bands: int = 16


class SpectralAugment:
    """Random gain, equaliser, pitch, speed, start, noise floor and masks (SpecAugment) of windows."""

    def __init__(self, spec: MelSpec, ranges: SpectralRanges | None = None) -> None:
        if spec.scale != "db":
            raise MvnetError(f"spectral changes need the dB scale, not {spec.scale!r}: use --no-spectral")
        self.spec = spec
        self.ranges = ranges or SpectralRanges()
        self._unit = 2 / -spec.floor_db  # of the encoder's input per dB

    def __call__(self, mel: Tensor) -> Tensor:
        """[N, 3, n_mels, n_frames / 3] to the same shape; the input is left as it is."""
        columns = _join(mel)  # [N, n_mels, n_frames]
        columns = self._mask(self._colour(self._move(columns)))
        return _cut(columns)

    def _move(self, columns: Tensor) -> Tensor:
        """Another start (the window is a loop), speed and pitch, by taking other columns and bands."""
        n, bands, frames = columns.shape
        device = columns.device
        start = torch.randint(frames, (n, 1), device=device)
        speed = 1 + _spread(n, 1, device=device) * self.ranges.speed
        times = (start + (torch.arange(frames, device=device) * speed).long()) % frames  # [N, n_frames]
        columns = columns.gather(2, times[:, None, :].expand(-1, bands, -1))
        up = torch.randint(-self.ranges.bands, self.ranges.bands + 1, (n, 1), device=device)
        rows = (torch.arange(bands, device=device) - up).clamp(0, bands - 1)  # [N, n_mels]
        return columns.gather(1, rows[:, :, None].expand(-1, -1, frames))

    def _colour(self, columns: Tensor) -> Tensor:
        n, bands, _ = columns.shape
        ranges, device = self.ranges, columns.device
        gain = _spread(n, 1, device=device) * ranges.gain_db  # [N, 1]
        place = torch.linspace(0, torch.pi, bands, device=device)
        curves = torch.stack([torch.cos(k * place) for k in range(1, 5)])  # [4, n_mels]
        gain = gain + (_spread(n, 4, device=device) * ranges.equaliser_db) @ curves  # [N, n_mels]
        low, high = ranges.floor_db
        floor = low + (high - low) * torch.rand(n, 1, 1, device=device)  # dB [N, 1, 1]
        louder = columns + gain[:, :, None] * self._unit
        return torch.maximum(louder, floor * self._unit + 1)

    def _mask(self, columns: Tensor) -> Tensor:
        n, bands, frames = columns.shape
        blank = columns.mean((1, 2), keepdim=True)
        hidden = torch.zeros(n, 1, frames, dtype=torch.bool, device=columns.device)
        for _ in range(self.ranges.time_masks):
            hidden = hidden | _stretch(n, frames, self.ranges.time_columns, columns.device)[:, None, :]
        for _ in range(self.ranges.band_masks):
            hidden = hidden | _stretch(n, bands, self.ranges.mask_bands, columns.device)[:, :, None]
        return torch.where(hidden, blank, columns)


def mix_within_period(mel: Tensor, period: Tensor, share: float, spec: MelSpec) -> Tensor:
    """Sound some clips together with another clip of their period, so its label stays true.

    Powers are added, weighted w and 1 - w, w between 0.5 and 1: what the sum of two sounds would show
    on average.

    Args:
        mel: [N, 3, n_mels, width] in the dB scale.
        period: int64 [N].
        share: of the clips that are mixed.
    """
    n = len(period)
    order = torch.argsort(period.double() + torch.rand(n, device=mel.device, dtype=torch.float64) * 0.5)
    partner = torch.empty_like(order)
    # Sorted by period, shuffled inside: each clip's partner is the next one of its period, the last keeps itself.
    following = torch.roll(order, -1)
    partner[order] = torch.where(period[order] == period[following], following, order)
    weight = 0.5 + 0.5 * torch.rand(n, 1, 1, 1, device=mel.device)
    weight = torch.where(torch.rand(n, 1, 1, 1, device=mel.device) < share, weight, torch.ones_like(weight))
    scale = -spec.floor_db / 20 * torch.log(torch.tensor(10.0)).item()  # input to natural log of power, less a constant
    own = mel * scale + torch.log(weight)
    other = mel[partner] * scale + torch.log1p(-weight)  # -inf where the weight is 1
    return torch.logaddexp(own, other) / scale


def _join(mel: Tensor) -> Tensor:
    """[N, 3, n_mels, width] to [N, n_mels, 3 * width], in time order."""
    n, parts, bands, width = mel.shape
    return mel.permute(0, 2, 1, 3).reshape(n, bands, parts * width)


def _cut(columns: Tensor) -> Tensor:
    """The inverse of _join."""
    n, bands, frames = columns.shape
    return columns.reshape(n, bands, 3, frames // 3).permute(0, 2, 1, 3).contiguous()


def _spread(*shape: int, device: torch.device) -> Tensor:
    """Uniform in [-1, 1]."""
    return torch.rand(*shape, device=device) * 2 - 1


def _stretch(n: int, length: int, longest: int, device: torch.device) -> Tensor:
    """One random stretch for each of n rows, bool [n, length]."""
    width = torch.rand(n, 1, device=device) * longest
    start = torch.rand(n, 1, device=device) * (length - width)
    place = torch.arange(length, device=device)
    return (place >= start) & (place < start + width)
