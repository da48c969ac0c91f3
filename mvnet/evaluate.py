"""Figures of the encoder: how often it hears the right period, how sure, and how calmly it moves.

NumPy only: the same figures for a network in torch and for an exported one. Runs in the training or
evaluation process.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from mvnet.frontend import MelSpec, RollingMel
from mvnet.periods import PERIODS

STEP_S = 0.25  # how often the app looks at its window


class HeardRecording(Protocol):
    """What the figures need of mvnet.records.Recording."""

    @property
    def piece(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True)
class Heard:
    """What an encoder, or a probe of its embedding, said about clips.

    Attributes:
        probabilities: float [n, 5].
        periods: the truth, int64 [n].
        pieces: of each clip; its clips vote together.
        kinds: "recorded" (players), "rendered" (from a score) or "" of each clip.
        sources: the collection that each clip is from, "" when unknown.
    """

    probabilities: np.ndarray
    periods: np.ndarray
    pieces: Sequence[str]
    kinds: Sequence[str]
    sources: Sequence[str]

    @property
    def right(self) -> np.ndarray:
        """Which clips are heard as what they are, bool [n]."""
        return self.probabilities.argmax(1) == self.periods

    def select(self, chosen: np.ndarray) -> Heard:
        """The clips where chosen (bool [n]) is true."""

        def taken(names: Sequence[str]) -> list[str]:
            return [name for name, take in zip(names, chosen, strict=True) if take]

        names = taken(self.pieces), taken(self.kinds), taken(self.sources)
        return Heard(self.probabilities[chosen], self.periods[chosen], *names)

    def of_kind(self, kind: str) -> Heard:
        """The clips that are "recorded", or "rendered"."""
        return self.select(np.array([own == kind for own in self.kinds], bool))


def heard(probabilities: np.ndarray, periods: np.ndarray, recordings: Sequence[HeardRecording]) -> Heard:
    """Join an encoder's output [n, 5] with the recordings that the clips come from."""
    return Heard(
        probabilities,
        periods,
        [recording.piece for recording in recordings],
        [recording.kind for recording in recordings],
        [recording.source for recording in recordings],
    )


def piece_votes(result: Heard) -> tuple[np.ndarray, np.ndarray]:
    """Each piece's period by the votes of its clips; equal votes are decided by the summed probability.

    Returns:
        voted and true periods, int64 [n_pieces] each, in order of first appearance.
    """
    rows: dict[tuple[str, int], list[int]] = {}
    for row, key in enumerate(zip(result.pieces, result.periods.tolist(), strict=True)):
        rows.setdefault(key, []).append(row)
    voted, true = [], []
    for (_, period), clips in rows.items():
        chances = result.probabilities[clips]
        votes = np.bincount(chances.argmax(1), minlength=len(PERIODS))
        voted.append(int((votes + chances.mean(0) / 2).argmax()))
        true.append(period)
    return np.array(voted, np.int64), np.array(true, np.int64)


def accuracies(result: Heard, *, draws: int = 1000, seed: int = 0) -> dict[str, Any]:
    """Accuracies of clips and pieces, with 95 % bootstrap intervals over pieces.

    Returns:
        clips, pieces, clip_accuracy and piece_accuracy, the same four with the prefix "recorded_" and
        "rendered_" (accuracies are None where there is no such music), and intervals (by name, [low, high]).
    """
    figures: dict[str, Any] = {}
    intervals: dict[str, list[float]] = {}
    for prefix in ("", "recorded_", "rendered_"):
        part = result.of_kind(prefix[:-1]) if prefix else result
        voted, true = piece_votes(part)
        figures[prefix + "clips"], figures[prefix + "pieces"] = len(part.periods), len(true)
        figures[prefix + "clip_accuracy"] = float(part.right.mean()) if len(true) else None
        figures[prefix + "piece_accuracy"] = float((voted == true).mean()) if len(true) else None
        if len(true):
            intervals[prefix + "clip_accuracy"] = mean_interval(part.right, _piece_keys(part), draws, seed)
            intervals[prefix + "piece_accuracy"] = mean_interval(voted == true, range(len(true)), draws, seed)
    return {**figures, "intervals": intervals}


def accuracy_figures(result: Heard, *, draws: int = 1000, seed: int = 0) -> dict[str, Any]:
    """The accuracies, and how sure the encoder is.

    Returns:
        those of `accuracies`, balanced_clip_accuracy (mean over periods), confusion (rows true, columns
        heard, clips), log_loss, calibration_error and periods (their order).
    """
    confusion = np.zeros((len(PERIODS), len(PERIODS)), int)
    np.add.at(confusion, (result.periods, result.probabilities.argmax(1)), 1)
    present = confusion.sum(1) > 0
    recall = confusion.diagonal()[present] / confusion.sum(1)[present]
    truth = result.probabilities[np.arange(len(result.periods)), result.periods]
    return {
        **accuracies(result, draws=draws, seed=seed),
        "balanced_clip_accuracy": float(recall.mean()),
        "confusion": confusion.tolist(),
        "log_loss": float(-np.log(np.maximum(truth, 1e-12)).mean()),
        "calibration_error": calibration_error(result),
        "periods": list(PERIODS),
    }


