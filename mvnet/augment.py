"""Makes of each clip of music what a microphone, a room, a loudspeaker or a codec could make of it.

The encoder is trained on few recordings, many of them rendered: without this it learns the recording
chain instead of the music. Runs on the training device, between the cached samples and
`mvnet.batchmel.BatchMel`; every draw comes from one generator, so a run can be repeated exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor, nn

from mvnet import acoustics
from mvnet.batchmel import BatchMel
from mvnet.clips import FULL_SCALE

__all__ = ["AugmentConfig", "BatchMel", "WaveformAugment", "mask_windows", "to_waveforms"]

# Speeds within 1.51 semitones, as ratios of small numbers, which torchaudio resamples cheaply.
SPEEDS = ((12, 11), (16, 15), (24, 23), (36, 35), (35, 36), (23, 24), (15, 16), (11, 12))

Span = tuple[float, float]


@dataclass(frozen=True)
class AugmentConfig:
    """How often and how strongly clips are changed; each pair is the range of an even draw.

    Attributes:
        mix: share of clips mixed with another clip of their period.
        mix_db: level of the other clip, dB.
        speed: share played faster or slower, by up to 1.5 semitones.
        equalise: share that goes through an equaliser of three bands.
        equalise_db: gain of a band, dB.
        room: share put into a room.
        room_s: reverberation time (60 dB), seconds.
        room_direct_db: direct sound over reverberation, dB.
        noise: share with background noise.
        noise_snr_db: music over noise, dB.
        speaker: share heard through a small loudspeaker.
        speaker_low_hz, speaker_high_hz: corners of the loudspeaker, Hz.
        speaker_drive: how far it is overdriven: 1 hardly, 4 audibly.
        codec: share that loses its treble.
        codec_hz: where the treble ends, Hz.
        gain_db: level of every clip, dB; never above full scale.
        masks: bands and stretches that mask_windows blanks, of each kind.
        mask_mels, mask_frames: the widest of them.
    """

    mix: float = 0.2
    mix_db: Span = (-12.0, 0.0)
    speed: float = 0.5
    equalise: float = 0.7
    equalise_db: Span = (-8.0, 8.0)
    room: float = 0.4
    room_s: Span = (0.2, 1.4)
    room_direct_db: Span = (-3.0, 12.0)
    noise: float = 0.5
    noise_snr_db: Span = (5.0, 40.0)
    speaker: float = 0.25
    speaker_low_hz: Span = (100.0, 300.0)
    speaker_high_hz: Span = (4000.0, 8000.0)
    speaker_drive: Span = (1.0, 4.0)
    codec: float = 0.3
    codec_hz: Span = (4000.0, 10_000.0)
    gain_db: Span = (-20.0, 20.0)
    masks: int = 2
    mask_mels: int = 16
    mask_frames: int = 64

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple) and value[0] > value[1]:
                raise ValueError(f"AugmentConfig.{field.name} is {value}: the lower end comes first")
        for name in ("mix", "speed", "equalise", "room", "noise", "speaker", "codec"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"AugmentConfig.{name} is {getattr(self, name)}: a share is 0 to 1")
        for name in ("room_s", "speaker_low_hz", "speaker_high_hz", "speaker_drive", "codec_hz"):
            if getattr(self, name)[0] <= 0:
                raise ValueError(f"AugmentConfig.{name} is {getattr(self, name)}: it must be above 0")
        for name in ("masks", "mask_mels", "mask_frames"):
            if getattr(self, name) < 0:
                raise ValueError(f"AugmentConfig.{name} is {getattr(self, name)}: it must not be negative")


def to_waveforms(samples: np.ndarray | Tensor, device: torch.device | str = "cpu") -> Tensor:
    """Cached int16 samples [N, samples] as float32 waveforms on a device, full scale +-1."""
    if isinstance(samples, np.ndarray):
        samples = torch.from_numpy(np.array(samples))  # a copy: the cache is mapped read only
    return samples.to(device).float() / FULL_SCALE


class WaveformAugment(nn.Module):
    """Changes a batch of waveforms at random, each clip on its own.

    Args:
        config: how often and how strongly.
        rate: Hz of the waveforms.
    """

    def __init__(self, config: AugmentConfig | None = None, rate: int = 22_050) -> None:
        super().__init__()
        self.config = config or AugmentConfig()
        self.rate = rate

    @torch.no_grad()
    def forward(self, waveforms: Tensor, generator: torch.Generator, periods: Tensor | None = None) -> Tensor:
        """The same music as it could sound elsewhere.

        Args:
            waveforms: float32 [N, samples], full scale +-1, on any device.
            generator: on the CPU; the same state gives the same result on the same device.
            periods: int64 [N]; without it no clips are mixed.
        Returns:
            float32 [N, samples], within +-1; the input is left as it is.
        """
        draw = _Draw(generator, waveforms.device)
        sound = waveforms.clone()
        if periods is not None:
            self._mix(sound, waveforms, periods, draw)
        config = self.config
        for share, change in (
            (config.speed, self._speed),
            (config.equalise, self._equalise),
            (config.room, self._room),
            (config.noise, self._noise),
            (config.speaker, self._speaker),
            (config.codec, self._codec),
        ):
            rows = draw.rows(len(sound), share)
            if len(rows):
                sound[rows] = change(sound[rows], draw)
        return self._gain(sound, draw)

    def _mix(self, sound: Tensor, waveforms: Tensor, periods: Tensor, draw: _Draw) -> None:
        rows = draw.rows(len(sound), self.config.mix)
        others = _partners(periods.cpu(), draw).to(sound.device)[rows]
        rows, others = rows[others >= 0], others[others >= 0]
        sound[rows] += waveforms[others] * draw.factors(len(rows), self.config.mix_db)

    def _speed(self, sound: Tensor, draw: _Draw) -> Tensor:
        speeds = draw.integers(len(sound), len(SPEEDS)).to(sound.device)
        start = draw.number()
        for index in speeds.unique().tolist():
            rows = speeds == index
            sound[rows] = acoustics.change_speed(sound[rows], *SPEEDS[index], start)
        return sound

    def _equalise(self, sound: Tensor, draw: _Draw) -> Tensor:
        hz = acoustics.frequencies(sound.shape[-1], self.rate, sound.device)
        response = torch.ones(len(sound), len(hz), dtype=torch.complex64, device=sound.device)
        for low, high in ((60.0, 400.0), (400.0, 2500.0), (2500.0, 0.4 * self.rate)):
            centre = draw.spans(len(sound), (low, high))
            gain = draw.spans(len(sound), self.config.equalise_db)
            response *= acoustics.peak_response(hz, centre, gain, 0.7, self.rate)
        return acoustics.apply_response(sound, response)

    def _room(self, sound: Tensor, draw: _Draw) -> Tensor:
        rt60, direct = draw.spans(len(sound), self.config.room_s), draw.spans(len(sound), self.config.room_direct_db)
        samples = sound.shape[-1]
        longest = round(self.config.room_s[1] * self.rate)
        length = acoustics.smooth_length(samples + longest - 1) - samples + 1  # for a fast transform
        return acoustics.reverberate(sound, acoustics.room_responses(rt60, direct, length, self.rate, draw.on_device()))

    def _noise(self, sound: Tensor, draw: _Draw) -> Tensor:
        colours = draw.integers(len(sound), len(acoustics.NOISE_COLOURS)).to(sound.device)
        noise = acoustics.coloured_noise(colours, sound.shape[-1], self.rate, draw.on_device())
        level = sound.square().mean(dim=1, keepdim=True).sqrt()
        return sound + noise * level / draw.factors(len(sound), self.config.noise_snr_db)

    def _speaker(self, sound: Tensor, draw: _Draw) -> Tensor:
        hz = acoustics.frequencies(sound.shape[-1], self.rate, sound.device)
        low, high = (draw.spans(len(sound), span) for span in (self.config.speaker_low_hz, self.config.speaker_high_hz))
        response = acoustics.pass_response(hz, low, self.rate, high=True)
        response = response * acoustics.pass_response(hz, high, self.rate, high=False)
        drive = draw.spans(len(sound), self.config.speaker_drive)
        return torch.tanh(drive * acoustics.apply_response(sound, response)) / drive

    def _codec(self, sound: Tensor, draw: _Draw) -> Tensor:
        hz = acoustics.frequencies(sound.shape[-1], self.rate, sound.device)
        return acoustics.apply_response(
            sound, acoustics.codec_response(hz, draw.spans(len(sound), self.config.codec_hz))
        )

    def _gain(self, sound: Tensor, draw: _Draw) -> Tensor:
        loudest = sound.abs().amax(dim=1, keepdim=True).clamp_min(1e-9)
        return sound * torch.minimum(draw.factors(len(sound), self.config.gain_db), 1 / loudest)


@dataclass(frozen=True)
class _Draw:
    """Random numbers: drawn on the CPU, so that every device gets the same parameters."""

    generator: torch.Generator
    device: torch.device

    def rows(self, count: int, share: float) -> Tensor:
        """Indices of the rows that are changed, each with probability share."""
        return (torch.rand(count, generator=self.generator) < share).nonzero()[:, 0].to(self.device)

    def number(self) -> float:
        """Between 0 and 1."""
        return float(torch.rand((), generator=self.generator))

    def integers(self, count: int, below: int) -> Tensor:
        """int64 [count], on the CPU."""
        return torch.randint(0, below, (count,), generator=self.generator)

    def spans(self, count: int, span: Span) -> Tensor:
        """float32 [count, 1] on the device, evenly within a span."""
        return (span[0] + (span[1] - span[0]) * torch.rand(count, 1, generator=self.generator)).to(self.device)

    def factors(self, count: int, span_db: Span) -> Tensor:
        """float32 [count, 1] on the device: amplitudes of levels drawn in dB."""
        return 10 ** (self.spans(count, span_db) / 20)

    def on_device(self) -> torch.Generator:
        """A generator on the device, for noise that would take long to copy there."""
        seed = int(torch.randint(0, 2**62, (), generator=self.generator))
        return torch.Generator(self.device).manual_seed(seed)


def _partners(periods: Tensor, draw: _Draw) -> Tensor:
    """For each clip another of its period, drawn at random, or -1 where there is none; int64 [N]."""
    scores = torch.rand(len(periods), len(periods), generator=draw.generator)
    scores[periods[:, None] != periods] = -1
    scores.fill_diagonal_(-1)
    best, partner = scores.max(dim=1)
    return torch.where(best >= 0, partner, -1)


def mask_windows(windows: Tensor, generator: torch.Generator, config: AugmentConfig | None = None) -> Tensor:
    """Blank some mel bands and some stretches of time in each window, which teaches not to lean on one of them.

    Args:
        windows: encoder inputs [N, 3, n_mels, n_frames / 3], in dB scaling (silence is -1).
        generator: on the CPU.
    Returns:
        the same shape; the input is left as it is.
    Source: D. Park et al., SpecAugment, 2019; the three channels count as one stretch of time.
    """
    config = config or AugmentConfig()
    draw = _Draw(generator, windows.device)
    count, channels, mels, width = windows.shape
    bands = _stripes(count, mels, config.masks, config.mask_mels, draw)  # [N, n_mels]
    times = _stripes(count, channels * width, config.masks, config.mask_frames, draw)
    blank = bands[:, None, :, None] | times.reshape(count, channels, 1, width)
    return windows.masked_fill(blank, -1.0)


def _stripes(count: int, length: int, stripes: int, widest: int, draw: _Draw) -> Tensor:
    """bool [count, length]: true in a number of stripes at random places, each 0 to widest long."""
    place = torch.arange(length, device=draw.device)
    hit = torch.zeros(count, length, dtype=torch.bool, device=draw.device)
    for _ in range(stripes):
        long = draw.spans(count, (0.0, float(min(widest, length))))
        first = draw.spans(count, (0.0, 1.0)) * (length - long)
        hit |= (place >= first) & (place < first + long)
    return hit
