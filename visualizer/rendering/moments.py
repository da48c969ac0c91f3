"""Hears a song and paints it on the clock of its video, one painting after the other. On a render's painting thread.

The sound is analysed a little ahead of the time that it is shown at, because a stroke is known only when its column
is complete: on a screen that files are played to, visualizer.hearing.listening does the same.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mvnet.resample import Resampler
from visualizer.files.decode import AudioFile, to_mono, to_stereo
from visualizer.hearing.analyser import Analyser, AnalyserConfig, Features
from visualizer.hearing.ear import ANALYSIS_S
from visualizer.painting.engine import Engine
from visualizer.rendering.video import SOUND_RATE

BEFORE_BLOCK = 16_384  # samples read at a time of what comes before the start
# How long after a note the analyser has told most of it. Without it a click as an image ends comes an image and more
# late; with half an image, the middle of the time that one is seen, notes come too early by librosa's onset strength.
TOLD_S = 0.008


@dataclass(frozen=True)
class Moment:
    """One painting and the sound that leads up to it.

    Attributes:
        at: its time in the video, seconds.
        image: uint8 [H, W, 3].
        period: float32 [5].
        features: what the music does at each image of the video since the moment before, that one's time included.
        sound: float32 [n, 2] at SOUND_RATE, since the moment before.
        length: seconds of sound so far; less than `at` when the sound has ended.
        cut: the sound goes on, but a stop was asked for.
    """

    at: Fraction
    image: np.ndarray
    period: np.ndarray
    features: tuple[Features, ...]
    sound: np.ndarray
    length: Fraction
    cut: bool = False


class Hearing:
    """A file's sound from its present place on, and what the music does in it.

    Args:
        sound: is read from where it stands.
        seconds: to hear; None hears to the end.
        analyser: goes on with it.
        lead_s: how far behind the time heard up to the features lie.
    """

    def __init__(self, sound: AudioFile, seconds: float | None, analyser: Analyser, lead_s: float = 0.0) -> None:
        self._sound = sound
        self._first = sound.position
        self._limit = None if seconds is None else round(seconds * sound.rate)
        self._analyser = analyser
        self._ahead = math.ceil((ANALYSIS_S + lead_s) * sound.rate)
        self._waiting = np.empty((0, sound.channels), np.float32)  # analysed, not given yet
        self._given = 0
        self.ended = False

    @property
    def length(self) -> Fraction:
        """Seconds given so far."""
        return Fraction(self._given, self._sound.rate)

    def until(self, at: Fraction) -> np.ndarray:
        """The sound since the last call up to a time, float32 [n, channels]; less, and `ended`, at the end."""
        due = round(at * self._sound.rate)
        if self._limit is not None:
            due = min(due, self._limit)
        block = self._sound.read(max(0, due + self._ahead - (self._sound.position - self._first)))
        if len(block):
            self._analyser.push(to_mono(block))
        self._waiting = np.concatenate((self._waiting, block))
        wanted = due - self._given
        given, self._waiting = self._waiting[:wanted], self._waiting[wanted:]
        self._given += len(given)
        self.ended = len(given) < wanted or due == self._limit
        return given

    def features(self) -> Features:
        """What the music does `lead_s` after the time heard up to."""
        return self._analyser.features()


def paint_moments(
    sound: AudioFile,
    engine: Engine,
    *,
    rate: Fraction,
    fps: Fraction,
    start_s: float = 0.0,
    end_s: float | None = None,
    window_s: float = 0.0,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Moment]:
    """Hear and paint until a painting lies at or behind the end.

    Args:
        sound: at its beginning.
        engine: new, and without an analysis of its own.
        rate: paintings a second.
        fps: images of the video a second.
        start_s, end_s: the part that is painted; None is the end.
        window_s: seconds before the start that are heard but not painted, so that the style is right at once.
        stop: asked before each painting; True ends picture and sound there.
    """
    analyser = Analyser(AnalyserConfig.at(sound.rate))
    if start_s > 0:
        _hear_before(sound, engine, analyser, start_s, window_s)
    hearing = Hearing(sound, None if end_s is None else end_s - start_s, analyser, TOLD_S)
    resampler = Resampler(sound.rate, SOUND_RATE, 2)
    image = 0
    for number in itertools.count():
        at = number / rate
        blocks, features = [], []
        while (shown_at := image / fps) < at:
            blocks.append(hearing.until(shown_at))
            features.append(hearing.features())
            image += 1
        blocks.append(hearing.until(at))
        block = np.concatenate(blocks)
        if len(block):
            engine.hear(to_mono(block), sound.rate)
        cut = not hearing.ended and number > 0 and stop()
        last = hearing.ended or cut
        heard = resampler.push(to_stereo(block), last=last)
        painting = engine.paint(float(at), hearing.features())
        yield Moment(at, painting.image, painting.period, tuple(features), heard, hearing.length, cut)
        if last:
            return


def _hear_before(sound: AudioFile, engine: Engine, analyser: Analyser, start_s: float, window_s: float) -> None:
    """Go to the start by way of what comes shortly before it."""
    sound.seek(max(0.0, start_s - window_s))
    left = round(start_s * sound.rate) - sound.position
    while left > 0 and len(block := sound.read(min(left, BEFORE_BLOCK))):
        engine.hear(to_mono(block), sound.rate)
        analyser.push(to_mono(block))
        left -= len(block)
