"""Playlists written by other programs: M3U, PLS and cue sheets, read as lists of files. No Qt; reads one small file.

A cue sheet that divides one file into tracks counts as that file. Addresses on the network are passed over: this
player plays files.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from visualizer.errors import VisualizerError
from visualizer.words import tr

LISTS = (".m3u", ".m3u8", ".pls", ".cue")
LARGEST = 8_000_000  # bytes; a longer file is no playlist
PLS_ENTRY = re.compile(r"\s*File\d+\s*=\s*(.+)", re.IGNORECASE)
CUE_ENTRY = re.compile(r'\s*FILE\s+(?:"([^"]+)"|(\S+))', re.IGNORECASE)


def playlist_entries(path: Path) -> list[Path]:
    """The files of a playlist, in its order, whether they are there or not.

    Args:
        path: a file whose ending is one of LISTS.
    Raises:
        VisualizerError: it cannot be read, or names no file.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise VisualizerError(tr("{path} is too large for a playlist: open the music itself.", path=path))
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise VisualizerError(
            tr("{path} cannot be read ({cause}): choose another playlist.", path=path, cause=error.strerror)
        ) from None
    entries = {".pls": _pls, ".cue": _cue}.get(path.suffix.lower(), _m3u)(text)
    found = [place for entry in entries if (place := _place(entry, path.parent)) is not None]
    if not found:
        raise VisualizerError(tr("{path} names no music file: choose another playlist.", path=path))
    return found


def _decoded(content: bytes) -> str:
    """UTF-8 where it is, else the old Windows coding in which every byte is a letter."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _m3u(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _pls(text: str) -> list[str]:
    return [found[1].strip() for line in text.splitlines() if (found := PLS_ENTRY.match(line))]


def _cue(text: str) -> list[str]:
    return [found[1] or found[2] for line in text.splitlines() if (found := CUE_ENTRY.match(line))]


def _place(entry: str, folder: Path) -> Path | None:
    """Where an entry lies; None for what is not on this computer, or no name at all."""
    if "\x00" in entry:
        return None
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+):", entry)  # one letter is a Windows drive
    if scheme is not None:
        if scheme[1].lower() != "file":
            return None
        try:
            entry = unquote(urlsplit(entry).path)
        except ValueError:
            return None
        entry = re.sub(r"^/([A-Za-z]:)", r"\1", entry)
    return folder / Path(entry.replace("\\", "/"))
