"""The figures of one set of pictures against another, from what a network saw of both.

Runs in the evaluation process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mvnet import image_metrics as metrics
from mvnet.feature_networks import Looks
from mvnet.periods import PERIODS

PENALTY = 0.01  # C of the period classifier; fixed, never tuned on held-out paintings
SHARES = ("precision", "recall", "coverage", "period_accuracy")
BY_PERIOD = ("diversity", "vendi")

Classifier = Callable[[np.ndarray], np.ndarray]  # pooled features [n, D] to periods int64 [n]


@dataclass(frozen=True)
class PictureSet:
    """Pictures of one kind as a network sees them; right and nearest are None where they are not asked for."""

    looks: Looks
    periods: np.ndarray
    right: np.ndarray | None = None  # whether the classifier names the period, bool [n]
    nearest: np.ndarray | None = None  # distance to the nearest training painting [n]


def period_classifier(known: np.ndarray, periods: np.ndarray) -> Classifier:
    """Period from features, by logistic regression on training paintings; of one period only, always that."""
    if len(np.unique(periods)) < 2:
        return lambda rows: np.repeat(periods[:1], len(rows))
    # Only here: it is slow to import.
    from sklearn.linear_model import LogisticRegression

    mean, deviation = known.mean(0), known.std(0) + 1e-6
    model = LogisticRegression(C=PENALTY, class_weight="balanced", max_iter=500)
    model.fit((known - mean) / deviation, periods)
    return lambda rows: model.predict((rows - mean) / deviation)


def figures_of(made: PictureSet, real: PictureSet, rows: np.ndarray, others: np.ndarray) -> dict[str, float]:
    """Figures of some made pictures against some real ones; those of a period are named "diversity/baroque"."""
    figures = {
        "frechet_distance": metrics.frechet_distance(made.looks.pooled[rows], real.looks.pooled[others]),
        "kernel_distance": metrics.kernel_distance(made.looks.pooled[rows], real.looks.pooled[others]),
        **metrics.manifold_figures(real.looks.pooled[others], made.looks.pooled[rows]),
    }
    for period in np.unique(real.periods):
        own, theirs = rows[made.periods[rows] == period], others[real.periods[others] == period]
        spread = metrics.mean_pair_distance(real.looks.perceptual[theirs])
        figures[f"diversity/{PERIODS[period]}"] = metrics.mean_pair_distance(made.looks.perceptual[own]) / spread
        figures[f"vendi/{PERIODS[period]}"] = metrics.vendi_score(made.looks.pooled[own]) / metrics.vendi_score(
            real.looks.pooled[theirs]
        )
    for name in BY_PERIOD:
        values = [value for key, value in figures.items() if key.startswith(name + "/")]
        figures[f"{name}_mean"], figures[f"{name}_least"] = float(np.mean(values)), min(values)
    if made.right is not None and real.right is not None:
        figures["period_accuracy"] = _balanced(made.right[rows], made.periods[rows])
        truth = _balanced(real.right[others], real.periods[others])
        figures["period_accuracy_ratio"] = figures["period_accuracy"] / max(truth, 1e-12)
    if made.nearest is not None and real.nearest is not None:
        ratio = np.median(made.nearest[rows]) / max(float(np.median(real.nearest[others])), 1e-12)
        figures["memorisation_ratio"] = float(ratio)
    return figures


def within_bounds(name: str, interval: list[float]) -> list[float]:
    """An interval without what the figure cannot be: only the unbiased kernel distance is ever below 0."""
    low = -np.inf if name == "kernel_distance" else 0.0
    high = 1.0 if name in SHARES else np.inf
    return [min(max(edge, low), high) for edge in interval]


def _balanced(right: np.ndarray, periods: np.ndarray) -> float:
    """Mean over periods of the share that is right."""
    return float(np.mean([right[periods == period].mean() for period in np.unique(periods)]))


def nested_by_period(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures with those of periods gathered: {"diversity/baroque": 1} becomes {"diversity": {"baroque": 1}}."""
    nested: dict[str, Any] = {}
    for name, value in figures.items():
        outer, _, inner = name.partition("/")
        if inner:
            nested.setdefault(outer, {})[inner] = value
        else:
            nested[name] = value
    return nested
