"""How a score is played: who plays it, how fast, how high, how strictly. Drawn anew for each clip.

Nothing here knows the period: harpsichords play Schumann and pianos Palestrina, so that an encoder cannot take
the instrument for the music. NumPy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mvnet.scores import Note, Score

CLIP_S = 9.2  # a little more than the encoder's window of 8.92 s
LEAD_S = 1.0  # played before the clip begins, so that notes are already sounding
FEWEST_NOTES = 8
DEFAULT_TEMPO = 112.0  # quarter notes a minute where the score says nothing
TEMPO_SPAN = (0.72, 1.3)
ATTACKS_S = (1.0, 9.0)  # moments at which notes begin, a second: a tempo that leads out of this is changed
SEMITONES = 5
PITCHES = (28, 100)  # notes beyond are moved by octaves
RUBATO = 0.06  # of the tempo, up and down, within a phrase of some seconds
LATENESS_S = 0.012  # standard deviation of a note's beginning
# Name, chance, and the General MIDI programs from the lowest voice to the highest.
ENSEMBLES: tuple[tuple[str, float, tuple[int, ...]], ...] = (
    ("piano", 5.0, (0,)),
    ("bright piano", 1.0, (1,)),
    ("harpsichord", 1.8, (6,)),
    ("church organ", 1.5, (19,)),
    ("reed organ", 0.5, (20,)),
    ("string ensemble", 1.5, (48,)),
    ("slow strings", 0.6, (49,)),
    ("solo strings", 3.0, (42, 42, 41, 40)),
    ("choir aahs", 2.0, (52,)),
    ("voice oohs", 1.0, (53,)),
    ("woodwinds", 2.0, (70, 71, 68, 73)),
    ("recorders and bassoon", 0.8, (70, 74, 74)),
    ("brass", 1.2, (58, 57, 60, 56)),
    ("nylon guitar", 0.8, (24,)),
    ("harp", 0.5, (46,)),
    ("strings and winds", 1.2, (43, 42, 48, 60, 71, 40, 73)),
    ("voice and piano", 0.8, (0, 0, 52)),
    ("clarinet and piano", 0.5, (0, 0, 71)),
    ("violin and organ", 0.4, (19, 19, 40)),
    ("choir and strings", 0.6, (48, 52, 52)),
)


@dataclass(frozen=True)
class Sounding:
    """A note as it is played: seconds from the beginning of the excerpt, MIDI pitch, 1 to 127, index of its voice."""

    start_s: float
    length_s: float
    pitch: int
    velocity: int
    voice: int


@dataclass(frozen=True)
class Excerpt:
    """Some seconds of a piece, as played.

    Attributes:
        sounds: in order of their beginning; the clip begins at LEAD_S and lasts CLIP_S.
        ensemble: its name.
        programs: General MIDI program of each voice.
        start_s: where in the piece the clip begins, at the tempo that was drawn.
    """

    sounds: tuple[Sounding, ...]
    ensemble: str
    programs: tuple[int, ...]
    start_s: float


def play(score: Score, rng: np.random.Generator) -> Excerpt | None:
    """One excerpt of a score with an ensemble, tempo, key and manner drawn from rng; None where too few notes sound."""
    tempo = draw_tempo(score, rng)
    seconds = 60 / tempo
    whole = LEAD_S + CLIP_S
    start = rng.uniform(0, max(0.0, score.length * seconds - whole))
    notes = [note for note in score.notes if start <= note.start * seconds < start + whole]
    if len(notes) < FEWEST_NOTES:
        return None
    name, programs = draw_ensemble(rng)
    voices = assign_voices(notes, len(programs))
    shift = _transposition(notes, rng)
    sounds = _sounds(notes, voices, seconds, start, shift, rng)
    return Excerpt(tuple(sorted(sounds, key=lambda sound: sound.start_s)), name, programs, start + LEAD_S)


def draw_tempo(score: Score, rng: np.random.Generator) -> float:
    """Quarter notes a minute: the score's, faster or slower, but not so that notes crawl or race."""
    tempo = (score.tempo or DEFAULT_TEMPO) * float(np.exp(rng.uniform(*np.log(TEMPO_SPAN))))
    attacks = len({round(note.start, 3) for note in score.notes}) / max(score.length, 1.0) * tempo / 60
    return tempo * float(np.clip(attacks, *ATTACKS_S)) / attacks


def draw_ensemble(rng: np.random.Generator) -> tuple[str, tuple[int, ...]]:
    """Name and programs of an ensemble."""
    chances = np.array([chance for _, chance, _ in ENSEMBLES])
    name, _, programs = ENSEMBLES[rng.choice(len(ENSEMBLES), p=chances / chances.sum())]
    return name, programs


def assign_voices(notes: Sequence[Note], voices: int) -> list[int]:
    """Which of so many voices plays each note, 0 the lowest.

    Where there are as many parts as voices, a part keeps to one voice, by its mean pitch; where there are
    fewer, as in piano music, high notes go to high voices.
    """
    parts = sorted({note.part for note in notes})
    if len(parts) >= voices:
        means = [np.mean([note.pitch for note in notes if note.part == part]) for part in parts]
        rank = {parts[index]: place for place, index in enumerate(np.argsort(means, kind="stable"))}
        return [rank[note.part] * voices // len(parts) for note in notes]
    pitches = np.array([note.pitch for note in notes])
    borders = np.quantile(pitches, np.arange(1, voices) / voices)
    return [int(voice) for voice in np.searchsorted(borders, pitches, side="left")]


def _transposition(notes: Sequence[Note], rng: np.random.Generator) -> int:
    return int(rng.integers(-SEMITONES, SEMITONES + 1))


def _sounds(
    notes: Sequence[Note], voices: Sequence[int], seconds: float, start: float, shift: int, rng: np.random.Generator
) -> list[Sounding]:
    """Notes in seconds, with rubato, small lateness, louder beats and phrases, longer or shorter tones."""
    period, phase, rubato = rng.uniform(3, 8), rng.uniform(0, 2 * np.pi), rng.uniform(0, RUBATO)
    level, swell, accent = rng.uniform(55, 95), rng.uniform(0, 16), rng.uniform(0, 10)
    touch = rng.uniform(0.72, 1.02)  # share of its length that a note is held
    lateness = rng.uniform(0.2, 1.0) * LATENESS_S

    def bent(time: float) -> float:
        """A moment moved by the rubato, which never turns time back."""
        return time + rubato * period / (2 * np.pi) * float(np.sin(2 * np.pi * time / period + phase))

    sounds = []
    for note, voice in zip(notes, voices, strict=True):
        begin = bent(note.start * seconds - start)
        end = bent((note.start + note.length * touch) * seconds - start)
        begin = max(0.0, begin + float(rng.normal(0, lateness)))
        wave = swell * float(np.sin(2 * np.pi * begin / period)) + accent * (note.start % 1 == 0)
        velocity = int(np.clip(level + wave + rng.normal(0, 5), 20, 120))
        pitch = _within(note.pitch + shift)
        sounds.append(Sounding(begin, max(0.04, end - begin), pitch, velocity, voice))
    return sounds


def _within(pitch: int) -> int:
    low, high = PITCHES
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch
