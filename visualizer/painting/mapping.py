"""What of the music moves what of the picture: features in, speeds and distances out.

Pure functions on the pipeline thread. Each feature moves something of its own, so that each stays
recognisable: loudness, tempo and strokes the speed of the walk; kick, snare, hat, any other attack and
every surge a push that returns to rest; harmony the colour. The knobs scale them all.
"""

from __future__ import annotations

import numpy as np

from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import HAT, KICK, SNARE
from visualizer.hearing.levels import BESIDE
from visualizer.painting.knobs import FASTEST, Knobs

WALK_PER_S = 0.35  # noise distance a second in loud music; one unit is a new random picture
CALM_SHARE = 0.03  # of that speed in silence: alive, but calm
WILD_FACTOR = 3.0  # the walk is this much slower at wildness 0 and faster at 1 than at 0.5
USUAL_BPM = 110.0  # at this tempo the walk keeps its speed
# How far kick, snare, hat, an attack in all bands and a surge may push, of the reach. Kick and surge zoom besides.
# Chosen by `python -m bench.motion`: what is heard as loud must be seen as much.
PUSH_SHARES = np.array([0.4, 1.0, 0.4, 1.2, 0.5])
HAT_PUSH = 2  # its place among them
LEAST_REACH, REACH_SPAN = 0.05, 0.5  # of the noise's length: 0.05 calm, 0.3 usual, 0.55 wild
HARMONY_SHARE = 0.15  # of the distance between the nearest two periods, at usual wildness,
TINT_SPAN = 0.24  # and of the noise's length times the wildness: some generators hardly hear a small embedding


def walk_speed(features: Features, knobs: Knobs) -> float:
    """Distance a second along the noise's path, never above FASTEST_WALK.

    Loudness alone does not tell a ballad from techno once both are mastered to the same level, so the tempo
    (as far as it is known) and the strokes of the last two seconds count too.
    """
    tempo = float(np.clip(features.bpm / USUAL_BPM, 0.5, 1.5))
    pace = 1 + min(features.beat_confidence, 1.0) * (tempo - 1) if features.bpm > 0 else 1.0
    strokes = 0.35 + min(2 * features.activity, 0.9)
    energy = min(min(features.loudness, 1.0) ** 2 * pace * strokes * knobs.sensitivity_factor, MOST_ENERGY)
    speed = WALK_PER_S * WILD_FACTOR ** (2 * knobs.wildness - 1) * knobs.speed_factor
    return speed * (CALM_SHARE + (1 - CALM_SHARE) * energy)


MOST_ENERGY = 1.5 * 1.25  # of the fastest and most active music; a higher sensitivity gets there sooner
FASTEST_WALK = WALK_PER_S * WILD_FACTOR * FASTEST * (CALM_SHARE + (1 - CALM_SHARE) * MOST_ENERGY)


def pushes(features: Features, knobs: Knobs) -> np.ndarray:
    """How far each of PUSH_SHARES pushes now, float [5], at most its share: a stroke of quiet music pushes less.

    Hats follow each other too closely to return between: they push this way and that in turn.
    """
    pulses = features.pulses
    struck = np.array([pulses[KICK], pulses[SNARE], pulses[HAT], pulses[BESIDE].mean(), features.surge])
    pushing = np.clip(struck * min(features.loudness, 1.0) * knobs.sensitivity_factor, 0, 1) * PUSH_SHARES
    pushing[HAT_PUSH] *= 1 - 2 * (int(features.counts[HAT]) % 2)
    return pushing


def reach(knobs: Knobs) -> float:
    """Largest displacement of the noise, in lengths of the noise."""
    return LEAST_REACH + REACH_SPAN * knobs.wildness


def harmony(features: Features, knobs: Knobs) -> np.ndarray:
    """How far the twelve pitch classes stand out, float [12], of length 1 at most; 0 without music."""
    apart = 2 * (features.chroma - features.chroma.mean()) * knobs.sensitivity_factor
    return apart / max(1.0, float(np.linalg.norm(apart)))


def between_periods(prototypes: np.ndarray) -> np.ndarray:
    """Distances between the periods' embeddings, float [5, 10]: float [20], each pair twice."""
    apart = np.linalg.norm(prototypes[:, None] - prototypes[None], axis=-1)
    return apart[~np.eye(len(prototypes), dtype=bool)]


def tint_reach(knobs: Knobs) -> float:
    """Largest displacement of the noise by harmony, in lengths of the noise."""
    return TINT_SPAN * knobs.wildness


def harmony_reach(prototypes: np.ndarray, knobs: Knobs) -> float:
    """Largest shift of the embedding by harmony: it stays well within a period, float [5, 10] prototypes."""
    return HARMONY_SHARE * float(between_periods(prototypes).min()) * 2 * knobs.wildness
