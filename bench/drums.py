"""Drum loops with known onsets, beats and bars, made by code: the material of the beat benches and tests.

Each pattern is one bar written in steps; the tempo may change, swing and waver like a player's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

LEAD_S = 0.3  # silence before the first beat


@dataclass(frozen=True)
class Pattern:
    """One bar. In each line a letter is a full stroke, a comma a soft one, anything else a rest.

    Attributes:
        kick, snare, hat, chord: a line for each instrument, all of the same length.
        beats: in the bar.
        swing: how much of a step every second step comes late.
    """

    kick: str
    snare: str = ""
    hat: str = ""
    chord: str = ""
    beats: int = 4
    swing: float = 0.0

    @property
    def steps(self) -> int:
        """Steps in the bar."""
        return len(self.kick)


@dataclass(frozen=True)
class Played:
    """Sound and the truth about it.

    Attributes:
        sound: float32 [n], mono.
        onsets, beats, bars: times in seconds.
        bpm: beats a minute over time, as function of seconds; None where there is no steady beat.
    """

    sound: np.ndarray
    onsets: np.ndarray
    beats: np.ndarray
    bars: np.ndarray
    bpm: Callable[[float], float] | None


PATTERNS = {
    "clicks": Pattern("kkkk"),
    "rock": Pattern("k...k...", "..s...s.", "hhhhhhhh"),
    "four": Pattern("k.k.k.k.", "..s...s.", ".h.h.h.h"),
    "funk": Pattern("k......k..k.....", "....s..,.,..s...", "hhhhhhhhhhhhhhhh"),
    "breakbeat": Pattern("k.k.......kk....", "....s..,.,..s..,", "h.h.h.h.h.h.h.h."),
    "tresillo": Pattern("k...k...k...k...", "...s..s....s..s.", "h.h.h.h.h.h.h.h."),
    "reggae": Pattern("....k...", "....s...", "hhhhhhhh", ".c.c.c.c"),
    "swing": Pattern(",..,..,..,..", "...,.....,..", "h..h.hh..h.h"),
    "shuffle": Pattern("k.k.k.k.", "..s...s.", "hhhhhhhh", swing=0.6),
    "waltz": Pattern("k.....", "..,.,.", "h.h.h.", "..c.c.", beats=3),
    "six": Pattern("k.....", "...s..", "hhhhhh", beats=2),
}


def steady(bpm: float) -> Callable[[float], float]:
    """The same tempo throughout."""
    return lambda _: bpm


def play(
    pattern: Pattern,
    bpm: Callable[[float], float],
    seconds: float,
    *,
    rate: int = 44_100,
    jitter_ms: float = 0.0,
    seed: int = 0,
) -> Played:
    """Play a pattern over and over.

    Args:
        bpm: the tempo at a time in seconds, as beats a minute.
        jitter_ms: standard deviation of each stroke's time.
    """
    rng = np.random.default_rng(seed)
    drums = _drums(rng, rate)
    sound = np.zeros(round((seconds + 1) * rate))
    per_beat = pattern.steps // pattern.beats
    onsets, beats, bars, now, step = [], [], [], LEAD_S, 0
    while now < seconds:
        length = 60 / bpm(now) / per_beat
        if step % per_beat == 0:
            beats.append(now)
        if step % pattern.steps == 0:
            bars.append(now)
        start = now + (pattern.swing * length if step % 2 else 0.0)
        for name, drum in drums.items():
            line = getattr(pattern, name)
            mark = line[step % pattern.steps] if line else "."
            if mark == ".":
                continue
            at = max(0.0, start + rng.normal(0, jitter_ms / 1000))
            first = round(at * rate)
            last = min(len(sound), first + len(drum))
            sound[first:last] += (0.3 if mark == "," else 1.0) * rng.uniform(0.9, 1.1) * drum[: last - first]
            onsets.append(at)
        now, step = now + length, step + 1
    times = [np.array(times)[np.array(times) < seconds] for times in (sorted(onsets), beats, bars)]
    return Played(sound[: round(seconds * rate)].astype(np.float32), *times, bpm)


def _drums(rng: np.random.Generator, rate: int) -> dict[str, np.ndarray]:
    """One stroke of each instrument, a quarter of a second."""
    t = np.arange(round(0.25 * rate)) / rate
    fade = np.minimum(1, (t[-1] - t) / 0.05)
    sweep = 2 * np.pi * (50 * t + 1.2 * (1 - np.exp(-t / 0.03)))
    chord = sum(np.sin(2 * np.pi * hz * t + hz) for hz in (262, 330, 392, 524, 660))
    return {
        "kick": 0.8 * np.sin(sweep) * np.exp(-t / 0.08) * fade,
        "snare": (0.2 * rng.normal(size=len(t)) + 0.4 * np.sin(2 * np.pi * 190 * t)) * np.exp(-t / 0.05) * fade,
        "hat": 0.1 * np.diff(rng.normal(size=len(t) + 1)) * np.exp(-t / 0.02) * fade,
        "chord": 0.08 * chord * np.minimum(1, t / 0.004) * np.exp(-t / 0.1) * fade,
    }
