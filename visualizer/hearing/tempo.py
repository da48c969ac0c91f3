"""The beat: tempo from the autocorrelation of the onset strength, phase locked to its peaks.

Pure NumPy, on the listening thread. Causal: four times a second the last eight seconds are looked at
again; in between the phase runs on by itself. Where nothing repeats, the confidence is low and no beat
is made up; one that is followed may grow faster or slower. A beat given by hand is held for as long as it fits
what is heard.

The phase follows like a phase-locked loop. Which of the periods that repeat is the beat, visualizer.hearing.metre says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visualizer.hearing.bands import ColumnSpec
from visualizer.hearing.metre import DRUMS, WEIGHTS, Reading, likelihood, read
from visualizer.hearing.repetition import Repetition, bent, summit
from visualizer.hearing.tapping import FASTEST, SLOWEST, Taps

KEEP = 0.5  # advantage, as logarithm, of the tempo that is already followed
NEAR = 0.04  # tempi closer than this share are the same one, wavering
PULSES, FADING = 8, 0.85  # beats that vote on the phase, and how much less each older one counts
SLOWER = (1, 2, 3)  # a rhythm that repeats well with so many beats is as sure as one that does with each
PLACES = 64  # phases that are tried
STRETCHES = 1.008 ** np.arange(-6, 7)  # tempi that are tried around the one found: it may be changing
BETTER = 1.1  # how many times more votes make a stretched tempo the better one
RISES = (-0.012, 0.012)  # of the tempo in a second: tried where a beat that is followed repeats too little,
CLEARER = 1.5  # and must let it repeat so many times better: no steady beat is made of free music
HELD_CONFIDENCE = 0.8  # of a beat given by hand
MISFIT, MISFIT_S = 0.3, 4.0  # share of the best tempo's repetition below which, and for how long, it does not fit


@dataclass(frozen=True)
class TempoConfig:
    """Constants of the beat.

    Attributes:
        slowest, fastest: range of the tempo in beats a minute.
        history_ms: how far back is looked; needed_ms: how much must have been heard before an estimate.
        every_ms: time between two estimates.
        mean_ms: span of the mean that is taken off the onset strength.
        lock, unlock: confidence at which beats begin and end.
        pull: share of a phase error that one estimate corrects.
        unsure, sure: repetition (0 to 1) that gives confidence 0 and 1.
        rest_ms: silence that may be a rest of the music; fade_ms after it no beat is left.
    """

    slowest: float = 50.0
    fastest: float = 200.0
    history_ms: float = 8000.0
    needed_ms: float = 3000.0
    every_ms: float = 250.0
    mean_ms: float = 400.0
    lock: float = 0.45
    unlock: float = 0.3
    pull: float = 0.35
    unsure: float = 0.27
    sure: float = 0.65
    rest_ms: float = 1500.0
    fade_ms: float = 1000.0

    def __post_init__(self) -> None:
        if not 0 < self.slowest < self.fastest:
            raise ValueError(f"TempoConfig: {self.slowest} to {self.fastest} beats a minute is no range")
        if not 0 < self.needed_ms <= self.history_ms:
            raise ValueError(f"TempoConfig.needed_ms is {self.needed_ms}: use up to history_ms ({self.history_ms})")
        if not 0 <= self.unlock <= self.lock <= 1:
            raise ValueError(f"TempoConfig: unlock {self.unlock} and lock {self.lock} must rise from 0 to 1")
        if not 0 <= self.unsure < self.sure <= 1:
            raise ValueError(f"TempoConfig: unsure {self.unsure} and sure {self.sure} must rise from 0 to 1")


class Tempo:
    """Tempo, beat phase and confidence of a stream of onset strengths. Times are seconds of sound heard.

    Attributes:
        bpm: beats a minute; 0 before anything repeated.
        confidence: 0 to 1.
        phase: 0 (on the beat) to 1 (the next beat).
        beats: beats since the start; counted only while the confidence holds.
        held: whether tempo or phase were given by hand and still fit.
    """

    def __init__(self, spec: ColumnSpec, config: TempoConfig) -> None:
        self._config, self._hop_s = config, spec.hop_s
        self._strokes = np.zeros((round(config.history_ms / 1000 / spec.hop_s), DRUMS))
        self._needed = round(config.needed_ms / 1000 / spec.hop_s)
        self._every = max(1, round(config.every_ms / 1000 / spec.hop_s))
        self._periods = Repetition(spec.hop_s, config.slowest, config.fastest, config.mean_ms / 1000)
        self._heard = self._silent = 0
        self._rival = self._misfit_s = 0.0
        self._out = 0
        self._locked = self._changing = False
        self._since_beat = 0.0
        self._taps = Taps()
        self.bpm = self.confidence = self.phase = 0.0
        self.beats = 0
        self.held = False

    @property
    def strokes(self) -> np.ndarray:
        """What was heard in the last eight seconds, float [n, DRUMS]; it changes with the next column."""
        return self._strokes[-min(self._heard, len(self._strokes)) :]

    def step(self, strokes: np.ndarray, is_open: bool = True) -> None:
        """Take the onset strengths of the next column, float [DRUMS], and whether there is sound at all."""
        self._strokes[:-1] = self._strokes[1:]
        self._strokes[-1] = strokes
        self._heard += 1
        self._silent = 0 if is_open else self._silent + 1
        if self._heard % self._every == 0 and self._heard >= self._needed:
            self._estimate()
        if self.bpm <= 0:
            return
        per_column = self.bpm / 60 * self._hop_s
        self._since_beat += per_column
        self._move(per_column)

    def tap(self, at_s: float) -> None:
        """A beat tapped by hand at a time heard: from the second tap of a row on, tempo and phase follow the taps."""
        beat = self._taps.add(at_s)
        if beat is not None:
            self._hold(beat.bpm)
            self._place(beat.at_s)

    def resync(self, at_s: float) -> None:
        """Have a beat at a time heard, at the tempo there is; nothing happens while there is none."""
        if self.bpm > 0:
            self._hold(self.bpm)
            self._place(at_s)

    def double(self) -> None:
        """Twice as many beats; nothing happens above 300 a minute."""
        if 0 < 2 * self.bpm <= FASTEST:
            self._hold(2 * self.bpm)
            self.phase = 2 * self.phase % 1

    def halve(self) -> None:
        """Half as many beats, the last one stays one; nothing happens below 30 a minute."""
        if self.bpm / 2 >= SLOWEST:
            self._hold(self.bpm / 2)
            self.phase /= 2

    def release(self) -> None:
        """Follow what is heard again."""
        self.held = False
        self._taps = Taps()

    def _hold(self, bpm: float) -> None:
        self.bpm, self.held, self._locked = bpm, True, True
        self.confidence = max(self.confidence, HELD_CONFIDENCE)
        self._misfit_s = self._rival = 0.0

    def _place(self, at_s: float) -> None:
        away = ((self._heard * self._hop_s - at_s) * self.bpm / 60 - self.phase + 0.5) % 1 - 0.5
        self._move(away)

    def _move(self, by: float) -> None:
        """Move the phase, by less than a beat; a beat that is passed counts, but none twice."""
        phase = self.phase + by
        self.phase = phase % 1
        if phase >= 1 and self._locked and self._since_beat > 0.5:
            self.beats += 1
            self._since_beat = 0.0

    def _estimate(self) -> None:
        reading = self._read()
        repetition, likely = reading.repetition, self._likelihood(reading)
        if self.held:
            self._check_held(repetition, likely)
        near = np.abs(self._periods.bpm / max(self.bpm, 1e-9) - 1) < NEAR
        # What was given by hand may waver with the music, but another tempo does not take its place.
        best = int(np.argmax(np.where(near, repetition, -1.0) if self.held and near.any() else likely))
        confidence = self._confidence(repetition, best)
        fits = not self.held or bool(near[best])
        self.confidence = max(confidence, self._rested() * HELD_CONFIDENCE) if self.held else confidence
        self._locked = self.confidence > (self._config.unlock if self._locked else self._config.lock)
        if confidence <= self._config.unlock or not fits:
            return
        self._follow(self._periods.tempo(repetition, best))
        self._align(reading.accents)

    def _read(self) -> Reading:
        """The rhythm of the last eight seconds; of a tempo that rises or falls, as if it had been as it is now."""
        reading = read(self._periods, self.strokes)
        best = float(reading.repetition.max())
        if not self._locked or best >= self._config.sure:
            return reading
        pulses = self.strokes @ WEIGHTS
        found = [
            self._periods.measure(self._periods.rhythm(bent(pulses, self._hop_s, rise)))[0].max() for rise in RISES
        ]
        clearest = int(np.argmax(found))
        if found[clearest] <= CLEARER * best:
            return reading
        return read(self._periods, bent(self.strokes, self._hop_s, RISES[clearest]))

    def _confidence(self, repetition: np.ndarray, at: int) -> float:
        """0 to 1, of the tempo at a place."""
        config, bpm = self._config, self._periods.bpm
        slower = [bpm[at] / beats for beats in SLOWER if bpm[at] / beats >= config.slowest]
        best = float(np.interp(slower or bpm[at], bpm, repetition).max())
        return self._rested() * float(np.clip((best - config.unsure) / (config.sure - config.unsure), 0, 1))

    def _rested(self) -> float:
        """1 in music and its rests, falling to 0 as a silence grows longer than a rest."""
        silent_ms = 1000 * self._silent * self._hop_s
        return float(np.clip(1 - (silent_ms - self._config.rest_ms) / self._config.fade_ms, 0, 1))

    def _check_held(self, repetition: np.ndarray, likely: np.ndarray) -> None:
        """Let go of a beat given by hand once something else has been clearly heard for a while, or nothing."""
        near = np.abs(self._periods.bpm / self.bpm - 1) < NEAR
        at = int(np.argmax(likely))
        best = float(repetition[at])
        own = float(repetition[near].max()) if near.any() else best  # outside the range nothing speaks against it
        misfit = self._confidence(repetition, at) >= self._config.lock and own < MISFIT * best
        self._misfit_s = self._misfit_s + self._every * self._hop_s if misfit else 0.0
        if self._misfit_s > MISFIT_S or self._silent >= len(self._strokes):
            self.release()

    def _likelihood(self, reading: Reading) -> np.ndarray:
        """How likely each tempo is the beat, as logarithm; minus infinity off the peaks of the repetition."""
        likely = np.full(len(reading.repetition), -np.inf)
        likely[reading.peaks] = likelihood(reading.features)
        likely[np.abs(self._periods.bpm - self.bpm) < NEAR * self.bpm] += KEEP
        return likely

    def _follow(self, bpm: float) -> None:
        """Take a new tempo: nearby ones at once and smoothly, others when they win twice."""
        if self.bpm > 0 and abs(bpm / self.bpm - 1) < NEAR:
            # While the tempo changes, the last eight seconds tell how fast it was.
            self.bpm += 0.0 if self._changing else 0.5 * (bpm - self.bpm)
            self._rival = 0.0
        elif self.bpm <= 0 or (self._rival > 0 and abs(bpm / self._rival - 1) < NEAR):
            self.bpm, self._rival = bpm, 0.0
        else:
            self._rival = bpm

    def _align(self, accents: np.ndarray) -> None:
        """Pull phase and tempo towards the pulse train that meets most onsets."""
        since = np.linspace(0, 1, PLACES, endpoint=False)  # beats from the last pulse to now
        votes = self._votes(accents, since)
        if votes.max() <= 0:
            return
        away = (since - self.phase + 0.5) % 1 - 0.5
        votes = votes * (1 + 0.2 * np.cos(2 * np.pi * away))
        tops = votes.max(1)
        middle, which = len(STRETCHES) // 2, int(np.argmax(tops))
        self._changing = bool(tops[which] > BETTER * tops[middle])
        if self._changing:
            self.bpm *= float(STRETCHES[which] * (STRETCHES[1] / STRETCHES[0]) ** summit(tops, which))
        chosen = votes[which if self._changing else middle]
        best = int(np.argmax(chosen))
        self._pull((since[best] + summit(chosen, best) / PLACES - self.phase + 0.5) % 1 - 0.5)

    def _votes(self, accents: np.ndarray, since: np.ndarray) -> np.ndarray:
        """What pulse trains of each stretched tempo meet, by the beats since the last pulse, [stretches, places]."""
        n, period = len(accents), 60 / self.bpm / self._hop_s
        k = np.arange(min(PULSES, int(n / period * STRETCHES[0])))
        at = n - 1 - (since[:, None] + k[None]) * (period / STRETCHES)[:, None, None]  # [stretches, places, pulses]
        return np.interp(at, np.arange(n), accents, left=0.0) @ FADING**k

    def _pull(self, error: float) -> None:
        """Correct the phase: at once before the first beat and after two errors alike, else little by little."""
        self._out = self._out + 1 if abs(error) > 0.2 else 0
        if not self.held and (self._out >= 2 or not self._locked or self.beats == 0):
            pull, self._out = 1.0, 0
        else:
            pull = self._config.pull if self._out == 0 else 0.0
        self._move(pull * error)
