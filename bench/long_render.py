"""Renders a long song and looks at both of its ends: does memory grow, do picture and sound drift apart?

`python -m bench.long_render [--minutes 60]` prints one JSON object. The song is made here: silence, with a loud second
shortly after the beginning and one shortly before the end. In the video the first image that moves is compared with
the first loud sample, at both.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile

from visualizer.painting.knobs import Knobs
from visualizer.rendering.render import RenderOptions, render_song
from visualizer.usage import most_memory_mb

RATE = 8_000
FROM_END_S, LOUD_S = 4.0, 1.0
BEGUN = 0.1  # of the song, from where on memory is watched
LOUD = 0.05  # of full scale: the sound has begun
MOVES = 3.0  # times the largest change of pictures in silence
QUIET_S = 1.0  # before a loud second, in which that is measured


def measure(minutes: float, fps: int, model: str | None) -> dict[str, float | None]:
    """Render and look.

    Returns:
        "seconds" of video, "images"; "times_real_time"; "growth_mb" of the most memory after the first tenth;
        "offset_images_begin" and "..._end": how many images after its sound the picture moves.
    """
    seconds = 60 * minutes
    with tempfile.TemporaryDirectory() as folder:
        song, video = Path(folder) / "song.wav", Path(folder) / "video.mp4"
        soundfile.write(song, _song(seconds), RATE, "PCM_16")
        memory: list[float | None] = []

        def watch(done_s: float, total_s: float) -> None:
            if done_s > BEGUN * total_s and not memory:
                memory.append(most_memory_mb())

        options = RenderOptions(
            size=(64, 64), fps=Fraction(fps), knobs=Knobs(sensitivity=1.0), raster=True, quality="draft"
        )
        report = render_song(song, video, options, model=model, on_progress=watch)
        grown = None if not memory or memory[0] is None or report.rss_mb is None else report.rss_mb - memory[0]
        return {
            "seconds": report.seconds,
            "images": report.images,
            "times_real_time": report.times_real_time,
            "growth_mb": None if grown is None else round(grown, 1),
            "offset_images_begin": _offset(video, FROM_END_S, fps),
            "offset_images_end": _offset(video, seconds - FROM_END_S, fps),
        }


def _song(seconds: float) -> np.ndarray:
    """Mono float32 at RATE: two loud seconds."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    noise = np.random.default_rng(0).uniform(-0.8, 0.8, round(LOUD_S * RATE)).astype(np.float32)
    for start_s in (FROM_END_S, seconds - FROM_END_S):
        start = round(start_s * RATE)
        sound[start : start + len(noise)] = noise
    return sound


def _offset(video: Path, start_s: float, fps: int) -> float | None:
    """Images from the first loud sample near a time to the first image that moves; None where none does."""
    with av.open(str(video)) as file:
        file.seek(int(1e6 * max(0.0, start_s - 2 * QUIET_S)))
        images = [
            (float(image.time), image.to_ndarray(format="gray").astype(int))
            for image in file.decode(video=0)
            if start_s - QUIET_S <= image.time <= start_s + LOUD_S
        ]
    with av.open(str(video)) as file:
        file.seek(int(1e6 * max(0.0, start_s - 2 * QUIET_S)))
        heard_s = None
        for piece in file.decode(audio=0):
            loud = np.flatnonzero(np.abs(piece.to_ndarray()).max(axis=0) > LOUD)
            at = float(piece.time or 0.0) + (loud[0] / piece.sample_rate if len(loud) else 0.0)
            if len(loud) and at > start_s - QUIET_S:
                heard_s = at
                break
    changes = [float(np.abs(b - a).mean()) for (_, a), (_, b) in itertools.pairwise(images)]
    quiet = [change for (at, _), change in zip(images[1:], changes, strict=True) if at < start_s - 1.5 / fps]
    moving = [at for (at, _), change in zip(images[1:], changes, strict=True) if change > MOVES * max(quiet) + 0.1]
    return None if heard_s is None or not moving else round((moving[0] - heard_s) * fps, 2)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, metavar="N")
    parser.add_argument("--fps", type=int, default=10, metavar="N")
    parser.add_argument("--model", metavar="NAME")
    args = parser.parse_args()
    print(json.dumps(measure(args.minutes, args.fps, args.model)))


if __name__ == "__main__":
    main()
