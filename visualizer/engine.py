"""The engine: sound in, paintings out, on injected time; the same for live, file and offline use.

Nothing here knows threads, Qt, files or devices. The pipeline thread calls it live; `visualizer
paint` and tests call it with a clock of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

import numpy as np

from mvnet.frontend import MelSpec, RollingMel
from mvnet.periods import PERIODS
from mvnet.resample import Resampler
from visualizer.motion import Glide, NoiseWalk

ENCODE_EVERY_S = 0.25  # how often style is decided; the window moves by 3 % of its length in that time
EMBEDDING_SETTLE_S = 2.0
PERIOD_SETTLE_S = 1.0
WALK_PER_S = 0.22  # noise distance a second at full level: a new random picture about every five seconds
CALM_SHARE = 0.12  # of that speed in silence: alive, but calm
QUIET_DB, LOUD_DB = -45.0, -5.0  # mean mel level between which the walk goes from calm to full speed
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
        timings: seconds spent in "mel", "encoder" (when it ran) and "generator".
    """

    image: np.ndarray
    period: np.ndarray
    embedding: np.ndarray
    noise: np.ndarray
    level: float
    heard_s: float
    made_at: float
    timings: dict[str, float] = field(default_factory=dict)


class Engine:
    """Hears mono sound and paints it.

    Args:
        model: encoder and generator.
        seed: chooses the path of the noise; the same seed, sound and times give the same pictures.
    """

    def __init__(self, model: Model, *, seed: int = 0) -> None:
        self._mel = RollingMel(model.card.spec)
        self._resampler: Resampler | None = None
        self._seed = seed
        self._chosen: int | None = None
        self._last_paint: float | None = None
        self._last_encode: float | None = None
        self._mel_s = 0.0
        self._heard = np.zeros(len(PERIODS), np.float32)
        self.set_model(model)

    def set_model(self, model: Model) -> None:
        """Paint with another model from now on; what was heard is kept when the spec allows."""
        if model.card.spec != self._mel.spec:
            self._mel = RollingMel(model.card.spec)
            self._resampler = None
        self._model = model
        self._walk = NoiseWalk(model.card.noise_size, self._seed)
        self._glide = Glide(EMBEDDING_SETTLE_S)
        self._period_glide = Glide(PERIOD_SETTLE_S)
        self._embedding = model.card.prototypes.mean(0)
        self._last_encode = None

    def set_period(self, index: int | None) -> None:
        """Paint one period whatever is heard; None follows the music again."""
        if index is not None and not 0 <= index < len(PERIODS):
            raise ValueError(f"period {index} does not exist: use 0 to {len(PERIODS) - 1}")
        self._chosen = index

    def hear(self, samples: np.ndarray, rate: float) -> None:
        """Take the next sound, mono float32 [n] at a sample rate in Hz (it may change between calls)."""
        started = perf_counter()
        if self._resampler is None or self._resampler.from_rate != rate:
            self._resampler = Resampler(rate, self._mel.spec.sample_rate)
        self._mel.push(self._resampler.push(np.nan_to_num(samples)))
        self._mel_s += perf_counter() - started

    def paint(self, now: float) -> Painting:
        """Paint what is heard at a time in seconds; times must not go back."""
        dt = 0.0 if self._last_paint is None else max(0.0, now - self._last_paint)
        self._last_paint = now
        timings = {"mel": self._mel_s}
        self._mel_s = 0.0
        if self._last_encode is None or now - self._last_encode >= ENCODE_EVERY_S:
            self._last_encode = now
            started = perf_counter()
            self._encode()
            timings["encoder"] = perf_counter() - started
        level = self.level()
        embedding = self._glide.step(self._target(), dt)
        noise = self._walk.advance(dt * WALK_PER_S * (CALM_SHARE + (1 - CALM_SHARE) * level))
        period = self._period_glide.step(self._heard, dt)
        started = perf_counter()
        image = self._model.paint(noise[None], embedding[None])[0]
        timings["generator"] = perf_counter() - started
        heard_s = self._mel.columns * self._mel.spec.hop / self._mel.spec.sample_rate
        return Painting(image, period, embedding, noise, level, heard_s, now, timings)

    def level(self) -> float:
        """Loudness of the last 150 ms, 0 (at or below the quiet end) to 1."""
        recent = self._mel.latest()[-LEVEL_COLUMNS:]
        power = np.mean(10 ** (recent / 10)) if self._mel.spec.scale == "db" else np.mean(recent)
        db = 10 * np.log10(max(float(power), 1e-12))
        return float(np.clip((db - QUIET_DB) / (LOUD_DB - QUIET_DB), 0, 1))

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
