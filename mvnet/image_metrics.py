"""Distances between two sets of pictures, seen as rows of features: quality, variety, copies.

NumPy only. Whatever network made the features gives the figures their name: a Frechet distance is an
"FID" only on the Inception network, and none of these are comparable across networks or set sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

NEIGHBOURS = 5  # of the manifolds behind precision, recall, density and coverage
DRAWS = 20  # halves drawn for an interval


def squared_distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances of rows [n, D] and [m, D], float64 [n, m]."""
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    return np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T, 0)


def frechet_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Squared Wasserstein distance of two normal distributions fitted to rows [n, D] and [m, D].

    Works with fewer rows than columns; its bias falls with n, so compare equal n only.

    Source: Heusel et al., 2017. The trace of the covariances' root is the nuclear norm of the product of
    their factors, which needs an [n, m] matrix instead of a [D, D] one.
    """
    a, b = (np.asarray(rows, np.float64) for rows in (first, second))
    centred_a = (a - a.mean(0)) / np.sqrt(max(1, len(a) - 1))
    centred_b = (b - b.mean(0)) / np.sqrt(max(1, len(b) - 1))
    shared = np.linalg.svd(centred_a @ centred_b.T, compute_uv=False).sum()
    gap = ((a.mean(0) - b.mean(0)) ** 2).sum()
    return float(gap + (centred_a**2).sum() + (centred_b**2).sum() - 2 * shared)


def kernel_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Unbiased squared maximum mean discrepancy of rows [n, D] and [m, D] with the kernel (x.y / D + 1)^3.

    Its mean is 0 for two samples of one distribution, so it can be slightly negative.

    Source: Binkowski et al., Demystifying MMD GANs, 2018.
    """
    a, b = (np.asarray(rows, np.float64) for rows in (first, second))

    def kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return (x @ y.T / x.shape[1] + 1) ** 3

    def own(x: np.ndarray) -> float:
        values = kernel(x, x)
        return (values.sum() - values.trace()) / (len(x) * (len(x) - 1))

    return float(own(a) + own(b) - 2 * kernel(a, b).mean())


def manifold_figures(real: np.ndarray, made: np.ndarray, neighbours: int = NEIGHBOURS) -> dict[str, float]:
    """precision, recall, density and coverage of made rows [m, D] against real rows [n, D].

    A point is within a set where it is closer to one of its rows than that row's k-th neighbour in the set.

    Source: Kynkaanniemi et al., 2019 (precision, recall); Naeem et al., 2020 (density, coverage).
    """
    k = min(neighbours, len(real) - 1, len(made) - 1)
    across = squared_distances(real, made)  # [n, m]
    real_radius = np.partition(squared_distances(real, real), k, axis=1)[:, k]
    made_radius = np.partition(squared_distances(made, made), k, axis=1)[:, k]
    in_real = across <= real_radius[:, None]
    return {
        "precision": float(in_real.any(0).mean()),
        "recall": float((across <= made_radius[None]).any(1).mean()),
        "density": float(in_real.sum(0).mean() / k),
        "coverage": float((across.min(1) <= real_radius).mean()),
    }


def mean_pair_distance(rows: np.ndarray) -> float:
    """Mean squared distance of two different rows of [n, D]; 0 for fewer than two."""
    if len(rows) < 2:
        return 0.0
    rows = np.asarray(rows, np.float32)
    centred = rows - rows.mean(0)
    return float(2 * np.einsum("ij,ij->", centred, centred, dtype=np.float64) / (len(rows) - 1))


def vendi_score(rows: np.ndarray) -> float:
    """Effective number of different rows of [n, D] under the cosine kernel: 1 when all are one, n at most.

    Source: Friedman and Dieng, The Vendi Score, 2023.
    """
    rows = np.asarray(rows, np.float64)
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    values = np.maximum(np.linalg.eigvalsh(unit @ unit.T / len(unit)), 0)
    values = values[values > 1e-12]
    return float(np.exp(-(values * np.log(values)).sum()))


def nearest_distances(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Euclidean distance of each row [n, D] to the nearest of the others [m, D], float64 [n]."""
    return np.sqrt(squared_distances(rows, others).min(1))


def own_nearest_distances(rows: np.ndarray) -> np.ndarray:
    """Euclidean distance of each row [n, D] to the nearest other row of the set, float64 [n]."""
    distances = squared_distances(rows, rows)
    np.fill_diagonal(distances, np.inf)
    return np.sqrt(distances.min(1))


def distinct_modes(rows: np.ndarray, twin: float) -> tuple[float, bool]:
    """How many different pictures a set seems to be drawn from, by the birthday test.

    Of S pictures drawn evenly, one pair in S is the same; so S is the pairs over those closer than `twin`.

    Args:
        rows: [n, D].
        twin: Euclidean distance below which two are one picture.
    Returns:
        the estimate, and whether it is only a lower bound because no twins were found.
    Source: Arora, Risteski and Zhang, Do GANs learn the distribution?, 2018.
    """
    distances = squared_distances(rows, rows)[np.triu_indices(len(rows), 1)]
    twins = int((distances < twin**2).sum())
    return len(distances) / max(1, twins), twins == 0


def half_sample_intervals(
    figures: Callable[[np.ndarray, np.ndarray], Mapping[str, float]],
    first_groups: np.ndarray,
    second_groups: np.ndarray,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Figures of two sets, and their 95 % intervals from halves drawn within each group.

    Halves keep rows different, which figures of nearest neighbours need and a bootstrap breaks; their
    spread is that of the whole sets (the delete-half jackknife), their mean may not be.

    Args:
        figures: of rows of the first and of the second set, int64 each.
        first_groups, second_groups: of each row, such as its period.
        draws: halves; at least 2.
    Returns:
        the figures of the whole sets, and [low, high] of each.
    Source: Shao and Wu, A general theory for jackknife variance estimation, 1989.
    """
    rng = np.random.default_rng(seed)
    whole = dict(figures(np.arange(len(first_groups)), np.arange(len(second_groups))))
    halves = [figures(_half(first_groups, rng), _half(second_groups, rng)) for _ in range(draws)]
    widths = {name: 1.96 * float(np.std([half[name] for half in halves], ddof=1)) for name in whole}
    return whole, {name: [value - widths[name], value + widths[name]] for name, value in whole.items()}


def _half(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Half of each group's rows, at least two where it has them, int64 ascending."""
    chosen: list[Sequence[int]] = []
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        chosen.append(rng.choice(rows, min(len(rows), max(2, len(rows) // 2)), replace=False).tolist())
    return np.sort(np.concatenate(chosen)).astype(np.int64)
