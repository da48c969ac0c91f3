"""Measures whether the picture moves with the music: change of the rendered picture against onset strength.

`python -m bench.motion [--seconds 30] [--plot docs/pictures/motion.png] [SONG ...]` renders each song (the bundled
ones, and a drum loop made here, if none is named) with the real engine and drawing, decodes the video and prints one
JSON object. The onset strength is librosa's, so that our own analyser is not its own judge. A correlation says
something only beside that of the same curves shifted by random times: the shifted ones are given too.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile
from PIL import Image

from bench.drums import PATTERNS, play, steady
from visualizer.files.decode import AudioFile, to_mono
from visualizer.files.pieces import bundled_pieces
from visualizer.hearing.analyser import Analyser, AnalyserConfig, Features
from visualizer.hearing.bands import HAT, KICK, SNARE
from visualizer.painting.knobs import Knobs
from visualizer.rendering.render import RenderOptions, render_song

FPS = 30
SIZE = (192, 108)  # small: what moves in a thumbnail moves for the eye
SMOOTH = 3  # images: the eye does not tell 100 ms apart
SHIFTS, LEAST_SHIFT_S = 300, 1.0
LATEST = 6  # images; a picture may answer up to 200 ms late
BEGUN_S = 1.0  # the first painting rises out of nothing: not judged


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
    lag_ms: float
    shifted: float
    shifted_95: float
    beyond: float
    change: float


def picture_change(video: Path) -> np.ndarray:
    """Mean absolute difference of each image from the one before, float [n - 1], of 255."""
    before, changes = None, []
    with av.open(str(video)) as container:
        for image in container.decode(video=0):
            now = image.to_ndarray(format="rgb24").astype(np.int16)
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


def moved(song: Path, seconds: float, knobs: Knobs) -> tuple[np.ndarray, np.ndarray]:
    """Picture change and onset strength of a song's beginning, one value an image."""
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "motion.mp4"
        options = RenderOptions(size=SIZE, fps=Fraction(FPS), end_s=seconds, knobs=knobs, raster=True, quality="best")
        render_song(song, video, options)
        change = picture_change(video)
    sound, rate = heard(song, seconds)
    return change, onset_strength(sound, rate, len(change) + 1)


def features_of(sound: np.ndarray, rate: int) -> list[Features]:
    """The analyser's features at each image."""
    analyser, trace = Analyser(AnalyserConfig.at(rate)), []
    for start in range(0, len(sound), rate // FPS):
        analyser.push(sound[start : start + rate // FPS])
        trace.append(analyser.features())
    return trace


def plot(song: Path, change: np.ndarray, strength: np.ndarray, target: Path, seconds: float) -> None:
    """Levels, onsets, beats and picture change over time."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    sound, rate = heard(song, seconds)
    trace = features_of(sound, rate)
    at = (np.arange(len(trace)) + 1) / FPS
    figure, (levels, onsets, motion) = pyplot.subplots(3, 1, sharex=True, figsize=(10, 6))
    figure.subplots_adjust(left=0.07, right=0.99, top=0.98, bottom=0.08, hspace=0.12)
    for band, name, colour in ((KICK, "kick", "#8c2d19"), (SNARE, "snare", "#c58b2a"), (HAT, "hat", "#3c6e8f")):
        levels.plot(at, [f.levels[band] for f in trace], colour, lw=0.8, label=name)
        onsets.plot(at, [f.onsets[band] for f in trace], colour, lw=0.8)
    beats = np.flatnonzero(np.diff([f.beats for f in trace])) + 1
    onsets.plot(at[beats], np.full(len(beats), 1.08), "k|", ms=7, label="beats")
    levels.plot(at, [f.beat_confidence for f in trace], "k", lw=0.8, ls=":", label="confidence of the beat")
    scale = lambda curve: smoothed(curve) / np.quantile(smoothed(curve[FPS:]), 0.99)  # noqa: E731
    when = np.arange(1, len(change) + 1) / FPS
    motion.fill_between(when, scale(strength), color="#c9c2b4", lw=0, label="onset strength (librosa)")
    motion.plot(when, scale(change), "#8c2d19", lw=0.9, label="change of the picture")
    for axis, title in ((levels, "level"), (onsets, "onset"), (motion, "of the strongest")):
        axis.set_ylabel(title)
        axis.set_ylim(0, 1.2)
        axis.spines[["top", "right"]].set_visible(False)
    levels.legend(ncols=4, fontsize=8, frameon=False, loc="upper right")
    onsets.legend(fontsize=8, frameon=False, loc="upper right")
    motion.legend(ncols=2, fontsize=8, frameon=False, loc="upper right")
    motion.set_xlabel("seconds")
    motion.set_xlim(0, seconds)
    target.parent.mkdir(parents=True, exist_ok=True)
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=100)
    pyplot.close(figure)
    Image.open(drawn).convert("RGB").quantize(48).save(target, optimize=True)  # a third of the size


def drum_loop(folder: Path, seconds: float) -> Path:
    """A rock pattern as a sound file."""
    target = folder / "drums-rock-110.wav"
    soundfile.write(target, 0.5 * play(PATTERNS["rock"], steady(110), seconds, jitter_ms=5).sound, 44_100)
    return target


def main() -> None:
    """Render, compare, print and plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("songs", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each song")
    parser.add_argument("--wildness", type=float, default=0.5)
    parser.add_argument("--plot", type=Path, help="picture of the first song")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        songs = options.songs or [drum_loop(Path(folder), options.seconds), *(piece.path for piece in bundled_pieces())]
        report = {}
        for song in songs:
            change, strength = moved(song, options.seconds, Knobs(wildness=options.wildness))
            if options.plot and song == songs[0]:
                plot(song, change, strength, options.plot, options.seconds)
            begun = round(BEGUN_S * FPS)
            report[song.stem] = asdict(compare(change[begun:], strength[begun:]))
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
