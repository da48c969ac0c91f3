"""The slow path: what the sound of the last seconds is like, four times a second.

Sound is only kept when it is heard; the mel columns that the encoder needs are computed in one batch when a
window is cut. Pure NumPy on the thread that paints.
"""

from __future__ import annotations

import math
from time import perf_counter
from typing import Protocol

import numpy as np

from mvnet.frontend import MelSpec, RollingMel, encoder_input
from mvnet.periods import PERIODS
from mvnet.resample import Resampler

DECIDE_EVERY_S = 0.25  # the window moves by 3 % of its length in that time
KEEP_S = 4.0  # of sound at most before its columns are computed, whether or not a window is wanted
SILENT_DB = -50.0  # a column whose loudest mel band lies below this is silent: white noise of -63 dB
GAP_S = 1.5  # a longer silence parts what was heard before from what is heard now
LEAST_S = 0.5  # of sound, before which nothing is decided
TRUSTED_S = 2.0  # of sound, after which a decision counts in full


class Listener(Protocol):
    """What the slow path needs of a model."""

    def encode(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """[N, 3, 128, 256] to embedding [N, 10] and period [N, 5]."""


class Style:
    """Embedding and period of the recent sound.

    The encoder was trained on full windows and takes silence in a window for music of its own kind. So a window
    that is only partly full is filled by mirroring what there is; the first two seconds count by degrees; and
    in silence the last decision stands.

    Args:
        spec: how sound becomes mel columns.
        neutral: embedding before anything was heard, float [10].

    Attributes:
        embedding: float32 [10].
        period: float32 [5], probabilities in the order of PERIODS; even before anything was heard.
        is_trusted: whether there is enough sound for a decision to count in full.
        heard_s: seconds of sound heard.
        mel_s: seconds spent on sound and mel columns since this was last set to 0.
    """

    def __init__(self, spec: MelSpec, neutral: np.ndarray) -> None:
        self._mel = RollingMel(spec)
        self.forget_sound()
        self._due: float | None = None
        self.heard_s = 0.0
        self.embedding = np.asarray(neutral, np.float32)
        self.period = np.full(len(PERIODS), 1 / len(PERIODS), np.float32)
        self._before = self.embedding, self.period  # decided before the present stretch of sound
        self.mel_s = 0.0

    @property
    def spec(self) -> MelSpec:
        """How sound becomes mel columns."""
        return self._mel.spec

    def forget_sound(self) -> None:
        """Drop the sound heard so far; what was decided stands until enough of the next is there."""
        self._mel.reset()
        self._resampler: Resampler | None = None
        self._kept: list[np.ndarray] = []
        self._kept_samples = 0
        self._silent = np.ones(self.spec.n_frames, bool)
        self._stretch = 0  # columns of the present stretch of sound at the last decision
        self.is_trusted = False

    def hear(self, sound: np.ndarray, rate: float) -> None:
        """Take the next sound, finite float32 [n] at a sample rate in Hz."""
        started = perf_counter()
        self.heard_s += len(sound) / rate
        if self._resampler is None or self._resampler.from_rate != rate:
            self._resampler = Resampler(rate, self.spec.sample_rate)
        new = self._resampler.push(sound)
        self._kept.append(new)
        self._kept_samples += len(new)
        self.mel_s += perf_counter() - started
        if self._kept_samples > KEEP_S * self.spec.sample_rate:
            self._compute()

    def decide(self, model: Listener, now: float) -> bool:
        """Decide again if it is time to at `now` seconds; returns whether the encoder ran."""
        if self._due is not None and now < self._due - 1e-9:
            return False
        # Due times keep their grid, so that the path does not depend on how often this is called.
        late = 0.0 if self._due is None else DECIDE_EVERY_S * math.floor((now - self._due) / DECIDE_EVERY_S + 1e-9)
        self._due = DECIDE_EVERY_S + (now if self._due is None else self._due + late)
        columns = self.recent()
        if len(columns) < self._stretch or not self._stretch:  # another stretch of sound begins, or none is there
            self._before = self.embedding, self.period
        self._stretch = len(columns)
        seconds = len(columns) * self.spec.hop / self.spec.sample_rate
        self.is_trusted = seconds >= TRUSTED_S
        if seconds < LEAST_S:
            return False
        embedding, period = model.encode(encoder_input(mirrored(columns, self.spec.n_frames), self.spec)[None])
        if np.isfinite(embedding).all() and np.isfinite(period).all():
            trust = min(1.0, seconds / TRUSTED_S)
            self.embedding, self.period = (
                (old + trust * (new[0] - old)).astype(np.float32)
                for old, new in zip(self._before, (embedding, period), strict=True)
            )
        return True

    def restart(self, embedding: np.ndarray) -> None:
        """Decide anew at the next opportunity, from an embedding, float [10]: another model listens from now on."""
        self.embedding = np.asarray(embedding, np.float32)
        self._before = self.embedding, self.period
        self._due = None

    def recent(self) -> np.ndarray:
        """Mel columns since the last long silence, float32 [n, n_mels], n_frames at most; none in silence.

        A view, valid until more is heard.
        """
        self._compute()
        gap = round(GAP_S * self.spec.sample_rate / self.spec.hop)
        sounding = np.flatnonzero(~self._silent)
        if not len(sounding) or len(self._silent) - 1 - sounding[-1] >= gap:
            return self._mel.latest()[:0]
        ends = np.flatnonzero(np.diff(sounding, prepend=-1) > gap)  # of long silences
        return self._mel.latest()[sounding[ends[-1]] if len(ends) else 0 :]

    def _compute(self) -> None:
        """Turn what was kept into mel columns."""
        started = perf_counter()
        count = min(self._mel.push(np.concatenate(self._kept)), self.spec.n_frames) if self._kept else 0
        self._kept, self._kept_samples = [], 0
        if count:
            limit = SILENT_DB if self.spec.scale == "db" else 10 ** (SILENT_DB / 10)
            new = self._mel.latest()[-count:].max(axis=1) < limit
            self._silent = np.concatenate((self._silent[count:], new))
        self.mel_s += perf_counter() - started


def mirrored(columns: np.ndarray, count: int) -> np.ndarray:
    """The last `count` columns of a sound, float [count, n_mels]; a short one is mirrored at its start, and on."""
    if len(columns) >= count:
        return columns[-count:]
    there_and_back = np.concatenate((columns[::-1], columns))
    return np.tile(there_and_back, (count // len(there_and_back) + 1, 1))[-count:]
