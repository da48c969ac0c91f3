"""The pieces to play, in order: files, and the music found in folders.

No Qt. It touches the disk, so it runs on the session's worker thread.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from visualizer.files.playlist_files import LISTS, playlist_entries

MUSIC = (".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".aif", ".aiff", ".wma")
MOST = 10_000  # pieces taken from a folder: someone will drop a whole disk


def music_files(paths: Iterable[Path]) -> list[Path]:
    """The files to play.

    Args:
        paths: files, taken as they are whatever their ending, so that opening them can say what is
            wrong; playlists, for the files they name; and folders, whose music is taken in the order of
            its names, subfolders too.
    Raises:
        VisualizerError: a playlist cannot be read, or names no file.
    """
    found: list[Path] = []
    for path in paths:
        if os.path.isdir(path):
            found.extend(_in_folder(path))
        elif path.suffix.lower() in LISTS:
            found.extend(playlist_entries(path))
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
    def paths(self) -> tuple[Path, ...]:
        """All pieces, in order."""
        return self._paths

    @property
    def at(self) -> int:
        """Index of the piece that plays."""
        return self._at

    def go(self, index: int) -> bool:
        """Make another piece the current one; False, and no change, when there is none of that index."""
        if not 0 <= index < len(self._paths):
            return False
        self._at = index
        return True

    def with_more(self, paths: Sequence[Path]) -> None:
        """Add pieces at the end."""
        self._paths = (*self._paths, *paths)[:MOST]

    def without(self, index: int) -> None:
        """Take a piece out that does not play now; another index than the current one."""
        if index == self._at or not 0 <= index < len(self._paths):
            return
        self._paths = self._paths[:index] + self._paths[index + 1 :]
        if index < self._at:
            self._at -= 1

    def moved(self, index: int, to: int) -> None:
        """Move a piece to another place; the current one stays current."""
        paths = list(self._paths)
        if not (0 <= index < len(paths) and 0 <= to < len(paths)):
            return
        current = self._at
        paths.insert(to, paths.pop(index))
        self._paths = tuple(paths)
        if index == current:
            self._at = to
        elif index < current <= to:
            self._at -= 1
        elif to <= current < index:
            self._at += 1

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