def source_figures(result: Heard) -> list[dict[str, Any]]:
    """How each collection is heard, the worst first: source, period, clips, pieces, clip_accuracy and heard_as.

    heard_as counts the clips by the period they were taken for. Clips of unknown source are one collection, "".
    """
    groups: dict[tuple[str, int], list[int]] = {}
    for row, key in enumerate(zip(result.sources, result.periods.tolist(), strict=True)):
        groups.setdefault(key, []).append(row)
    table = []
    for (source, period), rows in groups.items():
        counts = np.bincount(result.probabilities[rows].argmax(1), minlength=len(PERIODS))
        table.append(
            {
                "source": source,
                "period": PERIODS[period],
                "clips": len(rows),
                "pieces": len({result.pieces[row] for row in rows}),
                "clip_accuracy": float(counts[period] / len(rows)),
                "heard_as": {name: int(count) for name, count in zip(PERIODS, counts, strict=True) if count},
            }
        )
    return sorted(table, key=lambda line: (line["clip_accuracy"], -line["clips"], line["source"]))


def calibration_error(result: Heard, bins: int = 10) -> float:
    """Mean gap between how sure the encoder is and how often it is right, over bins of the surest period."""
    sure = result.probabilities.max(1)
    right = result.right
    place = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs(sure[place == k].mean() - right[place == k].mean()) * (place == k).mean() for k in np.unique(place)]
    return float(sum(gaps))


def mean_interval(values: np.ndarray, groups: Iterable[Hashable], draws: int = 1000, seed: int = 0) -> list[float]:
    """95 % bootstrap interval of a mean when groups, with all their values, are drawn anew; [low, high].

    Args:
        values: float or bool [n].
        groups: of each value, such as its piece.
    """
    keys = list(groups)
    number = {key: row for row, key in enumerate(dict.fromkeys(keys))}
    group_of = np.array([number[key] for key in keys])
    total = np.bincount(group_of, np.asarray(values, float), len(number))
    count = np.bincount(group_of, minlength=len(number))
    drawn = np.random.default_rng(seed).integers(len(number), size=(draws, len(number)))
    means = total[drawn].sum(1) / count[drawn].sum(1)
    return [float(edge) for edge in np.percentile(means, (2.5, 97.5))]


def _piece_keys(part: Heard) -> list[tuple[str, int]]:
    """Pieces of the same name in two periods are two."""
    return list(zip(part.pieces, part.periods.tolist(), strict=True))


def slide_windows(sound: np.ndarray, spec: MelSpec, steps: int) -> np.ndarray:
    """Encoder inputs as a listener's window slides over a sound by STEP_S.

    Args:
        sound: float [n] at spec.sample_rate, long enough for a window and the steps.
    Returns:
        float32 [steps + 1, 3, n_mels, width].
    """
    rolling = RollingMel(spec)
    end = spec.window_samples
    rolling.push(sound[:end])
    windows = [rolling.window()]
    for _ in range(steps):
        following = end + round(STEP_S * spec.sample_rate)
        rolling.push(sound[end:following])
        windows.append(rolling.window())
        end = following
    return np.stack(windows)


def continued(samples: np.ndarray, following: np.ndarray | None, offset: int, extra: int) -> np.ndarray:
    """A clip and `extra` samples more: from the clip after it where that one joins on, else its own start.

    Args:
        samples, following: [n]; following begins `offset` samples after samples did.
    """
    if following is not None and 0 < offset <= len(samples) and offset + len(following) >= len(samples) + extra:
        return np.concatenate((samples[:offset], following))[: len(samples) + extra]
    return np.concatenate((samples, samples[:extra]))


def movement_figures(walks: Sequence[np.ndarray], prototypes: np.ndarray) -> dict[str, float | None]:
    """How far the embedding moves in STEP_S, over the prototypes' mean distance from one another.

    Args:
        walks: embeddings float [steps + 1, 10] of successive windows, one array a sound.
        prototypes: [5, 10].
    Returns:
        step_median and step_p95, None where all prototypes are one point; step_p95_over_median, how even the steps are.
    """
    moved = np.concatenate([np.linalg.norm(np.diff(walk, axis=0), axis=1) for walk in walks])
    median, late = float(np.median(moved)), float(np.percentile(moved, 95))
    spread = prototype_spread(prototypes)
    return {
        "step_median": median / spread if spread else None,
        "step_p95": late / spread if spread else None,
        "step_p95_over_median": late / median if median else None,
    }


def prototype_spread(prototypes: np.ndarray) -> float:
    """Mean distance between two of the prototypes [5, 10]: the yardstick of distances in the embedding."""
    first, second = np.triu_indices(len(prototypes), 1)
    return float(np.linalg.norm(prototypes[first] - prototypes[second], axis=1).mean())


def in_batches(function: Callable[[np.ndarray], Any], windows: np.ndarray, batch: int = 32) -> list[Any]:
    """The results of a function over successive rows; only one batch is in memory at a time."""
    return [function(np.ascontiguousarray(windows[k : k + batch], np.float32)) for k in range(0, len(windows), batch)]
