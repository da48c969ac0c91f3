"""Scores as plain lists of notes, whatever they are written in, for playing them (`mvnet render`).

MusicXML, MIDI, Humdrum and ABC are read by music21, which is imported only here and only when a score is
opened; tables of notes by mvnet.note_tables. Runs in the process of the command.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mvnet.errors import MvnetError

SCORE_SUFFIXES = frozenset({".mxl", ".musicxml", ".xml", ".krn", ".mid", ".midi", ".abc", ".tsv"})


class UnreadableScore(MvnetError):
    """A score that cannot be played: broken, or without notes."""


@dataclass(frozen=True, order=True)
class Note:
    """One sounding note; tied notes are one.

    Attributes:
        start: quarter notes from the beginning.
        length: quarter notes, above 0.
        pitch: MIDI number, 60 is middle C.
        part: index of its part or staff.
    """

    start: float
    length: float
    pitch: int
    part: int


@dataclass(frozen=True)
class Score:
    """Notes of a piece in order of their beginning.

    Attributes:
        notes: at least one.
        tempo: quarter notes a minute where the score gives them, else None.
    """

    notes: tuple[Note, ...]
    tempo: float | None = None

    @property
    def length(self) -> float:
        """Quarter notes to the end of the last note."""
        return max(note.start + note.length for note in self.notes)


def read_score(path: Path) -> Score:
    """The score in a file.

    Raises:
        UnreadableScore: it cannot be read, or it has no notes.
        ModuleNotFoundError: music21 is not installed.
    """
    if path.suffix.lower() == ".tsv":
        # Only here: it builds on this module.
        from mvnet.note_tables import read_note_table

        return read_note_table(path)
    from music21 import converter

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Pickles of parsed scores would be left in the system's temporary folder.
            stream = converter.parse(str(path), forceSource=True, storePickle=False)
            notes = tuple(sorted(note for index, part in enumerate(_parts(stream)) for note in _notes(part, index)))
            tempo = _tempo(stream)
    except Exception as error:  # a parser of many formats raises whatever it trips over
        raise UnreadableScore(f"{path} cannot be read as a score ({type(error).__name__}: {error})") from error
    if not notes:
        raise UnreadableScore(f"{path} has no notes")
    return Score(notes, tempo)


def _parts(stream: Any) -> list[Any]:
    """The parts of a score; of a collection (an ABC book, an opus) those of its first piece."""
    if hasattr(stream, "scores") and len(stream.scores):
        stream = stream.scores[0]
    parts = list(getattr(stream, "parts", []))
    return parts or [stream]


def _notes(part: Any, index: int) -> Iterator[Note]:
    """Notes of one part, ties joined; no grace notes, drums or chord symbols."""
    held: dict[int, tuple[float, float]] = {}  # start and end of tied notes by pitch
    for element in part.flatten().notes:
        length = float(element.duration.quarterLength)
        if length <= 0 or "Harmony" in element.classes:
            continue
        start = float(element.offset)
        for one in element.notes if element.isChord else [element]:
            if not hasattr(one, "pitch"):
                continue
            pitch, tie = int(one.pitch.midi), one.tie.type if one.tie else ""
            begun, end = held.pop(pitch, (start, start)) if tie in ("continue", "stop") else (start, start)
            if abs(end - start) > 1e-3:  # the tie's beginning is elsewhere
                begun = start
            if tie in ("start", "continue"):
                held[pitch] = begun, start + length
            else:
                yield Note(begun, start + length - begun, pitch, index)
    for pitch, (begun, end) in held.items():
        yield Note(begun, end - begun, pitch, index)


def _tempo(stream: Any) -> float | None:
    """Quarter notes a minute at the first metronome mark that has a number."""
    for mark in stream.flatten().getElementsByClass("MetronomeMark"):
        quarters = mark.getQuarterBPM()
        if quarters:
            return float(quarters)
    return None
