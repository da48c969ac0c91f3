"""Draws what the fast path hears in twelve seconds of a piece, and how the picture moved: `bench.motion --plot`.

From the top: the picture, once a second; levels; onsets and beats; its change beside librosa's onset strength.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from bench.motion import FPS, heard, smoothed
from visualizer.hearing.analyser import Analyser, AnalyserConfig, Features
from visualizer.hearing.bands import BANDS, HAT, KICK, SNARE

SECONDS = 12.0
STILL = (320, 180)  # of the film strip, in points; the middle is shown
LOW, MIDDLE, HIGH, INK, PAPER = "#8c2d19", "#c58b2a", "#3c6e8f", "#2b2722", "#c9c2b4"
DRAWN = ((KICK, LOW), (SNARE, MIDDLE), (HAT, HIGH))


def plot(song: Path, video: Path, change: np.ndarray, strength: np.ndarray, target: Path, start_s: float) -> None:
    """Draw SECONDS of a piece.

    Args:
        song, video: what was heard, and what was made of it.
        change, strength: one value between each two images.
        target: PNG to write.
        start_s: where the twelve seconds begin.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams.update({"font.size": 9, "axes.edgecolor": INK, "text.color": INK, "axes.labelcolor": INK})
    figure, axes = pyplot.subplots(4, 1, sharex=True, figsize=(11, 6.2), height_ratios=(0.62, 1, 0.8, 1.25))
    figure.subplots_adjust(left=0.09, right=0.985, top=0.99, bottom=0.075, hspace=0.16)
    strip, levels, onsets, motion = axes
    trace = features_of(*heard(song, start_s + SECONDS))
    _strip(strip, video, start_s)
    _levels(levels, trace)
    _onsets(onsets, trace)
    _motion(motion, change, strength, start_s)
    for axis in axes[1:]:
        axis.spines[["top", "right"]].set_visible(False)
    motion.set_xlim(start_s, start_s + SECONDS)
    motion.set_xlabel("seconds")
    target.parent.mkdir(parents=True, exist_ok=True)
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=120)
    pyplot.close(figure)
    # A palette makes a third of the size.
    Image.open(drawn).convert("RGB").quantize(192, dither=Image.Dither.NONE).save(target, optimize=True)


def features_of(sound: np.ndarray, rate: int) -> list[Features]:
    """The analyser's features at each image."""
    analyser, trace = Analyser(AnalyserConfig.at(rate)), []
    for start in range(0, len(sound), rate // FPS):
        analyser.push(sound[start : start + rate // FPS])
        trace.append(analyser.features())
    return trace


def _strip(axis: Any, video: Path, start_s: float) -> None:
    """The picture in the middle of each second."""
    due = start_s + 0.5
    with av.open(str(video)) as container:
        for image in container.decode(video=0):
            if image.time < due or due > start_s + SECONDS:
                continue
            still = image.reformat(*STILL, "rgb24", interpolation="AREA").to_ndarray()
            beside = (STILL[0] - STILL[1]) // 2
            still = still[:, beside:-beside]
            axis.imshow(still, extent=(due - 0.48, due + 0.48, 0, 1), aspect="auto", interpolation="antialiased")
            due += 1
    axis.set_ylim(0, 1)
    axis.set_ylabel("picture")
    axis.set_yticks([])
    axis.tick_params(bottom=False)
    axis.spines[:].set_visible(False)


def _levels(axis: Any, trace: list[Features]) -> None:
    at = (np.arange(len(trace)) + 1) / FPS
    for band, colour in DRAWN:
        axis.plot(at, [features.levels[band] for features in trace], colour, lw=1.1, label=_title(band))
    axis.set_ylabel("level")
    axis.set_ylim(0, 1.3)
    axis.set_yticks([0, 0.5, 1])
    axis.legend(ncols=3, frameon=False, loc="upper right", borderaxespad=0)


def _onsets(axis: Any, trace: list[Features]) -> None:
    """A mark for each onset, longer where it is stronger, one row a band; beats above where they are believed."""
    at = (np.arange(len(trace)) + 1) / FPS
    rows = []
    for row, (band, colour) in enumerate(DRAWN):
        new = np.flatnonzero(np.diff([features.counts[band] for features in trace], prepend=0))
        # The strength may still grow for 30 ms.
        grown = [max(features.onsets[band] for features in trace[index : index + 2]) for index in new]
        axis.vlines(at[new], row - 0.42 * np.array(grown), row + 0.42 * np.array(grown), colour, lw=1.6)
        rows.append(BANDS[band].name)
    beats = np.flatnonzero(np.diff([features.beats for features in trace], prepend=0))
    known = [index for index in beats if trace[index].beat_confidence >= 0.5]
    axis.plot(at[known], np.full(len(known), len(DRAWN)), "|", color=INK, ms=8, mew=1.2)
    axis.set_yticks(range(len(DRAWN) + 1), [*rows, "beat"])
    axis.set_ylim(-0.6, len(DRAWN) + 0.5)
    axis.set_ylabel("onsets")


def _motion(axis: Any, change: np.ndarray, strength: np.ndarray, start_s: float) -> None:
    when = (np.arange(len(change)) + 0.5) / FPS
    shown = (when >= start_s) & (when <= start_s + SECONDS)
    curves = [smoothed(curve)[shown] / smoothed(curve)[shown].max() for curve in (strength, change)]
    axis.fill_between(when[shown], curves[0], color=PAPER, lw=0, label="onset strength (librosa)")
    axis.plot(when[shown], curves[1], LOW, lw=1.3, label="change of the picture")
    axis.set_ylabel("of the strongest")
    axis.set_ylim(0, 1.25)
    axis.set_yticks([0, 0.5, 1])
    axis.legend(ncols=2, frameon=False, loc="upper right", borderaxespad=0)


def _title(band: int) -> str:
    low, high = (
        f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz:g} Hz" for hz in (BANDS[band].low_hz, BANDS[band].high_hz)
    )
    return f"{BANDS[band].name} ({low} to {high})"
