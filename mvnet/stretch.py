"""Another tempo at the same pitch, and so another pitch at the same tempo, by FFmpeg's atempo filter.

It works on waveforms (overlapped and added where they match), without the smeared onsets and drifting
phases of a plain phase vocoder. Evaluation only: one sound at a time. Any process.
"""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.filter import Graph

BLOCK = 4096  # samples handed to the filter at a time


def change_tempo(samples: np.ndarray, rate: int, tempo: float) -> np.ndarray:
    """Play a mono sound faster (tempo above 1) or slower at its own pitch.

    Args:
        samples: float32 [n], full scale +-1.
        rate: Hz.
        tempo: 0.5 to 2.
    Returns:
        float32 of about n / tempo samples.
    Raises:
        ValueError: the tempo is out of range.
    """
    if not 0.5 <= tempo <= 2:
        raise ValueError(f"tempo is {tempo}: it must be 0.5 to 2")
    graph = Graph()
    graph.link_nodes(
        graph.add_abuffer(sample_rate=rate, format="flt", layout="mono", time_base=Fraction(1, rate)),
        graph.add("atempo", str(tempo)),
        graph.add("abuffersink"),
    ).configure()
    parts: list[np.ndarray] = []
    for start in range(0, len(samples), BLOCK):
        block = np.ascontiguousarray(samples[None, start : start + BLOCK], np.float32)
        sound = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
        sound.sample_rate, sound.pts, sound.time_base = rate, start, Fraction(1, rate)
        graph.push(sound)
        parts += _pulled(graph)
    graph.push(None)
    parts += _pulled(graph)
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _pulled(graph: Graph) -> list[np.ndarray]:
    """What the filter has ready, float32 [n] each."""
    parts: list[np.ndarray] = []
    while True:
        try:
            sound = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return parts
        parts.append(sound.to_ndarray().reshape(-1))
