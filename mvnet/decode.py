"""Sound files to mono samples for training: libsndfile first, FFmpeg (PyAV) for what it cannot read.

Works in blocks, so that a recording of hours needs no more memory than a short one. Runs in the
worker processes of `mvnet.cache`; the app has its own decoder, which plays while it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import soundfile

from mvnet.errors import MvnetError
from mvnet.resample import Resampler

BLOCK_S = 4.0  # seconds decoded at a time
SOUND_SUFFIXES = frozenset((".aac", ".aif", ".aiff", ".au", ".caf", ".flac", ".m4a", ".m4b", ".mka", ".mp2"))
SOUND_SUFFIXES |= {".mp3", ".mp4", ".oga", ".ogg", ".opus", ".w64", ".wav", ".wma"}


class Unreadable(MvnetError):
    """A file that cannot be used; `reason` is a half sentence that follows the file's name."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.reason = reason


def decode_blocks(path: Path, rate: int) -> Iterator[np.ndarray]:
    """Blocks of a sound file, mixed to mono (the mean of its channels) and resampled.

    Args:
        path: any file that libsndfile or FFmpeg reads.
        rate: Hz of what comes back.
    Yields:
        float32 [n], full scale +-1; blocks of any length, possibly empty.
    Raises:
        Unreadable: missing, empty, not sound, broken or cut off, or not finite.
    """
    check_file(path)
    resampler: Resampler | None = None
    for file_rate, block in _native_blocks(path):
        if not np.isfinite(block).all():
            raise Unreadable(path, "holds samples that are not numbers: export it again")
        resampler = resampler or Resampler(file_rate, rate)
        if resampler.from_rate != file_rate:
            raise Unreadable(path, f"changes its sample rate from {resampler.from_rate} to {file_rate} Hz")
        yield resampler.push(block)
    if resampler is None:
        raise Unreadable(path, "holds no sound")
    yield resampler.push(np.zeros(0, np.float32), last=True)


def check_file(path: Path) -> None:
    """Raise Unreadable unless the path is a file with something in it."""
    if not path.is_file():
        raise Unreadable(path, "is a folder" if path.is_dir() else "is missing")
    if path.stat().st_size == 0:
        raise Unreadable(path, "is empty (0 bytes)")


def _native_blocks(path: Path) -> Iterator[tuple[int, np.ndarray]]:
    """Mono blocks at the file's own rate, with that rate in Hz."""
    try:
        file = soundfile.SoundFile(path)
    except soundfile.LibsndfileError as error:
        yield from _ffmpeg_blocks(path, str(error))
        return
    with file:
        size = max(1, round(BLOCK_S * file.samplerate))
        try:
            while len(block := file.read(size, dtype="float32", always_2d=True)):
                yield file.samplerate, block.mean(axis=1)
        except soundfile.LibsndfileError as error:
            raise Unreadable(path, f"is broken or cut off ({_short(error)})") from error


def _ffmpeg_blocks(path: Path, first_error: str) -> Iterator[tuple[int, np.ndarray]]:
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise Unreadable(path, "holds no sound")
            planar = av.AudioResampler(format="fltp")  # only the sample format: rate and channels stay
            for frame in container.decode(container.streams.audio[0]):
                for part in planar.resample(frame):
                    yield part.sample_rate, part.to_ndarray().mean(axis=0)
    except (av.FFmpegError, ValueError) as error:
        raise Unreadable(path, f"cannot be decoded ({_short(error)}; libsndfile: {_short(first_error)})") from error


def _short(error: Exception | str) -> str:
    """A library's message without the path and the full stop, on one line."""
    return str(error).split(": ")[-1].strip().rstrip(".")
