"""Measures whether the picture moves with the music: change of the rendered picture against onset strength.

`python -m bench.motion [--seconds 30] [--json] [--plot PICTURE.png] [SONG ...]` renders each song (a drum loop made
here and the bundled pieces, if none is named) with the real engine and drawing, decodes the video and prints a table,
or one JSON object. The onset strength is librosa's, so that our own analyser is not its own judge. A correlation says
something only beside that of the same curves shifted by random times: the shifted ones are given too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile

from bench.drums import PATTERNS, play, steady
from visualizer.errors import VisualizerError
from visualizer.files.decode import AudioFile, to_mono
from visualizer.files.pieces import bundled_pieces
from visualizer.painting.knobs import Knobs
from visualizer.rendering.render import RenderOptions, render_song

FPS = 30
# Looked at as a thumbnail: what moves there moves for the eye. Rendered larger, because the size of a zoomed picture is
# a whole number of points: at the thumbnail's own size each step of the zoom would be a jump of one percent.
SIZE, SEEN = (640, 360), (192, 108)
SMOOTH = 3  # images: the eye does not tell 100 ms apart
SHIFTS, LEAST_SHIFT_S = 300, 1.0
LATEST = 6  # images; a picture may answer up to 200 ms late
BEGUN_S = 1.0  # the first painting rises out of nothing: not judged
COLUMNS = (
    ("correlation", "{:.2f}"),
    ("shifted_95", "{:.2f}"),
    ("beyond", "{:.0%}"),
    ("lag_ms", "{:d}"),
    ("change", "{:.2f}"),
)


@dataclass(frozen=True)
class Motion:
    """How one piece moved the picture.

    Attributes:
        correlation: of picture change with onset strength, at the same moment.
        best, lag_ms: the highest correlation with the picture up to 200 ms late, and how late.
        shifted, shifted_95: median and 95th percentile of the correlation with curves shifted at random.
        beyond: share of the shifted ones that lie below the true one.
        change: mean change of a picture point from one image to the next, of 255.
    """

    correlation: float
    best: float
    lag_ms: int
    shifted: float
    shifted_95: float
    beyond: float
    change: float


def seen_pictures(video: Path) -> Iterator[np.ndarray]:
    """Each image of a video as a thumbnail, uint8 [h, w, 3]."""
    with av.open(str(video)) as container:
        for image in container.decode(video=0):
            yield image.reformat(*SEEN, "rgb24", interpolation="AREA").to_ndarray()


def picture_change(video: Path) -> np.ndarray:
    """Mean absolute difference of each image from the one before, float [n - 1], of 255."""
    before, changes = None, []
    for picture in seen_pictures(video):
        now = picture.astype(np.int16)
        if before is not None:
            changes.append(np.abs(now - before).mean())
        before = now
    return np.array(changes)


def onset_strength(sound: np.ndarray, rate: int, images: int) -> np.ndarray:
    """librosa's onset strength between each two images, float [images - 1]."""
    import librosa  # slow to import: only where it is used

    hop = 512
    strength = librosa.onset.onset_strength(y=sound, sr=rate, hop_length=hop)
    edges = np.arange(images) / FPS
    total = np.concatenate(([0.0], np.cumsum(strength)))
    return np.diff(np.interp(edges * rate / hop, np.arange(len(total)), total))


def smoothed(curve: np.ndarray) -> np.ndarray:
    """Running mean over SMOOTH values."""
    return np.convolve(curve, np.ones(SMOOTH) / SMOOTH, "same")


