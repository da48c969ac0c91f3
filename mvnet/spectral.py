"""Changes to spectrogram windows that leave the period what it is: the cheap augmentation, on the device.

All of it works on whole batches of encoder inputs in the dB scale. What a room, a microphone or a
loudspeaker does to powers is close enough to what they do to sound, at a fiftieth of the cost of changing
the sound itself (mvnet.augment). Random numbers are torch's global ones, seeded at each step. Runs in
the training process.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec, _hz_to_mel, _mel_to_hz

Span = tuple[float, float]
POWER = math.log(10) / 10  # natural logarithm of power, per dB
FLUCTUATION_DB = (5.6, 2.0)  # of noise in the lowest and the highest band: a wide band averages more bins


@dataclass(frozen=True)
class SpectralRanges:
    """How far a window may change; each clip draws its own values.

    Attributes:
        gain_db: louder or softer by up to this.
        equaliser_db: of each of four smooth curves over the bands.
        semitones: transposed up or down by up to this.
        speed: played faster or slower by up to this share.
        floor_db: range of the noise floor's level that drowns quieter sound.
        time_masks, time_columns, band_masks, mask_bands: number and greatest width of blanked stretches.
        room: share of the clips put into a room.
        room_s: its reverberation time (60 dB), seconds.
        room_direct_db: direct sound over reverberation, dB.
        noise: share with coloured noise behind the music.
        noise_snr_db: music over noise, dB.
        speaker: share heard through a small loudspeaker.
        speaker_low_hz, speaker_high_hz: where its range ends, Hz.
    """

    gain_db: float = 20.0
    equaliser_db: float = 3.0
    semitones: float = 2.0
    speed: float = 0.1
    floor_db: Span = (-80.0, -60.0)
    time_masks: int = 1
    time_columns: int = 96
    band_masks: int = 1
    mask_bands: int = 16
    room: float = 0.25
    room_s: Span = (0.2, 1.2)
    room_direct_db: Span = (-3.0, 12.0)
    noise: float = 0.25
    noise_snr_db: Span = (5.0, 40.0)
    speaker: float = 0.2
    speaker_low_hz: Span = (100.0, 400.0)
    speaker_high_hz: Span = (3500.0, 8000.0)

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple) and value[0] > value[1]:
                raise ValueError(f"SpectralRanges.{field.name} is {value}: the lower end comes first")
        for name in ("room", "noise", "speaker"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"SpectralRanges.{name} is {getattr(self, name)}: a share is 0 to 1")


class SpectralAugment:
    """Random start, pitch, speed, room, loudspeaker, equaliser, gain, noise and masks (SpecAugment) of windows."""

    def __init__(self, spec: MelSpec, ranges: SpectralRanges | None = None) -> None:
        if spec.scale != "db":
            raise MvnetError(f"spectral changes need the dB scale, not {spec.scale!r}: use --no-spectral")
        self.spec = spec
        self.ranges = ranges or SpectralRanges()
        self._unit = 2 / -spec.floor_db  # of the encoder's input per dB
        self._hz = torch.from_numpy(band_frequencies(spec)).float()  # [n_mels]

    def __call__(self, mel: Tensor) -> Tensor:
        """[N, 3, n_mels, n_frames / 3] to the same shape; the input is left as it is."""
        columns = self._move(join_columns(mel))  # [N, n_mels, n_frames]
        if self.ranges.semitones:
            steps = _spread(len(columns), 1, device=columns.device) * self.ranges.semitones
            columns = self.transposed(columns, steps)
        return _cut(self._mask(self.elsewhere(columns)))

    def elsewhere(self, columns: Tensor) -> Tensor:
        """The same music in another room, through another loudspeaker, at another level: [N, n_mels, T]."""
        level = (columns - 1) / self._unit  # dB
        for share, change in ((self.ranges.room, self._room), (self.ranges.speaker, self._speaker)):
            rows = (torch.rand(len(level), device=level.device) < share).nonzero()[:, 0]
            if len(rows):
                level[rows] = change(level[rows])
        level = level + self._colour(len(level), level.device)
        rows = (torch.rand(len(level), device=level.device) < self.ranges.noise).nonzero()[:, 0]
        if len(rows):
            level[rows] = self._noise(level[rows])
        columns = (level * self._unit + 1).clamp_min(-1)
        return torch.maximum(columns, self._floor(len(columns), columns.device))

    def _move(self, columns: Tensor) -> Tensor:
        """Another start (the window is a loop) and speed, by taking other columns."""
        n, bands, frames = columns.shape
        device = columns.device
        start = torch.randint(frames, (n, 1), device=device)
        speed = 1 + _spread(n, 1, device=device) * self.ranges.speed
        times = (start + (torch.arange(frames, device=device) * speed).long()) % frames  # [N, n_frames]
        return columns.gather(2, times[:, None, :].expand(-1, bands, -1))

    def transposed(self, columns: Tensor, semitones: Tensor) -> Tensor:
        """Every partial moved by the same ratio: bands are taken from between two others.

        Args:
            columns: [N, n_mels, T].
            semitones: up, [N, 1].
        """
        _, bands, frames = columns.shape
        hz = (self._hz.to(columns.device) / 2 ** (semitones / 12)).cpu().double().numpy()  # [N, n_mels]
        place = torch.from_numpy(band_positions(hz, self.spec)).to(columns).clamp(0, bands - 1)
        low = place.long().clamp(max=bands - 2)
        share = (place - low)[:, :, None]
        index = low[:, :, None].expand(-1, -1, frames)
        return torch.lerp(columns.gather(1, index), columns.gather(1, index + 1), share)

    def _room(self, level: Tensor) -> Tensor:
        """Powers smeared over the columns that follow, dB; high bands die away twice as fast.

        The tail is a geometric series, so its transfer function has a closed form; the window is a loop.
        """
        n, bands, frames = level.shape
        device, spec = level.device, self.spec
        rt60 = _between(self.ranges.room_s, n, 1, device=device) * torch.linspace(1, 0.5, bands, device=device)
        decay = torch.exp(-6 * math.log(10) * spec.hop / spec.sample_rate / rt60)[:, :, None]  # of power, a column
        direct = 10 ** (_between(self.ranges.room_direct_db, n, 1, 1, device=device) / 10)
        angle = -2 * math.pi * torch.arange(frames // 2 + 1, device=device) / frames
        delay = torch.polar(torch.ones_like(angle), angle)
        response = 1 + (1 - decay) / direct * delay / (1 - decay * delay)
        power = torch.fft.irfft(torch.fft.rfft(torch.exp(level * POWER)) * response, n=frames)
        return power.clamp_min(math.exp(self.spec.floor_db * POWER)).log() / POWER

    def _speaker(self, level: Tensor) -> Tensor:
        """12 dB an octave less outside a loudspeaker's range, and the rest of its curve uneven."""
        n, device = len(level), level.device
        hz = self._hz.to(device)
        low = _between(self.ranges.speaker_low_hz, n, 1, device=device)
        high = _between(self.ranges.speaker_high_hz, n, 1, device=device)
        loss = 10 * torch.log10((1 + (low / hz) ** 4) * (1 + (hz / high) ** 4))  # [N, n_mels]
        return level - loss[:, :, None]

    def _colour(self, n: int, device: torch.device) -> Tensor:
        """Gain and equaliser, dB [N, n_mels, 1]."""
        bands = self.spec.n_mels
        gain = _spread(n, 1, device=device) * self.ranges.gain_db
        place = torch.linspace(0, torch.pi, bands, device=device)
        curves = torch.stack([torch.cos(k * place) for k in range(1, 5)])  # [4, n_mels]
        return (gain + (_spread(n, 4, device=device) * self.ranges.equaliser_db) @ curves)[:, :, None]

    def _noise(self, level: Tensor) -> Tensor:
        """Powers of coloured noise added, so far below the music's mean power as was drawn; dB."""
        n, _, frames = level.shape
        loudness = torch.exp(level * POWER).mean((1, 2), keepdim=True).log() / POWER
        wanted = loudness - _between(self.ranges.noise_snr_db, n, 1, 1, device=level.device)
        noise = wanted + coloured_noise(n, self.spec, frames, level.device)
        return torch.logaddexp(level * POWER, noise * POWER) / POWER

    def _floor(self, n: int, device: torch.device) -> Tensor:
        return _between(self.ranges.floor_db, n, 1, 1, device=device) * self._unit + 1

    def _mask(self, columns: Tensor) -> Tensor:
        n, bands, frames = columns.shape
        blank = columns.mean((1, 2), keepdim=True)
        hidden = torch.zeros(n, 1, frames, dtype=torch.bool, device=columns.device)
        for _ in range(self.ranges.time_masks):
            hidden = hidden | _stretch(n, frames, self.ranges.time_columns, columns.device)[:, None, :]
        for _ in range(self.ranges.band_masks):
            hidden = hidden | _stretch(n, bands, self.ranges.mask_bands, columns.device)[:, :, None]
        return torch.where(hidden, blank, columns)


