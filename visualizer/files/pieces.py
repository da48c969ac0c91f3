"""The music that ships with the app, one piece a period, read from its list. No Qt; a few rows, read at once."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from visualizer.paths import music_dir

LIST = "music.csv"


@dataclass(frozen=True)
class Piece:
    """A bundled piece of music.

    Attributes:
        path: its file.
        period: one of mvnet.periods.PERIODS.
        composer, title: for people.
    """

    path: Path
    period: str
    composer: str
    title: str


def bundled_pieces(folder: Path | None = None) -> tuple[Piece, ...]:
    """The pieces whose files are there, in the order of the list; empty when none were installed."""
    folder = folder or music_dir()
    try:
        with (folder / LIST).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError):
        return ()  # the app works without them: the welcome page just lists nothing
    found = []
    for row in rows:
        title = ", ".join(part for part in (row.get("piece"), row.get("movement")) if part)
        path = folder / (row.get("file") or "")
        if title and path.is_file():
            found.append(Piece(path, row.get("period") or "", row.get("composer") or "", title))
    return tuple(found)
