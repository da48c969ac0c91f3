"""The engine: sound in, paintings out, on injected time; the same for live, file and offline use.

Nothing here knows threads, Qt, files or devices. The pipeline thread calls it live; `visualizer
paint` and tests call it with a clock of their own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

import numpy as np

from mvnet.frontend import MelSpec, RollingMel
from mvnet.periods import PERIODS
from mvnet.resample import Resampler
from visualizer.analyser import LARGEST_SAMPLE, Analyser, AnalyserConfig, Features
from visualizer.chroma import PITCH_CLASSES
from visualizer.mapping import (
    PUSHES,
    WILDNESS,
    checked_wildness,
    harmony,
    harmony_reach,
    pushes,
    reach,
    walk_speed,
)
from visualizer.motion import Glide, NoiseWalk, Shift

ENCODE_EVERY_S = 0.25  # how often style is decided; the window moves by 3 % of its length in that time
EMBEDDING_SETTLE_S = 2.0
PERIOD_SETTLE_S = 1.0
PACE_SETTLE_S = 0.5
HARMONY_SETTLE_S = 0.5
QUIET_DB, LOUD_DB = -45.0, -5.0  # mean mel level that counts as 0 and as 1
LEVEL_COLUMNS = 13  # mel columns (150 ms) over which the level is measured


class Card(Protocol):
    """What the engine needs to know of a model; visualizer.models.ModelCard is the real one."""

    @property
    def spec(self) -> MelSpec:
        """How sound becomes mel columns."""

    @property
    def noise_size(self) -> int:
        """Numbers in one noise vector."""

    @property
    def prototypes(self) -> np.ndarray:
        """Mean embedding of each period, float32 [5, 10]."""


class Model(Protocol):
    """What the engine needs of a model; visualizer.models.PaintingModel is the real one."""

    @property
    def card(self) -> Card:
        """Its sizes."""

    def encode(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """[N, 3, 128, 256] to embedding [N, 10] and period [N, 5]."""

    def paint(self, noise: np.ndarray, embedding: np.ndarray) -> np.ndarray:
        """Noise [N, Z] and embedding [N, 10] to images, uint8 [N, H, W, 3]."""


@dataclass(frozen=True)
class Painting:
    """One generated picture and what it was made from.

    Attributes:
        image: uint8 [H, W, 3], RGB.
        period: float32 [5], what the music is heard as; gliding, sums to 1.
        embedding: float32 [10], the embedding that was painted.
        noise: float32 [Z], the noise that was painted.
        level: 0 (silence) to 1 (loud).
        heard_s: seconds of sound heard since the start of the engine.
        made_at: time given to Engine.paint.
        timings: seconds spent in "mel", "analyser", "encoder" (when it ran) and "generator".
        features: what the music does at this moment: levels, onsets, harmony, beat.
    """

    image: np.ndarray
    period: np.ndarray
    embedding: np.ndarray
    noise: np.ndarray
    level: float
    heard_s: float
    made_at: float
    timings: dict[str, float] = field(default_factory=dict)
    features: Features = field(default_factory=Features.silence)


class Engine:
    """Hears mono sound and paints it.

    Args:
        model: encoder and generator.
        seed: chooses the path of the noise; the same seed, sound and times give the same pictures.
        wildness: 0 (calm) to 1 (wild), how much the picture moves.
    """

    def __init__(self, model: Model, *, seed: int = 0, wildness: float = WILDNESS) -> None:
        self._mel = RollingMel(model.card.spec)
        self._analyser: Analyser | None = None
        self._rate = 0.0
        self._wildness = checked_wildness(wildness)
        self._resampler: Resampler | None = None
        self._seed = seed
        self._chosen: int | None = None
        self._last_paint: float | None = None
        self._last_encode: float | None = None
        self._mel_s = self._analyser_s = 0.0
        self._heard = np.zeros(len(PERIODS), np.float32)
        self.set_model(model)

    def set_model(self, model: Model) -> None:
        """Paint with another model from now on; what was heard is kept when the spec allows."""
        if model.card.spec != self._mel.spec:
            self._mel = RollingMel(model.card.spec)
            self._resampler = None
        self._model = model
        self._walk = NoiseWalk(model.card.noise_size, self._seed)
        self._push = Shift(len(PUSHES), model.card.noise_size, self._seed)
        self._colour = Shift(PITCH_CLASSES, model.card.prototypes.shape[1], self._seed)
        self._pace = Glide(PACE_SETTLE_S)
        self._harmony = Glide(HARMONY_SETTLE_S)
        self._glide = Glide(EMBEDDING_SETTLE_S)
        self._period_glide = Glide(PERIOD_SETTLE_S)
        self._embedding = model.card.prototypes.mean(0)
        self._last_encode = None

    def set_period(self, index: int | None) -> None:
        """Paint one period whatever is heard; None follows the music again."""
        if index is not None and not 0 <= index < len(PERIODS):
            raise ValueError(f"period {index} does not exist: use 0 to {len(PERIODS) - 1}")
        self._chosen = index

    def set_wildness(self, value: float) -> None:
        """How much the picture moves from now on, 0 (calm) to 1 (wild)."""
        self._wildness = checked_wildness(value)

    def hear(self, samples: np.ndarray, rate: float) -> None:
        """Take the next sound, mono float32 [n] at a sample rate in Hz (it may change between calls)."""
        started = perf_counter()
        sound = np.nan_to_num(np.asarray(samples, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        sound = np.clip(sound, -LARGEST_SAMPLE, LARGEST_SAMPLE)
        if self._analyser is None or self._rate != rate:
            self._analyser, self._rate = Analyser(AnalyserConfig.at(rate)), rate
        self._analyser.push(sound)
        analysed = perf_counter()
        if self._resampler is None or self._resampler.from_rate != rate:
            self._resampler = Resampler(rate, self._mel.spec.sample_rate)
        self._mel.push(self._resampler.push(sound))
        self._analyser_s += analysed - started
        self._mel_s += perf_counter() - analysed

    def paint(self, now: float) -> Painting:
        """Paint what is heard at a time in seconds; times must not go back."""
        dt = 0.0 if self._last_paint is None else max(0.0, now - self._last_paint)
        self._last_paint = now
        timings = {"mel": self._mel_s, "analyser": self._analyser_s}
        self._mel_s = self._analyser_s = 0.0
        if self._last_encode is None or now - self._last_encode >= ENCODE_EVERY_S:
            self._last_encode = now
            started = perf_counter()
            self._encode()
            timings["encoder"] = perf_counter() - started
        features = Features.silence() if self._analyser is None else self._analyser.features()
        embedding = self._moved_embedding(features, dt)
        noise = self._moved_noise(features, dt)
        period = self._period_glide.step(self._heard, dt)
        started = perf_counter()
        image = self._model.paint(noise[None], embedding[None])[0]
        timings["generator"] = perf_counter() - started
        heard_s = self._mel.columns * self._mel.spec.hop / self._mel.spec.sample_rate
        return Painting(image, period, embedding, noise, self.level(), heard_s, now, timings, features)

    def level(self) -> float:
        """Loudness of the last 150 ms, 0 (at or below the quiet end) to 1."""
        recent = self._mel.latest()[-LEVEL_COLUMNS:]
        power = np.mean(10 ** (recent / 10)) if self._mel.spec.scale == "db" else np.mean(recent)
        db = 10 * np.log10(max(float(power), 1e-12))
        return float(np.clip((db - QUIET_DB) / (LOUD_DB - QUIET_DB), 0, 1))

    def _moved_embedding(self, features: Features, dt: float) -> np.ndarray:
        """Where the picture is going (slow), shifted a little by the harmony, float32 [10]."""
        colour = self._harmony.step(harmony(features), dt)
        largest = harmony_reach(self._model.card.prototypes, self._wildness)
        return self._glide.step(self._target(), dt) + self._colour.at(colour, largest)

    def _moved_noise(self, features: Features, dt: float) -> np.ndarray:
        """The walk, at the music's pace, and on top of it the push of the drums, float32 [Z].

        The push is a function of the last moment alone: it returns to rest by itself and never adds up.
        """
        pace = float(self._pace.step(np.array([walk_speed(features, self._wildness)]), dt)[0])
        noise = self._walk.advance(pace * dt)
        return noise + self._push.at(pushes(features), reach(self._wildness) * math.sqrt(len(noise)))

    def _encode(self) -> None:
        embedding, period = self._model.encode(self._mel.window()[None])
        if np.isfinite(embedding).all() and np.isfinite(period).all():
            self._embedding, self._heard = embedding[0], period[0]

    def _target(self) -> np.ndarray:
        """Where the embedding should go: what is heard, or the chosen period with the music's own deviation."""
        if self._chosen is None:
            return self._embedding
        prototypes = self._model.card.prototypes
        return prototypes[self._chosen] + 0.5 * (self._embedding - self._heard @ prototypes)
