"""Measures onsets, tempo and beats against the truth: drum loops made here, and folders of annotated sound.

`python -m bench.beats [--folder /tmp/scores] [--json]` prints a line for each sound, or one JSON object. A folder
holds NAME.wav beside NAME.csv (columns time_s and kind: onset, beat or downbeat), as `python -m bench.scores` makes
them; names that begin with "free" have no steady beat, and are asked for a low confidence instead.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile

from bench.analysis import SETTLED_S, TEMPI, TOLERANCE_S
from bench.drums import PATTERNS, Played, play, steady
from visualizer.hearing.analyser import Analyser, AnalyserConfig

ONSET_TOLERANCE_S = 0.05
TOGETHER_S = 0.03  # onsets closer than this are one
LEVELS = (1, 2, 3, 1 / 2, 1 / 3)  # metrical levels at which a beat may be felt


@dataclass(frozen=True)
class Heard:
    """What the analyser reported.

    Attributes:
        onsets, beats: times in seconds.
        times, bpm, confidence, bar: traces, one value a hop.
    """

    onsets: np.ndarray
    beats: np.ndarray
    times: np.ndarray
    bpm: np.ndarray
    confidence: np.ndarray


@dataclass(frozen=True)
class Score:
    """How well one sound was followed.

    Attributes:
        bpm: true tempo at eight seconds, 0 where there is none; error_bpm: how far off the analyser was then.
        level: tempo found over true tempo, 1 unless an octave was mistaken.
        error_at_level: error once the tempo is brought to the true level.
        beat_f, level_f: F-measure (70 ms) of beats after five seconds; at the level found.
        onset_f: F-measure (50 ms) of onsets of any band.
        confidence: median over the time after five seconds.
        beats: reported.
    """

    bpm: float
    error_bpm: float
    level: float
    error_at_level: float
    beat_f: float
    level_f: float
    onset_f: float
    confidence: float
    beats: int


def f_measure(found: np.ndarray, truth: np.ndarray, tolerance_s: float) -> float:
    """Harmonic mean of precision and recall; each true time is met once at most. Both sorted, in seconds."""
    hits = i = j = 0
    while i < len(found) and j < len(truth):
        if abs(found[i] - truth[j]) <= tolerance_s:
            hits, i, j = hits + 1, i + 1, j + 1
        elif found[i] < truth[j]:
            i += 1
        else:
            j += 1
    return 2 * hits / (len(found) + len(truth)) if len(found) + len(truth) else 1.0


def together(times: np.ndarray) -> np.ndarray:
    """Times of events, those that sound together counted once."""
    kept: list[float] = []
    for time_s in np.sort(times):
        if not kept or time_s - kept[-1] > TOGETHER_S:
            kept.append(float(time_s))
    return np.array(kept)


def hear(sound: np.ndarray, rate: int) -> Heard:
    """Analyse a sound hop by hop, as it would come live."""
    analyser = Analyser(AnalyserConfig.at(rate))
    hop = analyser.config.columns.hop
    onsets, beats, trace = [], [], []
    before = analyser.features()
    for end in range(hop, len(sound) + 1, hop):
        analyser.push(sound[end - hop : end])
        features, now = analyser.features(), end / rate
        if (features.counts > before.counts).any():
            onsets.append(now)
        if features.beats > before.beats:
            beats.append(now)
        trace.append((now, features.bpm, features.beat_confidence))
        before = features
    times, bpm, confidence = np.array(trace).T
    return Heard(together(np.array(onsets)), np.array(beats), times, bpm, confidence)


def judge(played: Played, heard: Heard) -> Score:
    """Compare what was heard with the truth."""
    bpm = played.bpm(8.0) if played.bpm else 0.0
    found = float(heard.bpm[np.searchsorted(heard.times, 8.0)])
    level = min(LEVELS, key=lambda ratio: abs(np.log2(max(found, 1.0) / max(bpm, 1.0) / ratio)))
    beats, truth = heard.beats[heard.beats > SETTLED_S], played.beats[played.beats > SETTLED_S]
    return Score(
        bpm=round(bpm, 1),
        error_bpm=round(abs(found - bpm), 2),
        level=round(level, 2),
        error_at_level=round(abs(found / level - bpm), 2),
        beat_f=round(f_measure(beats, truth, TOLERANCE_S), 3),
        level_f=round(max(f_measure(beats, one, TOLERANCE_S) for one in levels(truth)), 3),
        onset_f=round(f_measure(heard.onsets, together(played.onsets), ONSET_TOLERANCE_S), 3),
        confidence=round(float(np.median(heard.confidence[heard.times > SETTLED_S])), 2),
        beats=len(heard.beats),
    )


def levels(beats: np.ndarray) -> list[np.ndarray]:
    """The beats as they are, twice and three times as many, every second and every third."""
    index = np.arange(len(beats))
    denser = [np.interp(np.arange(0, len(beats) - 1 + 1e-9, 1 / n), index, beats) for n in (2, 3)] if len(beats) else []
    return [beats, *denser, *(beats[first::n] for n in (2, 3) for first in range(n))]


def loops(seconds: float) -> dict[str, Played]:
    """Every pattern at every tempo, and some whose tempo changes."""
    played = {
        f"{name} {bpm:g}": play(pattern, steady(bpm), seconds, jitter_ms=0 if name == "clicks" else 5)
        for name, pattern in PATTERNS.items()
        for bpm in TEMPI
    }
    changes = {"ramp": lambda t: 100 + 30 * min(t / 25, 1.0), "step": lambda t: 100.0 if t < 14 else 132.0}
    for name, bpm in changes.items():
        played[f"rock {name}"] = play(PATTERNS["rock"], bpm, max(seconds, 30.0), jitter_ms=5)
    return played


def annotated(path: Path) -> Played:
    """Sound and annotation of one name in a folder."""
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != 44_100:
        raise SystemExit(f"{path} has {rate} Hz: use 44100")
    times: dict[str, list[float]] = {"onset": [], "beat": [], "downbeat": []}
    with path.with_suffix(".csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            times[row["kind"]].append(float(row["time_s"]))
    onsets, beats, bars = (np.array(times[kind]) for kind in ("onset", "beat", "downbeat"))
    sound = sound.mean(1)[: round((onsets[-1] + 1) * rate)]
    tempo = 60 / float(np.median(np.diff(beats)))
    return Played(sound, onsets, beats, bars, None if path.stem.startswith("free") else steady(tempo))


def main() -> None:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each loop")
    parser.add_argument("--folder", type=Path, help="annotated sound")
    parser.add_argument("--only", default="", help="names that contain this")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.folder:
        material = {path.stem: annotated(path) for path in sorted(options.folder.glob("*.wav"))}
    else:
        material = loops(options.seconds)
    scores = {}
    for name, played in material.items():
        if options.only in name:
            scores[name] = judge(played, hear(played.sound, 44_100))
            if not options.json:
                print(f"{name:34s}", *(f"{key} {value:g} " for key, value in asdict(scores[name]).items()))
    if options.json:
        print(json.dumps({name: asdict(score) for name, score in scores.items()}, indent=2))


if __name__ == "__main__":
    main()
