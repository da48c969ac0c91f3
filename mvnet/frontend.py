"""The spectrogram front end: samples to the encoder's input, the same for training, export and app.

NumPy only, so that the app can use it without torch. Everything is causal and uses fixed
constants (no centring, no per-window maximum), so columns computed as the sound arrives are
bit for bit those computed from the whole window at once.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np

CHANNELS = 3  # the paper cuts a window into three parts and stacks them as channels (section 2.1)
SCALES = ("db", "power")


@dataclass(frozen=True)
class MelSpec:
    """How sound becomes numbers: the contract between training and app, stored in every model.

    Attributes:
        sample_rate: Hz.
        n_fft: samples in one column, Hamming window (periodic).
        hop: samples between columns.
        n_mels: mel bands from 0 Hz to half the sample rate.
        n_frames: columns in one window; divisible by three.
        floor_db: the quietest value in dB (power 1 = 0 dB); fixed, so that streaming equals batch.
        scale: "db", or "power" for the raw mel power that the author's code used.

    Source: paper, section 2.1; the column count (not the printed 8.91 s) is held exact.
    """

    sample_rate: int = 22_050
    n_fft: int = 1024
    hop: int = 256
    n_mels: int = 128
    n_frames: int = 768
    floor_db: float = -80.0
    scale: str = "db"

    def __post_init__(self) -> None:
        for name in ("sample_rate", "n_fft", "hop", "n_mels", "n_frames"):
            value = getattr(self, name)
            if not isinstance(value, int) or value <= 0:
                raise ValueError(f"MelSpec.{name} is {value!r}: it must be a positive whole number")
        if self.n_frames % CHANNELS:
            raise ValueError(f"MelSpec.n_frames is {self.n_frames}: it must be divisible by {CHANNELS}")
        if self.hop > self.n_fft:
            raise ValueError(f"MelSpec.hop is {self.hop}, longer than n_fft ({self.n_fft}): samples would be lost")
        if self.scale not in SCALES:
            raise ValueError(f"MelSpec.scale is {self.scale!r}: use one of {', '.join(SCALES)}")

    @property
    def window_seconds(self) -> float:
        """Length of one window in seconds: 8.9165 with the defaults."""
        return self.n_frames * self.hop / self.sample_rate

    @property
    def window_samples(self) -> int:
        """Samples that n_frames columns look at: the first column needs n_fft, each further one hop."""
        return self.n_fft + (self.n_frames - 1) * self.hop

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Shape of one encoder input: [3, n_mels, n_frames / 3]."""
        return CHANNELS, self.n_mels, self.n_frames // CHANNELS

    @property
    def silence(self) -> float:
        """Value of a mel band in digital silence."""
        return self.floor_db if self.scale == "db" else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The fields, ready for JSON."""
        return asdict(self)


def _hz_to_mel(hz: np.ndarray) -> np.ndarray:
    """Slaney's mel scale: linear below 1 kHz (15 mel), logarithmic above, 27 mel for a factor 6.4."""
    linear = hz * 3 / 200
    log = 15 + 27 * np.log(np.maximum(hz, 1e-9) / 1000) / np.log(6.4)
    return np.where(hz < 1000, linear, log)


def _mel_to_hz(mel: np.ndarray) -> np.ndarray:
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


@lru_cache(maxsize=8)
def mel_filterbank(spec: MelSpec) -> np.ndarray:
    """Triangular mel filters of unit area, float64 [n_mels, n_fft / 2 + 1].

    Source: Slaney's Auditory Toolbox, as librosa.filters.mel (its test oracle).
    """
    bins = np.fft.rfftfreq(spec.n_fft, 1 / spec.sample_rate)
    top = _hz_to_mel(np.array(spec.sample_rate / 2))
    edges = _mel_to_hz(np.linspace(0.0, float(top), spec.n_mels + 2))  # Hz [n_mels + 2]
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (bins - low) / (centre - low)
    falling = (high - bins) / (high - centre)
    bank = np.maximum(0.0, np.minimum(rising, falling)) * (2 / (high - low))
    bank.setflags(write=False)
    return bank


@lru_cache(maxsize=8)
def _bands(spec: MelSpec) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The filterbank without its zeros: (bins [n], weights [n], first entry of each band [n_mels])."""
    bank = mel_filterbank(spec)
    bins: list[int] = []
    weights: list[float] = []
    starts: list[int] = []
    for row in bank:
        starts.append(len(bins))
        hit = np.flatnonzero(row)
        # A band too narrow for any bin keeps one entry of weight 0: reduceat cannot sum nothing.
        bins.extend(hit.tolist() if len(hit) else [0])
        weights.extend(row[hit].tolist() if len(hit) else [0.0])
    return np.array(bins), np.array(weights), np.array(starts)


@lru_cache(maxsize=8)
def _hamming(n_fft: int) -> np.ndarray:
    return 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)


def n_columns(n_samples: int, spec: MelSpec) -> int:
    """Columns that n_samples give: 1 + (n_samples - n_fft) // hop, and 0 below n_fft samples."""
    return 0 if n_samples < spec.n_fft else 1 + (n_samples - spec.n_fft) // spec.hop


