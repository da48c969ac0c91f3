"""Note tables of the DCML corpora, one row a note, as scores: `mvnet render --scores` plays them too.

Columns as ms3 writes them: quarterbeats, duration_qb (quarter notes, fractions allowed), midi, staff, tied (1 begins a
tie, 0 goes on, -1 ends it), gracenote. Runs in the process of the command.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from mvnet.scores import Note, Score, UnreadableScore

NEEDED = frozenset({"quarterbeats", "duration_qb", "midi", "staff"})
FIELD_BYTES = 1 << 24  # the field size limit of csv is smaller than some annotations
BEGINS, GOES_ON, ENDS = 1, 0, -1


def read_note_table(path: Path) -> Score:
    """The score in a table of one piece.

    Raises:
        UnreadableScore: it is no such table, or has no notes.
    """
    csv.field_size_limit(FIELD_BYTES)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, delimiter="\t")
            if missing := NEEDED - set(table.fieldnames or ()):
                raise UnreadableScore(f"{path} is no table of notes: it has no column {', '.join(sorted(missing))}")
            notes = tuple(sorted(sounding(table)))
    except (OSError, ValueError, ZeroDivisionError, csv.Error) as error:
        raise UnreadableScore(f"{path} cannot be read as a table of notes ({error})") from error
    if not notes:
        raise UnreadableScore(f"{path} has no notes")
    return Score(notes)


def sounding(rows: Iterable[Mapping[str, str | None]]) -> list[Note]:
    """Notes of a table's rows in order of time, ties joined; no grace notes, and nothing outside the piece's beats."""
    notes: list[Note] = []
    held: dict[tuple[int, int], int] = {}  # staff and pitch of an open tie: which note it belongs to
    for row in rows:
        if not row["quarterbeats"] or not row["midi"] or row.get("gracenote"):
            continue
        start, length = float(Fraction(row["quarterbeats"])), float(Fraction(row["duration_qb"] or "0"))
        if length <= 0:
            continue
        key = int(row["staff"] or 0), int(float(row["midi"]))
        tied = row.get("tied")
        tie = int(float(tied)) if tied else None
        index = held.pop(key, None)
        if (
            index is not None
            and tie in (GOES_ON, ENDS)
            and abs(notes[index].start + notes[index].length - start) < 0.01
        ):
            notes[index] = Note(notes[index].start, notes[index].length + length, key[1], key[0])
        else:
            index = len(notes)
            notes.append(Note(start, length, key[1], key[0]))
        if tie in (BEGINS, GOES_ON):
            held[key] = index
    return notes
