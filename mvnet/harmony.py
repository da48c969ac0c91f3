"""Statistics of the notes in a clip: what a listener who knows harmony would go by, as numbers.

From the activations of a note-transcribing network: how many notes sound together, in which intervals, how
the harmony moves, how notes begin and last. None of it changes when a clip is transposed, except where
its notes lie. Music of two periods played on one instrument differs in little else. NumPy only.
"""

from __future__ import annotations

import numpy as np

PITCHES = 88  # semitones from A0
SOUNDING = 0.3  # of an activation, above which a note is said to sound
BEGINNING = 0.4
MOST_VOICES = 9
WIDEST_INTERVAL = 36  # semitones
MELODIC_LAGS = (20, 43)  # steps: a quarter and half a second
CHROMA_STEPS = (43, 172)  # half a second, two seconds
PULSE_LAGS = slice(8, 180, 6)  # steps: 93 ms to 2.1 s
TINY = 1e-6


def harmony_statistics(notes: np.ndarray, onsets: np.ndarray) -> np.ndarray:
    """All statistics of a clip, float32 [210].

    Args:
        notes, onsets: activations [n, 88] at 86 steps a second, 0 where there is no note; n at least 344, four seconds.
    """
    parts = [
        *_density(notes, onsets),
        *_register(notes),
        *_intervals(notes),
        *_chroma(notes),
        *_rhythm(notes, onsets),
    ]
    return np.concatenate([np.atleast_1d(part) for part in parts]).astype(np.float32)


def _density(notes: np.ndarray, onsets: np.ndarray) -> list[np.ndarray]:
    """How much sounds and begins at once, and how often each number of voices."""
    sums = [np.array([part.sum(1).mean(), part.sum(1).std()]) for part in (notes, onsets)]
    voices = np.minimum((notes > SOUNDING).sum(1), MOST_VOICES)
    return [*sums, np.bincount(voices, minlength=MOST_VOICES + 1) / len(notes)]


def _register(notes: np.ndarray) -> list[np.ndarray]:
    """Share of each eight semitones, centre and spread of all."""
    mean = notes.mean(0)
    total = mean.sum() + TINY
    place = np.arange(PITCHES)
    centre = (mean * place).sum() / total
    spread = np.sqrt((mean * (place - centre) ** 2).sum() / total)
    return [np.add.reduceat(mean, np.arange(0, PITCHES, 8)) / total, np.array([centre, spread])]


def _intervals(notes: np.ndarray) -> list[np.ndarray]:
    """How often notes of each interval sound together, and follow one another."""

    def together(first: np.ndarray, second: np.ndarray, up: int) -> float:
        low, high = first[:, max(0, -up) : PITCHES - max(0, up)], second[:, max(0, up) : PITCHES - max(0, -up)]
        return float((low * high).sum(1).mean())

    energy = together(notes, notes, 0) + TINY
    found = [np.array([together(notes, notes, up) for up in range(1, WIDEST_INTERVAL + 1)]) / energy]
    for lag in MELODIC_LAGS:
        found.append(np.array([together(notes[:-lag], notes[lag:], up) for up in range(-12, 13)]) / energy)
    return found


def _chroma(notes: np.ndarray) -> list[np.ndarray]:
    """Transposition leaves the lengths of the pitch classes' Fourier coefficients as they are.

    Of half a second, two seconds and the whole clip: mean and spread of these lengths, the entropy, and how
    far and by which interval the harmony moves from one stretch to the next.
    Source of the coefficients' use: Amiot, Music Through Fourier Space, 2016.
    """
    classes = np.stack([notes[:, k::12].sum(1) for k in range(12)], 1)
    found: list[np.ndarray] = []
    for steps in (*CHROMA_STEPS, len(classes)):
        count = len(classes) // steps
        chroma = classes[: count * steps].reshape(count, steps, 12).sum(1)
        chroma = chroma / (chroma.sum(1, keepdims=True) + TINY)
        lengths = np.abs(np.fft.rfft(chroma, axis=1))[:, 1:]
        entropy = -(chroma * np.log(chroma + 1e-9)).sum(1).mean()
        found += [lengths.mean(0), lengths.std(0), entropy]
        if count > 1:
            before, after = chroma[:-1], chroma[1:]
            moves = np.fft.irfft(np.conj(np.fft.rfft(before)) * np.fft.rfft(after), n=12)
            found += [np.abs(before - after).sum(1).mean(), moves.mean(0)]
    return found


def _rhythm(notes: np.ndarray, onsets: np.ndarray) -> list[np.ndarray]:
    """Autocorrelation of the beginnings, how many there are, and how long notes last."""
    strength = onsets.sum(1) - onsets.sum(1).mean()
    correlation = np.fft.irfft(np.abs(np.fft.rfft(strength, 2 * len(strength))) ** 2)[: len(strength)]
    sounding = notes > SOUNDING
    begun = int((sounding[1:] & ~sounding[:-1]).sum())
    return [
        correlation[PULSE_LAGS] / (correlation[0] + TINY),
        (onsets > BEGINNING).sum() / len(onsets),
        np.array([begun / len(notes), sounding.sum() / max(1, begun)]),
    ]
