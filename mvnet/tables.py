"""The figures of `mvnet evaluate` as text for people; the JSON says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mvnet.periods import PERIODS

ACCURACIES = tuple(f"{kind}{unit}_accuracy" for kind in ("", "recorded_", "rendered_") for unit in ("clip", "piece"))
PROBES = ("linear_probe", "knn", "linear_probe_source_held_out", "knn_source_held_out")


def print_encoder(figures: Mapping[str, Any]) -> None:
    """Everything that mvnet.encoder_report measures, the encoder's own answers first."""
    own = {name: value for name, value in figures.items() if not isinstance(value, dict | list)}
    _lines(own, figures["intervals"])
    print("confusion (rows: is, columns: heard as)")
    _confusion(figures["confusion"])
    print("collections, the worst first")
    for line in figures["sources"]:
        taken = ", ".join(f"{name} {count}" for name, count in line["heard_as"].items())
        name = f"{line['source'] or '(unknown)'}, {line['period']}"
        print(f"  {name:55} {line['clip_accuracy']:.2f} of {line['clips']:4}  heard as {taken}")
    for probe in PROBES:
        if figures.get(probe):
            print(probe.replace("_", " "))
            _lines({name: figures[probe][name] for name in ACCURACIES}, figures[probe]["intervals"], indent="  ")
    if "robustness" in figures:
        print(f"robustness, {figures['robustness_clips']} clips (clip accuracy, its drop, shift of the embedding)")
        for name, row in figures["robustness"].items():
            low, high = row["interval"]
            shift = "" if row["shift"] is None else f"  {row['shift']:.3f}"
            print(f"  {name:26} {row['clip_accuracy']:.4f}  {row['drop']:+.4f}  [{low:+.4f}, {high:+.4f}]{shift}")
        print("without music (surest period, its probability, entropy; 1 is undecided)")
        for name, row in figures["answers_without_music"].items():
            print(f"  {name:26} {row['period']:12} {row['confidence']:.3f}  {row['entropy']:.3f}")
    print("seconds: " + ", ".join(f"{name} {value}" for name, value in figures["seconds"].items()))


def print_gan(figures: Mapping[str, Any]) -> None:
    """Everything that mvnet.gan_report measures: each figure, its interval, and that of real paintings."""
    for name in ("model", "data", "seed", "embeddings", "network", "paintings", "training_paintings"):
        print(f"{name:34} {figures[name]}")
    print(f"{'':34} {'generated':>10}  {'95 % interval':18}  {'real':>10}")
    _compared(figures, figures["real"], figures["intervals"])
    for key, text in figures["names"].items():
        print(f"{key}: {text}")
    monitor = figures["monitor"]
    print(f"on {monitor['network']}, as a monitor")
    _compared(monitor, monitor["real"], {})
    print("seconds: " + ", ".join(f"{name} {value}" for name, value in figures["seconds"].items()))


def _compared(
    figures: Mapping[str, Any], real: Mapping[str, Any], intervals: Mapping[str, Any], indent: str = ""
) -> None:
    for name, value in figures.items():
        if isinstance(value, dict) and name in real:
            print(f"{indent}{name}")
            _compared(value, real[name], intervals.get(name, {}), indent + "  ")
        elif isinstance(value, float):
            low, high = intervals.get(name, (None, None))
            span = "" if low is None else f"[{low:.4f}, {high:.4f}]"
            floor = f"{real[name]:10.4f}" if name in real else ""
            print(f"{indent}{name:{34 - len(indent)}} {value:10.4f}  {span:18}  {floor}")


def _lines(figures: Mapping[str, Any], intervals: Mapping[str, Sequence[float]], indent: str = "") -> None:
    width = 34 - len(indent)
    for name, value in figures.items():
        if isinstance(value, float):
            low_high = intervals.get(name)
            span = f"  [{low_high[0]:.4f}, {low_high[1]:.4f}]" if low_high else ""
            print(f"{indent}{name:{width}} {value:.4f}{span}")
        else:
            print(f"{indent}{name:{width}} {'none' if value is None else value}")


def _confusion(counts: Sequence[Sequence[int]]) -> None:
    print(" " * 12 + " ".join(f"{name:>11}" for name in PERIODS))
    for name, row in zip(PERIODS, counts, strict=True):
        print(f"{name:>11} " + " ".join(f"{count:11}" for count in row))
