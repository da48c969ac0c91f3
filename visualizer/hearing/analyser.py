"""The fast path: sound in, rhythm and harmony out, within 10 ms.

The encoder's window can only carry style: its centre is 4.5 s old. This analyser looks at the sound
every 10 ms and reports levels, onsets, harmony and the beat. It takes the sound at the rate at which it
comes: the encoder's resampler delivers in bursts of 37 ms, too late and too uneven for rhythm.

Pure NumPy on the listening thread; one column is computed at a time, so a sound gives the same features
whatever the sizes of its blocks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from visualizer.hearing.bands import BANDS, HAT, ColumnSpec, Spectrum
from visualizer.hearing.chroma import PITCH_CLASSES, Chroma, ChromaConfig
from visualizer.hearing.levels import Gate, LevelConfig, Levels
from visualizer.hearing.metre import DRUMS
from visualizer.hearing.onsets import OnsetConfig, Onsets
from visualizer.hearing.surge import Surge, SurgeConfig
from visualizer.hearing.tempo import Tempo, TempoConfig

LARGEST_SAMPLE = 8.0  # beyond this a sample is broken, not loud
ACTIVITY_MS = 2000.0
QUIET_DB, LOUD_DB = -50.0, -12.0  # loudness 0 and 1
LEAST_RISE_DB = 1.0  # flux below this is flicker, not rhythm
PREDICTABLE = 0.6  # confidence from which the beat is trusted to go on
BEAT_MS = 180.0  # time constant with which the pulse of a beat falls, as the onsets'


@dataclass(frozen=True)
class AnalyserConfig:
    """Constants of the whole analyser; each part's docstring explains its own."""

    columns: ColumnSpec = field(default_factory=ColumnSpec)
    levels: LevelConfig = field(default_factory=LevelConfig)
    onsets: OnsetConfig = field(default_factory=OnsetConfig)
    surge: SurgeConfig = field(default_factory=SurgeConfig)
    chroma: ChromaConfig = field(default_factory=ChromaConfig)
    tempo: TempoConfig = field(default_factory=TempoConfig)

    @classmethod
    def at(cls, sample_rate: float) -> AnalyserConfig:
        """The constants for a sample rate in Hz."""
        return cls(columns=ColumnSpec.at(round(sample_rate)))


@dataclass(frozen=True)
class Features:
    """What the music does at one moment. Bands are in the order of visualizer.hearing.bands.BANDS.

    Attributes:
        heard_s: seconds of sound analysed since the start.
        is_open: whether there is sound above the noise gate.
        loudness_db: momentary loudness (mean square 1 = 0 dB, a full-scale sine -3), at least -120.
        loudness: the same from 0 (-50 dB or less) to 1 (-12 dB or more), 0 behind the gate.
        levels: float [n_bands], 0 to 1 relative to the loud moments of the last 20 s.
        onsets: float [n_bands], 0 to 1: at once to an onset's strength, then falling within 180 ms.
        pulses: float [n_bands], onsets with a rise of 20 ms.
        counts: int [n_bands], onsets since the start.
        clocks: float [n_bands], integrated level in seconds: time that runs faster when a band is loud.
        chroma: float [12], share of each pitch class, C first; sums to 1 or less.
        activity: 0 to 1, how much has struck on kick, snare and hat in the last two seconds.
        bpm: beats a minute, 0 while unknown.
        beat_phase: 0 (on the beat) to 1.
        beat_confidence: 0 to 1.
        beats: beats since the start.
        surge: 0 to 1, how much has just begun or grown in all bands together; soft attacks, which are no onsets, count.
        is_held: whether tempo or beat were given by hand.
    """

    heard_s: float
    is_open: bool
    loudness_db: float
    loudness: float
    levels: np.ndarray
    onsets: np.ndarray
    pulses: np.ndarray
    counts: np.ndarray
    clocks: np.ndarray
    chroma: np.ndarray
    activity: float
    bpm: float
    beat_phase: float
    beat_confidence: float
    beats: int
    surge: float = 0.0
    is_held: bool = False

    @classmethod
    def silence(cls) -> Features:
        """The features before anything was heard."""
        none = np.zeros(len(BANDS))
        counts = np.zeros(len(BANDS), np.int64)
        chroma = np.zeros(PITCH_CLASSES)
        return cls(0.0, False, -120.0, 0.0, none, none, none, counts, none, chroma, 0.0, 0.0, 0.0, 0.0, 0)

    @property
    def beat_pulse(self) -> float:
        """1 on a beat, falling within 180 ms; 0 while the confidence is below PREDICTABLE."""
        if self.bpm <= 0 or self.beat_confidence < PREDICTABLE:
            return 0.0
        return math.exp(-self.beat_phase * 60_000 / self.bpm / BEAT_MS)

    def predicted(self, ahead_s: float) -> Features:
        """The features `ahead_s` seconds later if the beat goes on: its phase and its count are moved on.

        Only the beat can be known beforehand: all else stays as it was heard. The same features come back where the
        confidence is below PREDICTABLE or nothing lies ahead.
        """
        if ahead_s <= 0 or self.bpm <= 0 or self.beat_confidence < PREDICTABLE:
            return self
        beats, phase = divmod(self.beat_phase + ahead_s * self.bpm / 60, 1.0)
        return replace(self, beat_phase=phase, beats=self.beats + int(beats))


