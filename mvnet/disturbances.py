"""The named, fixed changes of sound under which an encoder's hearing is measured.

The same acoustics as the training's augmentation, but each with one strength, so that a table of them
means the same next year; random parts (rooms, noise) come from a seed. Runs in the evaluation process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torchaudio import functional

from mvnet import acoustics, lossy
from mvnet.stretch import change_tempo

SEMITONE = (18, 17)  # 0.99 semitones up; torchaudio resamples by small ratios cheaply
EQUALISER = ((120.0, 6.0), (900.0, -6.0), (4500.0, 6.0))  # Hz and dB; a seeded half of the clips gets its opposite
ROOM_S = 0.6  # reverberation time
ROOM_DIRECT_DB = 0.0
SPEAKER_HZ = (200.0, 6000.0)
SPEAKER_DRIVE = 2.0

Change = Callable[[Tensor, int, torch.Generator], Tensor]


@dataclass(frozen=True)
class Disturbance:
    """One way in which sound reaches a listener changed.

    Attributes:
        name: for tables and JSON keys.
        change: float32 [N, samples], Hz and a generator to changed float32 [N, samples].
        codec: the encoder of FFmpeg that it needs, "" for none.
    """

    name: str
    change: Change
    codec: str = ""

    @property
    def available(self) -> bool:
        """Whether this installation can make it."""
        return not self.codec or lossy.available(self.codec)


def _gain(db: float, clipped: bool, sound: Tensor, rate: int, generator: torch.Generator) -> Tensor:
    louder = sound * 10 ** (db / 20)
    return louder.clamp(-1, 1) if clipped else louder


def _equaliser(sound: Tensor, rate: int, generator: torch.Generator) -> Tensor:
    hz = acoustics.frequencies(sound.shape[-1], rate)
    sign = 2.0 * torch.randint(0, 2, (len(sound), 1), generator=generator) - 1
    response = torch.ones(len(sound), len(hz), dtype=torch.complex64)
    for centre_hz, db in EQUALISER:
        response *= acoustics.peak_response(hz, _column(sound, centre_hz), sign * db, 0.7, rate)
    return acoustics.apply_response(sound, response)


def _room(sound: Tensor, rate: int, generator: torch.Generator) -> Tensor:
    length = acoustics.smooth_length(sound.shape[-1] + round(2 * ROOM_S * rate) - 1) - sound.shape[-1] + 1
    responses = acoustics.room_responses(
        _column(sound, ROOM_S), _column(sound, ROOM_DIRECT_DB), length, rate, generator
    )
    return acoustics.reverberate(sound, responses)


def _speaker(sound: Tensor, rate: int, generator: torch.Generator) -> Tensor:
    hz = acoustics.frequencies(sound.shape[-1], rate)
    low, high = (_column(sound, edge) for edge in SPEAKER_HZ)
    response = acoustics.pass_response(hz, low, rate, high=True) * acoustics.pass_response(hz, high, rate, high=False)
    return torch.tanh(SPEAKER_DRIVE * acoustics.apply_response(sound, response)) / SPEAKER_DRIVE


def _speaker_and_room(sound: Tensor, rate: int, generator: torch.Generator) -> Tensor:
    return _room(_speaker(sound, rate, generator), rate, generator)


def _noise(snr_db: float, sound: Tensor, rate: int, generator: torch.Generator) -> Tensor:
    pink = torch.full((len(sound),), acoustics.NOISE_COLOURS.index("pink"))
    noise = acoustics.coloured_noise(pink, sound.shape[-1], rate, generator)
    return sound + noise * sound.square().mean(1, keepdim=True).sqrt() * 10 ** (-snr_db / 20)


def _coded(codec: str, bits: int, sound: Tensor, rate: int, generator: torch.Generator) -> Tensor:
    rows = [lossy.through_codec(row, rate, codec, bits) for row in sound.numpy()]
    return torch.from_numpy(np.stack(rows))


def _pitch(up: bool, sound: Tensor, rate: int, generator: torch.Generator) -> Tensor:
    """A semitone higher or lower in the same time: played faster or slower, then brought back to its tempo."""
    numerator, denominator = SEMITONE if up else SEMITONE[::-1]
    moved = functional.resample(sound, numerator, denominator).numpy()
    rows = [change_tempo(row, rate, denominator / numerator)[: sound.shape[-1]] for row in moved]
    return torch.from_numpy(np.stack([np.pad(row, (sound.shape[-1] - len(row), 0)) for row in rows]))


def _speed(numerator: int, denominator: int, sound: Tensor, rate: int, generator: torch.Generator) -> Tensor:
    return acoustics.change_speed(sound, numerator, denominator, 0.5)


def _column(sound: Tensor, value: float) -> Tensor:
    return torch.full((len(sound), 1), value)


DISTURBANCES = (
    Disturbance("gain_-20_db", partial(_gain, -20.0, False)),
    Disturbance("gain_+20_db", partial(_gain, 20.0, False)),
    Disturbance("gain_+20_db_clipped", partial(_gain, 20.0, True)),
    Disturbance("equaliser", _equaliser),
    Disturbance("room", _room),
    Disturbance("small_speaker_and_room", _speaker_and_room),
    Disturbance("noise_20_db", partial(_noise, 20.0)),
    Disturbance("noise_10_db", partial(_noise, 10.0)),
    Disturbance("opus_24_kbit", partial(_coded, "libopus", 24_000), "libopus"),
    Disturbance("mp3_48_kbit", partial(_coded, "libmp3lame", 48_000), "libmp3lame"),
    Disturbance("semitone_up", partial(_pitch, True)),
    Disturbance("semitone_down", partial(_pitch, False)),
    Disturbance("5_percent_faster", partial(_speed, 21, 20)),
    Disturbance("5_percent_slower", partial(_speed, 19, 20)),
)
GAINS = ("gain_-20_db", "gain_+20_db")


def still_sounds(samples: int, rate: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Sounds without music, float32 [samples] each: silence, noises at -20 and -60 dBFS (root mean square), hum."""
    generator = torch.Generator().manual_seed(seed)
    colours = acoustics.coloured_noise(torch.arange(len(acoustics.NOISE_COLOURS)), samples, rate, generator)
    sounds = {"silence": np.zeros(samples, np.float32)}
    for name, noise in zip(acoustics.NOISE_COLOURS, colours, strict=True):
        sounds[f"{name}{'' if name == 'hum' else '_noise'}_-20_db"] = (0.1 * noise).clamp(-1, 1).numpy()
    sounds["pink_noise_-60_db"] = (0.001 * colours[acoustics.NOISE_COLOURS.index("pink")]).numpy()
    return sounds