def coloured_noise(n: int, spec: MelSpec, frames: int, device: torch.device) -> Tensor:
    """Mel columns of steady noise of random colours, each of mean power 1 over its bands; dB [N, n_mels, n_frames]."""
    bands = spec.n_mels
    place = torch.linspace(0, 1, bands, device=device)
    tilt = _between((-50.0, 10.0), n, 1, device=device) * place  # from rumble to hiss, dB [N, n_mels]
    tilt = tilt - (torch.exp(tilt * POWER).mean(1, keepdim=True)).log() / POWER
    low, high = FLUCTUATION_DB
    spread = low + (high - low) * place
    mean = spread.square() * (POWER / 2)  # of powers whose levels are normal, dB above their middle
    return (tilt - mean)[:, :, None] + torch.randn(n, bands, frames, device=device) * spread[:, None]


def quiet_windows(n: int, spec: MelSpec, device: torch.device) -> Tensor:
    """Windows without music, [N, 3, n_mels, n_frames / 3]: a third digital silence, the rest noise of any level."""
    level = _between((spec.floor_db, -10.0), n, 1, 1, device=device)
    level = torch.where(torch.rand(n, 1, 1, device=device) < 1 / 3, spec.floor_db - 40, level)
    columns = (level + coloured_noise(n, spec, spec.n_frames, device)) * (2 / -spec.floor_db) + 1
    return _cut(columns.clamp_min(-1))