class Analyser:
    """Features of a stream of mono samples. Not thread-safe: one thread pushes and reads.

    Args:
        config: constants. Everything is defined in milliseconds and Hz: AnalyserConfig.at fits them to a sample rate.
    """

    def __init__(self, config: AnalyserConfig | None = None) -> None:
        self.config = config or AnalyserConfig()
        self.reset()

    def reset(self) -> None:
        """Forget everything heard."""
        config, spec = self.config, self.config.columns
        self._spectrum = Spectrum(spec)
        self._gate = Gate(spec, config.levels)
        self._levels = Levels(spec, config.levels)
        self._surge = Surge(spec, config.surge)
        self._onsets = Onsets(spec, self._spectrum, config.onsets)
        self._chroma = Chroma(spec, config.chroma)
        self._tempo = Tempo(spec, config.tempo)
        self._clocks = np.zeros(len(BANDS))
        self._activity = 0.0
        self._activity_rate = spec.share(ACTIVITY_MS)
        self._columns = 0
        # Silence before the first sample, so that a sound is noticed from its first hop on.
        self._tail = np.zeros(self._chroma.n_fft - spec.hop, np.float32)

    @property
    def gain_db(self) -> np.ndarray:
        """What each band's level is amplified by, float [n_bands], dB."""
        return -self._levels.reference_db

    @property
    def strokes(self) -> np.ndarray:
        """How strongly kick, snare and hat struck in each column of the last eight seconds, float [n, 3]."""
        return self._tempo.strokes.copy()

    def push(self, samples: np.ndarray) -> int:
        """Take the next samples, float [n] at the spec's rate; returns how many columns were completed.

        Samples that are no numbers count as silence; absurd ones are cut at +-8.
        """
        new = np.asarray(samples, np.float32)
        if not np.isfinite(new).all():
            new = np.nan_to_num(new, nan=0.0, posinf=0.0, neginf=0.0)
        sound = np.concatenate((self._tail, np.clip(new, -LARGEST_SAMPLE, LARGEST_SAMPLE)))
        hop, span = self.config.columns.hop, self._chroma.n_fft
        count = max(0, (len(sound) - span) // hop + 1)
        for index in range(count):
            self._column(sound[index * hop : index * hop + span])
        self._tail = sound[count * hop :].copy()
        return count

    def features(self) -> Features:
        """The features at the end of the last column."""
        spec, tempo = self.config.columns, self._tempo
        db = self._gate.db
        loudness = float(np.clip((db - QUIET_DB) / (LOUD_DB - QUIET_DB), 0, 1)) if self._gate.open else 0.0
        return Features(
            heard_s=self._columns * spec.hop_s,
            is_open=self._gate.open,
            loudness_db=db,
            loudness=loudness,
            levels=self._levels.level.copy(),
            onsets=self._onsets.envelope.copy(),
            pulses=self._onsets.softened.copy(),
            counts=self._onsets.counts.copy(),
            clocks=self._clocks.copy(),
            chroma=self._chroma.value.copy(),
            activity=self._activity,
            bpm=tempo.bpm,
            beat_phase=tempo.phase,
            beat_confidence=tempo.confidence,
            beats=tempo.beats,
            surge=self._surge.value,
            is_held=tempo.held,
        )

    def tap(self, at_s: float) -> None:
        """A beat was tapped by hand when the sound of `at_s` (as Features.heard_s) was heard.

        From the second tap on, tempo and phase follow the taps for as long as they fit what is heard.
        """
        self._tempo.tap(at_s)

    def resync(self, at_s: float) -> None:
        """Put a beat on a moment of the sound (as Features.heard_s), at the tempo there is."""
        self._tempo.resync(at_s)

    def nudge(self, seconds: float) -> None:
        """Move all beats later, or earlier when negative; nothing happens while no tempo is known."""
        tempo = self._tempo
        if tempo.bpm > 0:
            since_s = tempo.phase * 60 / tempo.bpm
            tempo.resync(self._columns * self.config.columns.hop_s - since_s + seconds)

    def double_tempo(self) -> None:
        """Count twice as many beats."""
        self._tempo.double()

    def halve_tempo(self) -> None:
        """Count half as many beats."""
        self._tempo.halve()

    def release_tempo(self) -> None:
        """Forget taps and corrections: follow what is heard."""
        self._tempo.release()

    def _column(self, samples: np.ndarray) -> None:
        """Analyse the column that ends a stretch of sound, float [n_fft of the chroma]."""
        spec = self.config.columns
        power, bands, fine = self._spectrum.column(samples[-spec.n_fft :])
        is_open = self._gate.step(power)
        level = self._levels.step(bands, is_open)
        self._clocks += level * spec.hop_s
        onsets = self._onsets.step(fine, level, is_open)
        self._surge.step(self._onsets.flux, self._onsets.median, level, is_open)
        self._activity += (float(onsets[: HAT + 1].sum()) / (HAT + 1) - self._activity) * self._activity_rate
        # A rise of 20 dB from next to nothing to very little is no beat: the level weighs it.
        rise = np.maximum(0.0, self._onsets.flux[:DRUMS] - LEAST_RISE_DB)
        self._tempo.step(level[:DRUMS] * rise, is_open)
        if self._columns % self.config.chroma.every == 0:
            self._chroma.step(samples, is_open)
        self._columns += 1