def compare(change: np.ndarray, strength: np.ndarray) -> Motion:
    """Correlation of two curves with one value an image, and of shifted ones."""
    one, other = smoothed(change), smoothed(strength)
    late = [np.corrcoef(one[lag:], other[: len(other) - lag])[0, 1] for lag in range(LATEST + 1)]
    least = round(LEAST_SHIFT_S * FPS)
    by = np.random.default_rng(0).integers(least, len(one) - least, SHIFTS)
    shifted = np.array([np.corrcoef(one, np.roll(other, int(shift)))[0, 1] for shift in by])
    return Motion(
        correlation=round(float(late[0]), 3),
        best=round(float(np.max(late)), 3),
        lag_ms=round(1000 * int(np.argmax(late)) / FPS),
        shifted=round(float(np.median(shifted)), 3),
        shifted_95=round(float(np.quantile(shifted, 0.95)), 3),
        beyond=round(float(np.mean(shifted < late[0])), 3),
        change=round(float(change.mean()), 3),
    )


def heard(song: Path, seconds: float) -> tuple[np.ndarray, int]:
    """The beginning of a song, float32 mono, and its rate."""
    with AudioFile(song) as file:
        return to_mono(file.read(round(seconds * file.rate))), file.rate


def filmed(song: Path, video: Path, seconds: float, knobs: Knobs) -> None:
    """Render a song's beginning."""
    options = RenderOptions(size=SIZE, fps=Fraction(FPS), end_s=seconds, knobs=knobs, raster=True, quality="best")
    render_song(song, video, options)


def moved(song: Path, video: Path, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """Picture change and onset strength of a song's beginning, one value an image."""
    change = picture_change(video)
    sound, rate = heard(song, seconds)
    return change, onset_strength(sound, rate, len(change) + 1)


def head(width: int) -> str:
    """The table's first line, with so much room for a piece's name."""
    return "  ".join(["piece".ljust(width), *(name for name, _ in COLUMNS)])


def line(name: str, motion: Motion, width: int) -> str:
    """A piece's line of the table."""
    cells = [shape.format(getattr(motion, key)).rjust(len(key)) for key, shape in COLUMNS]
    return "  ".join([name.ljust(width), *cells])


def drum_loop(folder: Path, seconds: float) -> Path:
    """A rock pattern as a sound file."""
    target = folder / "drums-rock-110.wav"
    soundfile.write(target, 0.5 * play(PATTERNS["rock"], steady(110), seconds, jitter_ms=5).sound, 44_100)
    return target


def main() -> int:
    """Render, compare, print and plot; returns 2 where a song cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("songs", nargs="*", type=Path, metavar="SONG")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each song")
    parser.add_argument("--wildness", type=float, default=0.5)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--plot", type=Path, metavar="PICTURE.png", help="picture of the first song")
    parser.add_argument("--plot-from", type=float, default=10.0, metavar="S", help="the twelve seconds that it shows")
    options = parser.parse_args()
    report = {}
    with tempfile.TemporaryDirectory() as folder:
        songs = options.songs or [drum_loop(Path(folder), options.seconds), *(piece.path for piece in bundled_pieces())]
        width = max(len(song.stem) for song in songs)
        try:
            for song in songs:
                motion = _measured(song, Path(folder) / "motion.mp4", options, is_first=song == songs[0])
                report[song.stem] = asdict(motion)
                if not options.json:  # at once: each takes a while
                    print(*([head(width)] if song == songs[0] else []), line(song.stem, motion, width), sep="\n")
                    sys.stdout.flush()
        except VisualizerError as error:
            print(error, file=sys.stderr)
            return 2
    if options.json:
        print(json.dumps(report, indent=2))
    return 0


def _measured(song: Path, video: Path, options: argparse.Namespace, *, is_first: bool) -> Motion:
    """Render one song, and draw its curves if it is the first and they are wanted."""
    filmed(song, video, options.seconds, Knobs(wildness=options.wildness))
    change, strength = moved(song, video, options.seconds)
    if options.plot and is_first:
        from bench.motion_plot import plot

        plot(song, video, change, strength, options.plot, options.plot_from)
    begun = round(BEGUN_S * FPS)
    return compare(change[begun:], strength[begun:])


if __name__ == "__main__":
    sys.exit(main())
