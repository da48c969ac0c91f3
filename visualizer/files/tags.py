"""What a music file says about itself: title, artist, album, length, and its cover. No Qt; on a worker thread.

Tags are what people have written, so nothing in them is trusted: they are cut, cleaned and never an error. A
file that cannot be read at all has its name for a title. The cover is the picture in the file, else one beside it.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

LONGEST = 200  # characters of a tag; some hold whole booklets
BESIDE = ("cover", "folder", "front", "album")  # names of pictures beside the music, the likeliest first
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
LARGEST_PICTURE = 20_000_000  # bytes of a file, and pixels of what is in it
COVER_SIDE = 256  # points of what is kept: it is shown small


@dataclass(frozen=True)
class Tags:
    """A file's words.

    Attributes:
        title: its own, else the file's name without ending.
        artist, album: empty when not there.
        duration_s: as declared; 0.0 when not there.
    """

    title: str
    artist: str = ""
    album: str = ""
    duration_s: float = 0.0


def read_tags(path: Path) -> Tags:
    """The tags of a file; its name where it has none or cannot be read."""
    import av  # loads FFmpeg's libraries: not before they are needed

    try:
        with _opened(path) as container:
            metadata: dict[str, str] = {}
            for holder in (*container.streams.audio[:1], container):  # Ogg keeps its tags with the stream
                metadata |= {name.lower(): value for name, value in holder.metadata.items()}
            length = max(0.0, (container.duration or 0) / av.time_base)
    except (av.FFmpegError, OSError, ValueError):
        return Tags(path.stem)
    artist = _clean(metadata.get("artist", "")) or _clean(metadata.get("composer", ""))
    return Tags(_clean(metadata.get("title", "")) or path.stem, artist, _clean(metadata.get("album", "")), length)


def read_cover(path: Path) -> np.ndarray | None:
    """The cover of a piece.

    Returns:
        uint8 [h, w, 3], at most COVER_SIDE high and wide; None when there is none that can be read.
    """
    for content in _pictures(path):
        picture = _decoded(content)
        if picture is not None:
            return picture
    return None


def _opened(path: Path) -> Any:
    import av

    # As in visualizer.files.decoders: only files, never the network, whatever the name or a play list inside says.
    return av.open(f"file:{path}", options={"protocol_whitelist": "file"}, metadata_errors="replace")


def _clean(text: str) -> str:
    """One line of printable characters, cut to LONGEST."""
    line = " ".join(text.split())
    return "".join(letter for letter in line if letter.isprintable())[:LONGEST].strip()


def _pictures(path: Path) -> Iterator[bytes]:
    """Files of pictures, the likeliest first."""
    embedded = _embedded(path)
    if embedded:
        yield embedded
    for picture in _beside(path.parent):
        try:
            if picture.stat().st_size <= LARGEST_PICTURE:
                yield picture.read_bytes()
        except OSError:
            continue


def _embedded(path: Path) -> bytes:
    """The picture inside a music file; empty when there is none."""
    import av

    try:
        with _opened(path) as container:
            # A film has moving pictures, which are no cover.
            attached = [one for one in container.streams.video if av.stream.Disposition.attached_pic in one.disposition]
            if not attached:
                return b""
            packet = next(container.demux(attached[0]), None)
            return b"" if packet is None or packet.size > LARGEST_PICTURE else bytes(packet)
    except (av.FFmpegError, OSError, ValueError):
        return b""


def _beside(folder: Path) -> list[Path]:
    """Pictures in a folder that are named like covers."""
    try:
        found = [one for one in folder.iterdir() if one.stem.lower() in BESIDE and one.suffix.lower() in ENDINGS]
    except OSError:
        return []
    return sorted(found, key=lambda one: (BESIDE.index(one.stem.lower()), one.name))


def _decoded(content: bytes) -> np.ndarray | None:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow warns of pictures that are too large to be honest
            with Image.open(io.BytesIO(content)) as picture:
                if picture.width * picture.height > LARGEST_PICTURE:
                    return None
                picture.draft("RGB", (2 * COVER_SIDE, 2 * COVER_SIDE))  # a JPEG is decoded small at once
                small = picture.convert("RGB")
        small.thumbnail((COVER_SIDE, COVER_SIDE))
        return np.asarray(small, np.uint8)
    except Exception:  # Pillow's decoders raise whatever a broken picture makes them stumble over
        return None
