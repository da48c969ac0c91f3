"""Figures of the encoder: how often it hears the right period, how sure, and how calmly it moves.

NumPy only: the same figures for a network in torch and for an exported one. Runs in the training or
evaluation process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


@dataclass(frozen=True)
class Heard:
    """What an encoder said about clips.

    Attributes:
        probabilities: float [n, 5].
        periods: the truth, int64 [n].
        pieces: of each clip; its clips vote together.
        recorded: whether the clip is a recording of players (not rendered from a score), bool [n].
    """

    probabilities: np.ndarray
    periods: np.ndarray
    pieces: Sequence[str]
    recorded: np.ndarray

    def select(self, chosen: np.ndarray) -> Heard:
        """The clips where chosen (bool [n]) is true."""
        pieces = [piece for piece, take in zip(self.pieces, chosen, strict=True) if take]
        return Heard(self.probabilities[chosen], self.periods[chosen], pieces, self.recorded[chosen])


def heard(probabilities: np.ndarray, periods: np.ndarray, recordings: Sequence[HeardRecording]) -> Heard:
    """Join an encoder's output [n, 5] with the recordings that the clips come from."""
    recorded = np.array([recording.kind == "recorded" for recording in recordings], bool)
    return Heard(probabilities, periods, [recording.piece for recording in recordings], recorded)


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


def accuracy_figures(result: Heard, *, draws: int = 1000, seed: int = 0) -> dict[str, Any]:
    """Accuracies of clips and pieces, all and recorded ones, with 95 % bootstrap intervals over pieces.

    Returns:
        clips, pieces, clip_accuracy, piece_accuracy, recorded_clips, recorded_pieces,
        recorded_clip_accuracy, recorded_piece_accuracy (None without recorded music), balanced_clip_accuracy
        (mean over periods), confusion (rows true, columns heard, clips), log_loss, calibration_error,
        intervals (by name, [low, high]) and periods (their order).
    """
    figures: dict[str, Any] = {}
    intervals: dict[str, list[float]] = {}
    for prefix, part in (("", result), ("recorded_", result.select(result.recorded))):
        right = part.probabilities.argmax(1) == part.periods
        voted, true = piece_votes(part)
        figures[prefix + "clips"], figures[prefix + "pieces"] = len(right), len(true)
        figures[prefix + "clip_accuracy"] = float(right.mean()) if len(right) else None
        figures[prefix + "piece_accuracy"] = float((voted == true).mean()) if len(true) else None
        if len(true):
            clips, pieces = _bootstrap(part, right, voted == true, draws, seed)
            intervals[prefix + "clip_accuracy"], intervals[prefix + "piece_accuracy"] = clips, pieces
    confusion = np.zeros((len(PERIODS), len(PERIODS)), int)
    np.add.at(confusion, (result.periods, result.probabilities.argmax(1)), 1)
    present = confusion.sum(1) > 0
    recall = confusion.diagonal()[present] / confusion.sum(1)[present]
    truth = result.probabilities[np.arange(len(result.periods)), result.periods]
    figures |= {
        "balanced_clip_accuracy": float(recall.mean()),
        "confusion": confusion.tolist(),
        "log_loss": float(-np.log(np.maximum(truth, 1e-12)).mean()),
        "calibration_error": calibration_error(result),
        "intervals": intervals,
        "periods": list(PERIODS),
    }
    return figures


def calibration_error(result: Heard, bins: int = 10) -> float:
    """Mean gap between how sure the encoder is and how often it is right, over bins of the surest period."""
    sure = result.probabilities.max(1)
    right = result.probabilities.argmax(1) == result.periods
    place = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs(sure[place == k].mean() - right[place == k].mean()) * (place == k).mean() for k in np.unique(place)]
    return float(sum(gaps))


def _bootstrap(
    part: Heard, clip_right: np.ndarray, piece_right: np.ndarray, draws: int, seed: int
) -> tuple[list[float], list[float]]:
    """Intervals of clip and piece accuracy when pieces, with all their clips, are drawn anew."""
    keys = list(zip(part.pieces, part.periods.tolist(), strict=True))
    number = {key: row for row, key in enumerate(dict.fromkeys(keys))}
    piece_of = np.array([number[key] for key in keys])
    right = np.bincount(piece_of, clip_right, len(number))
    count = np.bincount(piece_of, minlength=len(number))
    drawn = np.random.default_rng(seed).integers(len(number), size=(draws, len(number)))
    clips = right[drawn].sum(1) / count[drawn].sum(1)
    pieces = piece_right[drawn].mean(1)
    return _range(clips), _range(pieces)


def _range(values: np.ndarray) -> list[float]:
    return [float(edge) for edge in np.percentile(values, (2.5, 97.5))]


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
        step_median and step_p95; None where all prototypes are one point.
    """
    moved = np.concatenate([np.linalg.norm(np.diff(walk, axis=0), axis=1) for walk in walks])
    first, second = np.triu_indices(len(prototypes), 1)
    spread = np.linalg.norm(prototypes[first] - prototypes[second], axis=1).mean()
    if spread == 0:
        return {"step_median": None, "step_p95": None}
    return {"step_median": float(np.median(moved) / spread), "step_p95": float(np.percentile(moved, 95) / spread)}


def in_batches(function: Callable[[np.ndarray], Any], windows: np.ndarray, batch: int = 32) -> list[Any]:
    """The results of a function over successive rows; only one batch is in memory at a time."""
    return [function(np.ascontiguousarray(windows[k : k + batch], np.float32)) for k in range(0, len(windows), batch)]
