"""Measures the fast path on its own: cost, tempo and beats on loops with known beats, patience with noise.

`python -m bench.analysis [--seconds 20]` prints one JSON object. Nothing is read from disk: the loops are
made here, and the tests use the same ones.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from visualizer.hearing.analyser import Analyser, AnalyserConfig

TEMPI = (60.0, 72.0, 87.5, 100.0, 120.0, 128.0, 140.0, 160.0, 174.0, 180.0)
TOLERANCE_S = 0.07  # a beat counts as met within this, as usual in the field
SETTLED_S = 5.0  # beats before this are not judged


def loop(
    bpm: float, seconds: float, *, rate: int = 44_100, strokes_per_beat: int = 2, swap: bool = True, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """A drum loop: kick and snare in turn (or kick alone) on the beats, a hat on every stroke.

    Returns:
        float32 [n] mono sound, and the times of the beats in seconds.
    """
    rng = np.random.default_rng(seed)
    t = np.arange(round(0.25 * rate)) / rate
    fade = np.minimum(1, (t[-1] - t) / 0.05)
    sweep = 2 * np.pi * (50 * t + 1.2 * (1 - np.exp(-t / 0.03)))
    kick = 0.8 * np.sin(sweep) * np.exp(-t / 0.08) * fade
    snare = (0.2 * rng.normal(size=len(t)) + 0.4 * np.sin(2 * np.pi * 190 * t)) * np.exp(-t / 0.05) * fade
    hat = 0.1 * np.diff(rng.normal(size=len(t) + 1)) * np.exp(-t / 0.02) * fade
    sound = np.zeros(round((seconds + 1) * rate))
    beats = np.arange(0.3, seconds, 60 / bpm)
    for index, beat in enumerate(beats):
        for stroke in range(strokes_per_beat):
            start = round((beat + stroke * 60 / bpm / strokes_per_beat) * rate)
            drum = np.zeros(len(t)) if stroke else snare if swap and index % 2 else kick
            end = min(len(sound), start + len(t))
            sound[start:end] += (drum + hat)[: max(0, end - start)]
    return sound[: round(seconds * rate)].astype(np.float32), beats


def f_measure(found: np.ndarray, beats: np.ndarray) -> float:
    """Share of beats met within 70 ms: harmonic mean of precision and recall, each beat met once at most."""
    free = list(beats)
    hits = 0
    for time_s in found:
        near = min(free, key=lambda beat: abs(beat - time_s), default=None)
        if near is not None and abs(near - time_s) <= TOLERANCE_S:
            free.remove(near)
            hits += 1
    return 2 * hits / (len(found) + len(beats)) if len(found) + len(beats) else 1.0


def follow(sound: np.ndarray, rate: int) -> tuple[np.ndarray, float, float]:
    """Analyse a sound hop by hop: times of the beats found, tempo after eight seconds, highest confidence."""
    analyser = Analyser(AnalyserConfig.at(rate))
    hop, beats, found, at_8, surest = analyser.config.columns.hop, 0, [], 0.0, 0.0
    for start in range(0, len(sound) - hop + 1, hop):
        analyser.push(sound[start : start + hop])
        features, now = analyser.features(), (start + hop) / rate
        if features.beats > beats:
            beats = features.beats
            found.append(now)
        if now <= 8:
            at_8 = features.bpm
        surest = max(surest, features.beat_confidence)
    return np.array(found), at_8, surest


def tempo_and_beats(seconds: float, rate: int) -> dict[str, dict[str, float]]:
    """Tempo error after eight seconds (beats a minute) and F-measure, for each pattern and tempo."""
    patterns = {"clicks": (1, False), "rock": (2, True), "four": (2, False)}
    results = {}
    for name, (strokes, swap) in patterns.items():
        for bpm in TEMPI:
            sound, beats = loop(bpm, seconds, rate=rate, strokes_per_beat=strokes, swap=swap)
            found, at_8, _ = follow(sound, rate)
            score = f_measure(found[found > SETTLED_S], beats[beats > SETTLED_S])
            results[f"{name} {bpm:g}"] = {"error_bpm": round(abs(at_8 - bpm), 2), "f": round(score, 3)}
    return results


def cost(seconds: float, rate: int, block: int) -> float:
    """Processor time for a second of sound, in per cent of one core, pushed in blocks as they would come live."""
    sound, _ = loop(120, seconds, rate=rate)
    analyser = Analyser(AnalyserConfig.at(rate))
    started = time.process_time()
    for start in range(0, len(sound), block):
        analyser.push(sound[start : start + block])
        analyser.features()
    return 100 * (time.process_time() - started) / seconds


def transform_us() -> float:
    """Processor time of one transform of 1,024 samples, in microseconds: how fast this machine is right now."""
    column, times = np.ones(1024), 5000
    started = time.process_time()
    for _ in range(times):
        np.fft.rfft(column)
    return 1e6 * (time.process_time() - started) / times


def noise(seconds: float, rate: int, db: float) -> dict[str, float]:
    """What a minute of noise does: onsets, beats, highest confidence and largest change of the gain in dB."""
    analyser = Analyser(AnalyserConfig.at(rate))
    before = analyser.gain_db.copy()
    sound = np.random.default_rng(0).normal(0, 10 ** (db / 20), round(seconds * rate)).astype(np.float32)
    surest = 0.0
    for start in range(0, len(sound), rate):
        analyser.push(sound[start : start + rate])
        surest = max(surest, analyser.features().beat_confidence)
    features = analyser.features()
    moved = float(np.abs(analyser.gain_db - before).max())
    return {
        "onsets": int(features.counts.sum()),
        "beats": features.beats,
        "confidence": round(surest, 3),
        "gain_moved_db": round(moved, 2),
    }


def main() -> None:
    """Run everything and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=16.0, help="length of each loop")
    parser.add_argument("--rate", type=int, default=44_100, help="sample rate, Hz")
    options = parser.parse_args()
    loops = tempo_and_beats(options.seconds, options.rate)
    report = {
        "cost_percent_of_a_core": round(cost(options.seconds, options.rate, options.rate // 60), 2),
        "transform_us": round(transform_us(), 1),
        "loops": loops,
        "worst_error_bpm": max(one["error_bpm"] for one in loops.values()),
        "worst_f": min(one["f"] for one in loops.values()),
        "noise_70": noise(60, options.rate, -70),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