def mel_columns(samples: np.ndarray, spec: MelSpec) -> np.ndarray:
    """Mel columns of mono sound, in time order, without centring.

    Each column is computed on its own in double precision, so its value does not depend on which
    other columns are computed in the same call.

    Args:
        samples: float [n_samples], full scale +-1, at spec.sample_rate.
    Returns:
        float32 [n_columns, n_mels], dB or power as spec.scale says; no rows below n_fft samples.
    """
    count = n_columns(len(samples), spec)
    if count == 0:
        return np.empty((0, spec.n_mels), np.float32)
    columns = np.empty((count, spec.n_mels), np.float32)
    bins, weights, starts = _bands(spec)
    step = 64  # columns at a time: keeps the working set inside the processor's cache
    view = np.lib.stride_tricks.sliding_window_view(samples, spec.n_fft)[:: spec.hop]
    for first in range(0, count, step):
        spectrum = np.fft.rfft(view[first : first + step] * _hamming(spec.n_fft), axis=1)
        power = spectrum.real**2 + spectrum.imag**2  # [step, n_fft / 2 + 1]
        mel = np.add.reduceat(power[:, bins] * weights, starts, axis=1)  # [step, n_mels]
        if spec.scale == "db":
            mel = 10 * np.log10(np.maximum(mel, 10 ** (spec.floor_db / 10)))
        columns[first : first + step] = mel
    return columns


def log_mel(samples: np.ndarray, spec: MelSpec | None = None) -> np.ndarray:
    """Mel spectrogram of mono sound, without centring.

    Args:
        samples: float [n_samples], full scale +-1, at spec.sample_rate.
    Returns:
        float32 [n_mels, n_columns]; n_columns = 1 + (n_samples - n_fft) // hop.
    Raises:
        ValueError: fewer than n_fft samples, or not one-dimensional.
    Source: librosa.feature.melspectrogram(power=2, center=False, window="hamming") and
        10 log10 with a fixed floor.
    """
    spec = spec or MelSpec()
    if samples.ndim != 1:
        raise ValueError(f"log_mel takes mono sound [n_samples], not shape {samples.shape}")
    if len(samples) < spec.n_fft:
        raise ValueError(f"{len(samples)} samples are too few for one column of {spec.n_fft}")
    return mel_columns(samples, spec).T


def encoder_input(columns: np.ndarray, spec: MelSpec) -> np.ndarray:
    """Scale and cut mel columns into what the encoder reads.

    dB values are mapped so that the floor is -1 and 0 dB is +1; power stays as it is. The window is
    cut in time into three parts, oldest first, stacked as channels (paper, section 2.1).

    Args:
        columns: float32 [..., n_frames, n_mels].
    Returns:
        float32 [..., 3, n_mels, n_frames / 3], contiguous.
    Raises:
        ValueError: the shape does not fit the spec.
    """
    if columns.shape[-2:] != (spec.n_frames, spec.n_mels):
        raise ValueError(f"a window is [{spec.n_frames}, {spec.n_mels}] mel columns, not {columns.shape[-2:]}")
    channels, n_mels, width = spec.input_shape
    parts = columns.reshape(*columns.shape[:-2], channels, width, n_mels).swapaxes(-1, -2)
    if spec.scale == "db":
        parts = parts * np.float32(2 / -spec.floor_db) + np.float32(1)
    return np.ascontiguousarray(parts, np.float32)


def window_input(samples: np.ndarray, spec: MelSpec | None = None) -> np.ndarray:
    """Encoder input of the last window of a sound: what the app would hold at its end.

    A sound shorter than a window is preceded by silence, as a microphone that has just been opened.

    Args:
        samples: float [n_samples], mono, full scale +-1, at spec.sample_rate.
    Returns:
        float32 [3, n_mels, n_frames / 3].
    """
    spec = spec or MelSpec()
    rolling = RollingMel(spec)
    rolling.push(samples)
    return rolling.window()


class RollingMel:
    """The last n_frames mel columns of a stream of samples, updated in small steps.

    Pushing a sound in blocks of any sizes gives bit for bit the columns of the whole sound. Not
    thread-safe: one thread pushes and reads.

    Attributes:
        spec: the MelSpec.
        columns: how many columns have been computed since the start.
    """

    def __init__(self, spec: MelSpec | None = None) -> None:
        self.spec = spec or MelSpec()
        self.reset()

    def reset(self) -> None:
        """Forget everything heard: the window becomes silence."""
        self.columns = 0
        self._tail = np.zeros(0, np.float32)
        # Twice the window: a window is always one contiguous slice, moved only when the end is hit.
        self._buffer = np.full((2 * self.spec.n_frames, self.spec.n_mels), self.spec.silence, np.float32)
        self._end = self.spec.n_frames

    def push(self, samples: np.ndarray) -> int:
        """Take the next samples, float [n]; returns how many columns were completed."""
        spec = self.spec
        samples = np.concatenate((self._tail, np.asarray(samples, np.float32)))
        count = n_columns(len(samples), spec)
        self._tail = samples[count * spec.hop :].copy()
        if count == 0:
            return 0
        if count > spec.n_frames:  # older columns would be pushed out at once: skip their work
            samples = samples[(count - spec.n_frames) * spec.hop :]
        new = mel_columns(samples[: spec.n_fft + (n_columns(len(samples), spec) - 1) * spec.hop], spec)
        if self._end + len(new) > len(self._buffer):
            keep = spec.n_frames
            self._buffer[:keep] = self._buffer[self._end - keep : self._end].copy()
            self._end = keep
        self._buffer[self._end : self._end + len(new)] = new
        self._end += len(new)
        self.columns += count
        return count

    def latest(self) -> np.ndarray:
        """The window's columns, float32 [n_frames, n_mels], oldest first: a view, valid until the next push."""
        return self._buffer[self._end - self.spec.n_frames : self._end]

    def window(self) -> np.ndarray:
        """The encoder's input for the window, float32 [3, n_mels, n_frames / 3]; a copy."""
        return encoder_input(self.latest(), self.spec)