def band_frequencies(spec: MelSpec) -> np.ndarray:
    """Centre of each mel band in Hz, float64 [n_mels]."""
    top = float(_hz_to_mel(np.array(spec.sample_rate / 2)))
    return _mel_to_hz(np.linspace(0.0, top, spec.n_mels + 2))[1:-1]


def band_positions(hz: np.ndarray, spec: MelSpec) -> np.ndarray:
    """Where frequencies lie among the bands: 0 is the lowest band's centre, n_mels - 1 the highest's."""
    top = float(_hz_to_mel(np.array(spec.sample_rate / 2)))
    return _hz_to_mel(hz) * (spec.n_mels + 1) / top - 1


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
    rows = (torch.rand(n, device=mel.device) < share).nonzero()[:, 0]
    if not len(rows):
        return mel
    weight = 0.5 + 0.5 * torch.rand(len(rows), 1, 1, 1, device=mel.device)
    scale = -spec.floor_db / 2 * POWER  # of the input, to the natural logarithm of power less a constant
    own = mel[rows] * scale + torch.log(weight)
    other = mel[partner[rows]] * scale + torch.log1p(-weight)  # -inf where the weight is 1
    return mel.index_copy(0, rows, torch.logaddexp(own, other) / scale)


def join_columns(mel: Tensor) -> Tensor:
    """[N, 3, n_mels, width] to [N, n_mels, 3 * width], in time order."""
    n, parts, bands, width = mel.shape
    return mel.permute(0, 2, 1, 3).reshape(n, bands, parts * width)


def _cut(columns: Tensor) -> Tensor:
    """The inverse of join_columns."""
    n, bands, frames = columns.shape
    return columns.reshape(n, bands, 3, frames // 3).permute(0, 2, 1, 3).contiguous()


def _spread(*shape: int, device: torch.device) -> Tensor:
    """Uniform in [-1, 1]."""
    return torch.rand(*shape, device=device) * 2 - 1


def _between(span: Span, *shape: int, device: torch.device) -> Tensor:
    """Uniform within a span."""
    return span[0] + (span[1] - span[0]) * torch.rand(*shape, device=device)


def _stretch(n: int, length: int, longest: int, device: torch.device) -> Tensor:
    """One random stretch for each of n rows, bool [n, length]."""
    width = torch.rand(n, 1, device=device) * longest
    start = torch.rand(n, 1, device=device) * (length - width)
    place = torch.arange(length, device=device)
    return (place >= start) & (place < start + width)
