"""The engine: sound in, paintings out, on injected time; the same for live, file and offline use.

Nothing here knows threads, Qt, files or devices. The pipeline thread calls it live; `visualizer
paint` and tests call it with a clock of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

import numpy as np

from mvnet.frontend import MelSpec
from mvnet.periods import PERIODS
from visualizer.hearing.analyser import LARGEST_SAMPLE, Analyser, AnalyserConfig, Features
from visualizer.hearing.chroma import PITCH_CLASSES
from visualizer.painting.knobs import Knobs
from visualizer.painting.looks import Looks
from visualizer.painting.mapping import (
    PUSH_SHARES,
    between_periods,
    harmony,
    harmony_reach,
    pushes,
    reach,
    tint_reach,
    walk_speed,
)
from visualizer.painting.motion import Glide, Shift, Trail
from visualizer.painting.sections import Bars, Cue, Sections
from visualizer.painting.style import Style

EMBEDDING_SETTLE_S = 2.0
PERIOD_SETTLE_S = 1.0
PACE_SETTLE_S = 0.5
HARMONY_SETTLE_S = 0.5


class Card(Protocol):
    """What the engine needs to know of a model; visualizer.painting.models.ModelCard is the real one."""

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
    """What the engine needs of a model; visualizer.painting.models.PaintingModel is the real one."""

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
        look: number of the look that is shown or approached.
        heard_s: seconds of sound heard since the start of the engine.
        made_at: time given to Engine.paint.
        timings: seconds spent since the painting before in "mel", "analyser" and "encoder" (when it ran), and in
            "generator".
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
    look: int = 0


class Engine:
    """Hears mono sound and paints it.

    Args:
        model: encoder and generator.
        seed: chooses the paths of the noise; the same seed, sound, calls and times give the same pictures.
        knobs: how the picture moves.
        analyse: follow levels, onsets and beat of what is heard; False when paint is given the features.
    """

    def __init__(self, model: Model, *, seed: int = 0, knobs: Knobs | None = None, analyse: bool = True) -> None:
        self._seed = seed
        self._analyse = analyse
        self._analyser: Analyser | None = None
        self._analyser_s = 0.0
        self._encoder_s: float | None  # that the last decision took, until a painting has taken it up
        self._rate = 0.0
        self._last_paint: float | None = None
        self._chosen: int | None = None
        self._locked: tuple[np.ndarray, np.ndarray] | None = None  # embedding and period when the look was locked
        self._style = Style(model.card.spec, model.card.prototypes.mean(0))
        self._looks = Looks(model.card.noise_size, seed)
        self._bars, self._cue = Bars(), Cue()
        self._adopt(model)
        self.set_knobs(knobs or Knobs())

    @property
    def look(self) -> int:
        """Number of the look that is shown or approached; 0 first."""
        return self._looks.number

    def set_model(self, model: Model) -> None:
        """Paint with another model from now on; what was heard is kept when the spec allows, and the look too."""
        card = model.card
        if card.spec != self._style.spec:
            self._style = Style(card.spec, card.prototypes.mean(0))
        self._style.restart(self._style.period @ card.prototypes)
        if card.noise_size != self._looks.size:
            self._looks = Looks(card.noise_size, self._seed, self._looks.number)
        self._locked = self._locked and (self._style.embedding, self._style.period)
        self._adopt(model)
        self.set_knobs(self._knobs)

    def set_period(self, index: int | None) -> None:
        """Paint one period whatever is heard; None follows the music again."""
        if index is not None and not 0 <= index < len(PERIODS):
            raise ValueError(f"period {index} does not exist: use 0 to {len(PERIODS) - 1}")
        before = self._target()
        self._chosen = index
        # The motion of the embedding takes its usual time by itself; a longer transition is a target that moves.
        if self._looks.transition_s > EMBEDDING_SETTLE_S:
            self._period_way.settle_s = self._looks.transition_s
            self._period_way.displace(before - self._target())

    def set_knobs(self, knobs: Knobs) -> None:
        """How the picture moves from now on."""
        self._knobs = knobs
        longer = knobs.smoothing_factor
        self._pace.settle_s = PACE_SETTLE_S * longer
        self._harmony.settle_s = HARMONY_SETTLE_S * longer
        self._glide.settle_s = EMBEDDING_SETTLE_S * longer
        self._period_glide.settle_s = PERIOD_SETTLE_S * longer
        self._trail.longer = longer

    def set_transition(self, seconds: float) -> None:
        """How long the way to another look takes, 0.2 to 30 s; ValueError beyond. To another period: 2 s at least."""
        self._looks.set_transition(seconds)

    def next_look(self, *, on_bar: bool = False) -> None:
        """Go to the look with the next number; on the next bar, if asked for and the beat is known."""
        self._turn(lambda: self._looks.show(self._looks.number + 1), on_bar)

    def previous_look(self, *, on_bar: bool = False) -> None:
        """Go to the look with the number before; see next_look."""
        self._turn(lambda: self._looks.show(self._looks.number - 1), on_bar)

    def show_look(self, number: int, *, seed: int | None = None, on_bar: bool = False) -> None:
        """Go to the look of a number, perhaps of another seed; see next_look."""
        self._turn(lambda: self._show(number, seed), on_bar)

    def random_look(self, *, on_bar: bool = False) -> None:
        """Go to a look drawn by chance, which the seed decides; see next_look."""
        self._turn(self._looks.show_random, on_bar)

    def last_look(self, *, on_bar: bool = False) -> None:
        """Go back to the look that was shown before this one, where it was left; see next_look."""
        self._turn(self._looks.go_back, on_bar)

    def lock_look(self, locked: bool) -> None:
        """Stay in this look: walk and style stand still and no section brings another; the rhythm goes on."""
        if not locked:
            self._locked = None
        elif self._locked is None:
            self._locked = self._style.embedding, self._style.period
            self._cue.drop()

    def forget_sound(self) -> None:
        """Another source, or another place in it, follows: style is decided from what comes, and nothing jumps."""
        self._style.forget_sound()
        self._analyser = None

    def hear(self, samples: np.ndarray, rate: float) -> None:
        """Take the next sound, mono float32 [n] at a sample rate in Hz (it may change between calls)."""
        sound = np.nan_to_num(np.asarray(samples, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        sound = np.clip(sound, -LARGEST_SAMPLE, LARGEST_SAMPLE)
        if self._analyse:
            started = perf_counter()
            if self._analyser is None or self._rate != rate:
                self._analyser, self._rate = Analyser(AnalyserConfig.at(rate)), rate
            self._analyser.push(sound)
            self._analyser_s += perf_counter() - started
        self._style.hear(sound, rate)

    def decide(self, now: float) -> float | None:
        """Decide on the style of the recent sound if it is time to: for the next painting, which would else do it.

        A painting is sooner on screen when this is done after it: a style moves over seconds.

        Returns:
            Seconds that the encoder took, without the mel columns; None when it did not run.
        """
        started = perf_counter()
        mel_before = self._style.mel_s
        if not self._style.decide(self._model, now):
            return None
        self._encoder_s = perf_counter() - started - (self._style.mel_s - mel_before)
        return self._encoder_s

    def paint(self, now: float, features: Features | None = None) -> Painting:
        """Paint what is heard at a time in seconds; times must not go back.

        Args:
            features: what the music does at this moment; None takes the engine's own analysis.
        """
        dt = 0.0 if self._last_paint is None else max(0.0, now - self._last_paint)
        self._last_paint = now
        if features is None:
            features = Features.silence() if self._analyser is None else self._analyser.features()
        self.decide(now)
        encoder_s, self._encoder_s = self._encoder_s, None
        timings = {"mel": self._style.mel_s, "analyser": self._analyser_s}
        if encoder_s is not None:
            timings["encoder"] = encoder_s
        self._style.mel_s = self._analyser_s = 0.0
        self._follow_form(features, encoder_s is not None, dt)
        chord = self._harmony.step(harmony(features, self._knobs), dt)
        embedding = self._moved_embedding(chord, dt)
        noise = self._moved_noise(chord, features, dt)
        period = self._period_glide.step(self._style.period, dt)
        started = perf_counter()
        image = self._model.paint(noise[None], embedding[None])[0]
        timings["generator"] = perf_counter() - started
        return Painting(
            image, period, embedding, noise, features.loudness, self._style.heard_s, now, timings, features, self.look
        )

    def _adopt(self, model: Model) -> None:
        """Take a model, and begin the motions that depend on it anew."""
        card = model.card
        self._model = model
        self._encoder_s = None  # what the model before decided says nothing about a section in this one's terms
        self._push = Shift(len(PUSH_SHARES), card.noise_size, self._seed)
        self._tint = Shift(PITCH_CLASSES, card.noise_size, self._seed)
        self._colour = Shift(PITCH_CLASSES, card.prototypes.shape[1], self._seed)
        self._sections = Sections(float(between_periods(card.prototypes).mean()))
        self._trail = Trail(len(PUSH_SHARES))
        self._pace = Glide(PACE_SETTLE_S)
        self._harmony = Glide(HARMONY_SETTLE_S)
        self._glide = Glide(EMBEDDING_SETTLE_S)
        self._period_glide = Glide(PERIOD_SETTLE_S)
        self._period_way = Glide(EMBEDDING_SETTLE_S)
        self._period_way.step(np.zeros(card.prototypes.shape[1]), 0.0)

    def _show(self, number: int, seed: int | None) -> None:
        if seed is None or seed == self._seed:
            self._looks.show(number)
        else:
            self._seed = seed
            self._looks.sow(seed, number)

    def _turn(self, turn: Callable[[], object], on_bar: bool) -> None:
        """Go to another look now, or on the next bar."""
        self._cue.drop()
        if on_bar:
            self._cue.wait_for_bar(turn)
        else:
            turn()

    def _follow_form(self, features: Features, decided: bool, dt: float) -> None:
        """Bring the next look when the music changes section, and whatever waits for a bar on the bar."""
        on_bar = self._bars.step(features)
        if decided and self._style.is_trusted and self._sections.hear(self._style.embedding, features):
            self._section_begins()
        self._cue.step(on_bar or not self._bars.known, dt)

    def _section_begins(self) -> None:
        """Another section of the music is another look, unless this one is locked or a person's choice waits."""
        if self._locked is None and not self._cue.waits:
            self.next_look(on_bar=True)

    def _moved_embedding(self, chord: np.ndarray, dt: float) -> np.ndarray:
        """Where the picture is going (slow), shifted a little by the harmony, float32 [10]."""
        largest = harmony_reach(self._model.card.prototypes, self._knobs)
        target = self._target() + self._period_way.step(np.zeros(self._model.card.prototypes.shape[1]), dt)
        return self._glide.step(target, dt) + self._colour.at(chord, largest)

    def _moved_noise(self, chord: np.ndarray, features: Features, dt: float) -> np.ndarray:
        """The walk, at the music's pace, displaced by harmony and attacks, float32 [Z].

        The displacements are functions of the last moments alone: they return to rest by themselves and never add up.
        """
        speed = walk_speed(features, self._knobs) if self._locked is None else 0.0
        pace = float(self._pace.step(np.array([speed]), dt)[0])
        noise = self._looks.advance(pace * dt, dt)
        pushed = self._trail.step(pushes(features, self._knobs), dt)
        length = math.sqrt(len(noise))
        tint = self._tint.at(chord, tint_reach(self._knobs) * length)
        return noise + tint + self._push.at(pushed, reach(self._knobs) * length)

    def _target(self) -> np.ndarray:
        """Where the embedding should go: what is heard, or the chosen period with the music's own deviation."""
        embedding, period = self._locked or (self._style.embedding, self._style.period)
        if self._chosen is None:
            return embedding
        prototypes = self._model.card.prototypes
        return prototypes[self._chosen] + 0.5 * (embedding - period @ prototypes)
