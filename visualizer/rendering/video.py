"""A video file being written: H.264 and AAC in MP4, by FFmpeg's libraries. One thread at a time uses it.

Everything is written to a file beside the wanted one, which it replaces only when it is whole: neither an
error nor a full disk costs an older video. The same images and sound give the same file.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from visualizer.errors import VisualizerError
from visualizer.words import tr

SUFFIX = ".mp4"
SOUND_RATE = 48_000  # Hz
SOUND_BITS_PER_S = 192_000
BT709 = 1  # primaries, transfer and matrix alike (ITU-T H.273); without the tags players guess by size
STUDIO_RANGE = 1  # luma 16 to 235
SEEKABLE_S = 4  # seconds between images that a player can jump to
FRAGMENT_S = 1  # of a growing video: no more is lost, whatever ends it


@dataclass(frozen=True)
class Coding:
    """How carefully images are coded.

    Attributes:
        preset: of x264, how hard it searches.
        crf: of x264, 0 (lossless) to 51; six more halve the size.
    """

    preset: str
    crf: int


QUALITIES = {"draft": Coding("ultrafast", 26), "good": Coding("veryfast", 20), "best": Coding("medium", 16)}


class VideoFile:
    """A video being written.

    Args:
        path: the file that is there in the end; ends in .mp4.
        size: width and height in pixels, even.
        fps: images a second.
        coding: see Coding.
        tags: "title", "artist", "comment" for players.
        growing: it can be played while it grows, whatever ends it; else its index is written at its end.
    Raises:
        VisualizerError: nothing can be written there.

    Attributes:
        path: as given.
        part: where the video lies until it is whole.
        images: added so far.
        samples: of sound, added so far.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        fps: Fraction,
        coding: Coding,
        tags: dict[str, str] | None = None,
        *,
        growing: bool = False,
    ) -> None:
        import av  # loads FFmpeg's libraries: not before a video is made

        _check_place(path)
        self._av = av
        self.path = path
        self.part = part_of(path)
        self.images = self.samples = 0
        with self._sentences():
            # Marked as a file, so that no odd name is taken for a protocol.
            self._container = av.open(f"file:{self.part}", "w", format="mp4", options=_layout(growing))
        try:
            with self._sentences():
                self._container.metadata.update(tags or {})
                self._video = self._video_stream(size, fps, coding)
                self._audio = self._container.add_stream(
                    "aac", rate=SOUND_RATE, layout="stereo", bit_rate=SOUND_BITS_PER_S
                )
                self._container.start_encoding()  # only this opens the file: an unwritable place is said at once
        except BaseException:
            self.discard()
            raise

    def _video_stream(self, size: tuple[int, int], fps: Fraction, coding: Coding) -> Any:
        options = {"preset": coding.preset, "crf": str(coding.crf)}
        stream: Any = self._container.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = 1 / fps
        context.gop_size = max(1, round(SEEKABLE_S * fps))
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = STUDIO_RANGE
        return stream

    def add_image(self, image: Any) -> None:
        """Add the next image, an av.VideoFrame of the file's size in yuv420p.

        Raises:
            VisualizerError: it cannot be written.
        """
        image.pts = self.images
        image.time_base = self._video.codec_context.time_base
        with self._sentences():
            self._container.mux(self._video.encode(image))
        self.images += 1

    def hold_image(self) -> None:
        """Show the last image for the time of one more."""
        self.images += 1

    def add_sound(self, samples: np.ndarray) -> None:
        """Add the next sound, float32 [n, 2] at SOUND_RATE, full scale +-1.

        Raises:
            VisualizerError: it cannot be written.
        """
        if not len(samples):
            return
        piece = self._av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout="stereo")
        piece.sample_rate = SOUND_RATE
        piece.pts = self.samples
        piece.time_base = Fraction(1, SOUND_RATE)
        with self._sentences():
            self._container.mux(self._audio.encode(piece))
        self.samples += len(samples)

    def finish(self, *, replace: bool = True) -> Path:
        """Write what the coders still hold and the index, and put the video in its place.

        Args:
            replace: take the place of an older file of the same name; else stay beside it.
        Returns:
            where the video lies.
        Raises:
            VisualizerError: it cannot be written.
        """
        with self._sentences():
            for stream in (self._video, self._audio):
                self._container.mux(stream.encode(None))
            self._container.close()
            if not replace and self.path.exists():
                return self.part
            os.replace(self.part, self.path)
        return self.path

    def salvage(self) -> Path:
        """After an error, keep what was written of a growing video, in place of none; returns where it lies."""
        with contextlib.suppress(self._av.FFmpegError, OSError, ValueError):
            self._container.close()
        with contextlib.suppress(OSError):
            if not self.path.exists():
                os.replace(self.part, self.path)
                return self.path
        return self.part

    def discard(self) -> None:
        """Give up: remove what was written. An older video stays as it was."""
        with contextlib.suppress(self._av.FFmpegError, OSError, ValueError):
            self._container.close()
        with contextlib.suppress(OSError):
            self.part.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _sentences(self) -> Any:
        """Turn what FFmpeg and the system say into a sentence."""
        try:
            yield
        except (self._av.FFmpegError, OSError) as error:
            cause = getattr(error, "strerror", None) or str(error)
            raise VisualizerError(
                tr(
                    "{path} cannot be written ({cause}): make room there or choose another place.",
                    path=self.path,
                    cause=cause,
                )
            ) from error


def _layout(growing: bool) -> dict[str, str]:
    """FFmpeg's options for the order of things in the file."""
    if not growing:
        return {"movflags": "+faststart"}  # the index goes to the front
    # Whole fragments, each with its own index. (FFmpeg's hybrid of both layouts crashes when nothing was added.)
    fragment_us = str(FRAGMENT_S * 1_000_000)
    return {"movflags": "empty_moov+default_base_moof", "frag_duration": fragment_us, "flush_packets": "1"}


def part_of(path: Path) -> Path:
    """Where a video lies until it is whole."""
    return path.with_name(f"{path.stem}.part{SUFFIX}")


def _check_place(path: Path) -> None:
    if path.suffix.lower() != SUFFIX:
        raise VisualizerError(f"{path} does not end in {SUFFIX}: videos are written as MP4, so give it that ending.")
    if path.is_dir():
        raise VisualizerError(f"{path} is a directory: give the name of the video to write.")
    if not path.parent.is_dir():
        raise VisualizerError(f"{path} cannot be written, there is no folder {path.parent}: make it first.")
