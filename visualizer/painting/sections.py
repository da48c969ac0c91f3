"""The form of the music: when another section begins, and when the next bar does.

Causal and pure, on the thread that paints. A section is heard when the last two seconds differ more from the
ten before than those differ among themselves; what differs may be harmony, balance, loudness, strokes or style.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import KICK
from visualizer.painting.style import DECIDE_EVERY_S

RECENT_S, OLDER_S = 2.0, 10.0  # what is compared with what
LEAST_OLDER_S = 6.0  # heard before anything can differ from it: the least time between two sections
NOVEL = 1.7  # times the usual difference,
NOVEL_AT_LEAST = 0.4  # and this much in any case, so that a still piece does not part at a breath
EVEN = 0.1  # added to the usual difference
DYING_DB, DYING_STEPS = 6.0, 2  # a fall of this much between first and last half second is no beginning
HARMONY, BALANCE, LOUDNESS, STROKES, STYLE = 1.0, 0.5, 1 / 30, 1.0, 0.25  # what each counts; loudness a dB
QUIETEST_DB = -60.0  # quieter is no quieter

BEATS_IN_BAR = 4
SURE, UNSURE = 0.45, 0.3  # confidence at which a beat counts as known, and as lost
BEAT_SPAN = 0.2  # of a beat, before and after it, in which a stroke belongs to it
BAR_MEMORY = 0.25  # what the newest bar counts
BARS_NEEDED = 3
STRESS = 1.2  # a beat this much stronger than the next strongest begins the bar
LONGEST_WAIT_S = 4.0  # for a bar: one at 60 beats a minute


class Sections:
    """Tells when the music changes section.

    Args:
        scale: usual distance between two periods' embeddings.

    Attributes:
        novelty: how much the last two seconds differ, in times the usual difference; 0 while too little was heard.
    """

    def __init__(self, scale: float) -> None:
        self._scale = max(scale, 1e-6)
        self._recent, self._least = round(RECENT_S / DECIDE_EVERY_S), round(LEAST_OLDER_S / DECIDE_EVERY_S)
        self._heard: deque[np.ndarray] = deque(maxlen=self._recent + round(OLDER_S / DECIDE_EVERY_S))
        self.novelty = 0.0

    def hear(self, embedding: np.ndarray, features: Features) -> bool:
        """Take what the music is like, every DECIDE_EVERY_S while it sounds; True when another section has begun."""
        self._heard.append(self._described(embedding, features))
        self.novelty = 0.0
        if len(self._heard) < self._recent + self._least:
            return False
        heard = np.stack(self._heard)
        older, recent = heard[: -self._recent], heard[-self._recent :]
        usual = older.mean(axis=0)
        away = float(np.linalg.norm(recent.mean(axis=0) - usual))
        sums = np.cumsum(older, axis=0)
        means = (sums[self._recent :] - sums[: -self._recent]) / self._recent  # of two seconds, all along
        spread = float(np.sqrt(np.mean(np.sum((means - usual) ** 2, axis=1))))
        self.novelty = away / (spread + EVEN) if away >= NOVEL_AT_LEAST else 0.0
        fall_db = float((recent[:DYING_STEPS] - recent[-DYING_STEPS:])[:, 0].mean()) / LOUDNESS
        if self.novelty < NOVEL or fall_db > DYING_DB:
            return False
        self._heard = deque(recent, maxlen=self._heard.maxlen)
        return True

    def _described(self, embedding: np.ndarray, features: Features) -> np.ndarray:
        return np.concatenate(
            (
                [LOUDNESS * max(features.loudness_db, QUIETEST_DB)],
                HARMONY * np.sqrt(np.maximum(features.chroma, 0)),
                BALANCE * features.levels,
                [STROKES * features.activity],
                STYLE * embedding / self._scale,
            )
        )


class Bars:
    """Tells where bars begin: on the beat of four that is struck most, or on any beat while none stands out.

    Attributes:
        known: whether there is a beat at all.
    """

    def __init__(self) -> None:
        self.known = False
        self._beats: int | None = None
        self._forget()

    def step(self, features: Features) -> bool:
        """Take the features of the next moment; True when a bar begins there."""
        if features.bpm <= 0 or features.beat_confidence < UNSURE:
            self._forget()
        self.known = features.bpm > 0 and features.beat_confidence >= (UNSURE if self.known else SURE)
        new = self._beats is not None and features.beats != self._beats
        self._beats = features.beats
        self._weigh(features, new)
        return self.known and new and (self._first is None or features.beats % BEATS_IN_BAR == self._first)

    def _forget(self) -> None:
        self._stress = np.zeros(BEATS_IN_BAR)
        self._weighed = 0
        self._peak = 0.0
        self._open = False
        self._first: int | None = None

    def _weigh(self, features: Features, new: bool) -> None:
        """Note how hard the beat is struck, from a little before it until a little after it."""
        self._open = self._open or new
        phase = features.beat_phase
        if phase < BEAT_SPAN or phase > 1 - BEAT_SPAN:
            self._peak = max(self._peak, float(features.onsets[KICK]))
        elif self._open:
            place = features.beats % BEATS_IN_BAR
            share = max(BAR_MEMORY, BEATS_IN_BAR / (self._weighed + BEATS_IN_BAR))
            self._stress[place] += share * (self._peak - self._stress[place])
            self._weighed += 1
            self._peak, self._open = 0.0, False
            second, first = np.sort(self._stress)[-2:]
            stands_out = self._weighed >= BARS_NEEDED * BEATS_IN_BAR and first > STRESS * second
            self._first = int(np.argmax(self._stress)) if stands_out else None


class Cue:
    """One thing that waits for the next bar; a later one takes its place."""

    def __init__(self) -> None:
        self._action: Callable[[], object] | None = None
        self._waited_s = 0.0

    def wait_for_bar(self, action: Callable[[], object]) -> None:
        """Do this on the next bar."""
        self._action, self._waited_s = action, 0.0

    @property
    def waits(self) -> bool:
        """Whether something does."""
        return self._action is not None

    def drop(self) -> None:
        """Do nothing on the next bar."""
        self._action = None

    def step(self, now_fits: bool, dt: float) -> None:
        """Let dt seconds pass: what waits is done if this moment fits, or if it has waited for long enough."""
        self._waited_s += dt
        if self._action is not None and (now_fits or self._waited_s >= LONGEST_WAIT_S):
            action, self._action = self._action, None
            action()
