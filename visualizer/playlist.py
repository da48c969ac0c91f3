"""The pieces to play, in order: files, and the music found in folders.

No Qt. It touches the disk, so it runs on the session's worker thread.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

MUSIC = (".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".aif", ".aiff", ".wma")
MOST = 10_000  # pieces taken from a folder: someone will drop a whole disk


def music_files(paths: Iterable[Path]) -> list[Path]:
    """The files to play.

    Args:
        paths: files, taken as they are whatever their ending, so that opening them can say what is
            wrong; and folders, whose music is taken in the order of its names, subfolders too.
    """
    found: list[Path] = []
    for path in paths:
        if os.path.isdir(path):
            found.extend(_in_folder(path))
        else:
            found.append(path)
    return found[:MOST]


def _in_folder(folder: Path) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        if path.suffix.lower() in MUSIC and not path.name.startswith(".") and os.path.isfile(path):
            found.append(path)
            if len(found) == MOST:
                break
    return sorted(found)


class Playlist:
    """Pieces in order, one of them current. One thread."""

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        self._paths = tuple(paths)
        self._at = 0

    @property
    def current(self) -> Path | None:
        """The piece that plays; None when there are none."""
        return self._paths[self._at] if self._paths else None

    @property
    def first(self) -> bool:
        """There is no piece before."""
        return self._at == 0

    @property
    def last(self) -> bool:
        """There is no piece after."""
        return self._at >= len(self._paths) - 1

    def step(self, pieces: int) -> bool:
        """Go on by some pieces, or back; False, and no change, when there are not so many."""
        wanted = self._at + pieces
        if not 0 <= wanted < len(self._paths):
            return False
        self._at = wanted
        return True
