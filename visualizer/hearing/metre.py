"""Which of the periods that a rhythm repeats with is the beat: how kick, snare and hat move against each.

Music repeats with its half-beats, beats and bars alike. What tells them apart is who strikes where: kick and snare in
turn on the beats, hats between them, three or four beats to a bar. Pure NumPy, on the listening thread, four times a
second: about a millisecond.

The weights come from `python -m bench.levels`, which draws drum loops whose tempo is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visualizer.hearing.metre_weights import ACROSS, BIAS, HIDDEN
from visualizer.hearing.repetition import Repetition

DRUMS = 3  # kick, snare and hat: the first of visualizer.hearing.bands.BANDS
WEIGHTS = np.array([1.0, 1.0, 0.15])  # what each counts for the rhythm
LIKELY_BPM = 115.0  # where the tempo is counted from, in octaves
RATES = 7  # at which the drums are looked at; some of their places in what _parts gives:
BAR, TWO_BEATS, BEAT, HALF = 0, 2, 3, 4
FEATURES = RATES * (DRUMS + 1) + 15
LITTLE = 1e-9


@dataclass(frozen=True)
class Reading:
    """A rhythm, and the periods that may be its beat.

    Attributes:
        accents: float [n], all drums together, each with the same share of the whole: where beats may lie.
        repetition: float [m], how well it repeats with each tempo of a Repetition.
        peaks: int [p], places of the tempi that may be the beat.
        features: float [p, FEATURES], what tells them apart.
    """

    accents: np.ndarray
    repetition: np.ndarray
    peaks: np.ndarray
    features: np.ndarray


def read(periods: Repetition, strokes: np.ndarray) -> Reading:
    """Look at how strongly each drum struck in the last columns, float [n, DRUMS]."""
    repetition, fit = periods.measure(periods.rhythm(strokes @ WEIGHTS))
    peaks = periods.peaks(repetition)
    bpm = np.array([periods.tempo(repetition, at) for at in peaks])
    drums = np.stack([periods.rhythm(drum) for drum in strokes.T], axis=1)
    drums /= drums.sum(0) + LITTLE
    features = _features(drums, periods.hop_s, bpm, repetition[peaks], fit[peaks])
    return Reading(drums @ WEIGHTS, repetition, peaks, features)


def likelihood(features: np.ndarray) -> np.ndarray:
    """How likely each tempo is the beat, as logarithm, up to a constant; features [p, FEATURES] to float [p]."""
    hidden = np.tanh(features @ HIDDEN.T + BIAS)
    return hidden @ ACROSS


def _features(drums: np.ndarray, hop_s: float, bpm: np.ndarray, repetition: np.ndarray, fit: np.ndarray) -> np.ndarray:
    """Each drum's part and all drums' at each rate, how drums go together, tempo and repetition; [p, FEATURES]."""
    parts = _parts(drums, hop_s, bpm)  # [p, rates, drums]
    kick, snare, hat = np.moveaxis(parts, 2, 0)  # [p, rates]
    in_turn = _together(kick, snare)[:, (BAR, TWO_BEATS, BEAT, HALF)]
    with_hats = [_together(drum, hat)[:, (BEAT, HALF)] for drum in (kick, snare)]
    # The half beats' phase against twice the beats' own: + on the beats, - between them.
    beat = (kick + snare)[:, BEAT, None]
    between = _together(parts[:, HALF], beat**2) / (np.abs(beat) ** 2 + 1e-3)
    sizes = np.abs(parts).reshape(len(bpm), RATES * DRUMS)
    # An even train of strokes is one whichever drum plays it.
    struck = np.abs(drums).sum(0) > 0
    whole = np.abs(parts @ WEIGHTS) / max(float(WEIGHTS @ struck), LITTLE)
    octaves = np.log2(bpm / LIKELY_BPM)
    tempo = np.stack((octaves, octaves**2, repetition, fit), axis=1)
    return np.concatenate((sizes, whole, in_turn, *with_hats, between, tempo), axis=1)


def _parts(strokes: np.ndarray, hop_s: float, bpm: np.ndarray) -> np.ndarray:
    """How each drum goes with a bar of four, one of three, two beats, the beat, its half, third and quarter.

    Returns:
        complex [p, RATES, DRUMS]: Fourier coefficients at fractions and multiples of each tempo.
    """
    beats = np.arange(len(strokes)) * hop_s * bpm[:, None] / 60  # [p, n]
    quarter, third = _turned(beats / 4), _turned(beats / 3)
    half = quarter**2
    beat = half**2
    double = beat**2
    return np.stack((quarter, third, half, beat, double, double * beat, double**2), axis=1) @ strokes.astype(np.float32)


def _turned(turns: np.ndarray) -> np.ndarray:
    """exp(-2 pi i turns), in single precision: many times faster, and as good for so few columns."""
    angle = (2 * np.pi * turns).astype(np.float32)
    return np.cos(angle) - 1j * np.sin(angle)


def _together(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Product of the sizes where two parts go together, its negative where they go in turn."""
    return (one * other.conj()).real
