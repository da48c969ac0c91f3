"""The period output of a finished encoder: a linear head with honest probabilities, and the prototypes.

Works on a few thousand embeddings, in double precision on the CPU. Runs once, after a training.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mvnet.encoder import PeriodHead
from mvnet.periods import PERIODS


def clip_weights(periods: np.ndarray, pieces: Sequence[Hashable]) -> np.ndarray:
    """Weights [n] of mean 1 under which periods weigh the same, and pieces within a period too."""
    counts: dict[tuple[int, Hashable], int] = {}
    for key in zip(periods.tolist(), pieces, strict=True):
        counts[key] = counts.get(key, 0) + 1
    in_period = {period: sum(key[0] == period for key in counts) for period in set(periods.tolist())}
    weights = np.array([1 / (counts[key] * in_period[key[0]]) for key in zip(periods.tolist(), pieces, strict=True)])
    return weights * len(weights) / weights.sum()


def fit_head(
    embeddings: np.ndarray, periods: np.ndarray, weights: np.ndarray | None = None, *, penalty: float = 1e-3
) -> PeriodHead:
    """Multinomial logistic regression on standardised embeddings, folded into one linear layer.

    Args:
        embeddings: float [n, 10] of training clips.
        periods: int64 [n].
        weights: of the clips, [n].
        penalty: of the squared coefficients.
    """
    x = np.asarray(embeddings, np.float64)
    mean, deviation = x.mean(0), np.maximum(x.std(0), 1e-6)
    coefficients = fit_logistic(
        (x - mean) / deviation, periods, np.ones(len(x)) if weights is None else weights, penalty
    )
    slope = coefficients[:, :-1] / deviation
    head = PeriodHead()
    with torch.no_grad():
        head.linear.weight.copy_(torch.from_numpy(slope))
        head.linear.bias.copy_(torch.from_numpy(coefficients[:, -1] - slope @ mean))
    return head


def fit_logistic(x: np.ndarray, periods: np.ndarray, weights: np.ndarray, penalty: float) -> np.ndarray:
    """Coefficients of multinomial logistic regression, the constant last, float64 [5, numbers + 1].

    Args:
        x: float64 [n, numbers], standardised.
        periods: int64 [n].
        weights: of the rows, [n].
        penalty: of the squared coefficients, the constant's apart.
    """
    rows, target, weight = torch.from_numpy(x), torch.from_numpy(periods), torch.from_numpy(weights)
    coefficients = torch.zeros(len(PERIODS), x.shape[1] + 1, dtype=torch.float64, requires_grad=True)

    def loss() -> Tensor:
        logits = rows @ coefficients[:, :-1].T + coefficients[:, -1]
        errors = F.cross_entropy(logits, target, reduction="none")
        return (errors * weight).mean() + penalty * coefficients[:, :-1].square().sum()

    _minimise(loss, coefficients)
    return coefficients.detach().numpy()


def fit_binary(x: np.ndarray, truth: np.ndarray, weights: np.ndarray, penalty: float) -> tuple[np.ndarray, float]:
    """Slope [numbers] and constant of the log odds of two-class logistic regression.

    Args:
        x: float64 [n, numbers], standardised.
        truth: bool [n].
        weights: of the rows, [n].
        penalty: of the squared slope.
    """
    rows, target, weight = torch.from_numpy(x), torch.from_numpy(truth).double(), torch.from_numpy(weights)
    coefficients = torch.zeros(x.shape[1] + 1, dtype=torch.float64, requires_grad=True)

    def loss() -> Tensor:
        logits = rows @ coefficients[:-1] + coefficients[-1]
        errors = F.binary_cross_entropy_with_logits(logits, target, weight=weight)
        return errors + penalty * coefficients[:-1].square().sum()

    _minimise(loss, coefficients)
    found = coefficients.detach().numpy()
    return found[:-1], float(found[-1])


def fit_temperature(head: PeriodHead, embeddings: np.ndarray, periods: np.ndarray) -> float:
    """Divide the head's logits by the number that makes held-out clips likeliest; returns it.

    Args:
        head: changed in place.
        embeddings: float [n, 10] of clips that the head was not fitted on.
        periods: int64 [n].
    """
    with torch.no_grad():
        logits = head(torch.from_numpy(np.asarray(embeddings, np.float32))).double()
    target = torch.from_numpy(periods)
    log_temperature = torch.zeros((), dtype=torch.float64, requires_grad=True)
    # The small penalty keeps it finite where every clip is right (or there are very few).
    _minimise(
        lambda: F.cross_entropy(logits / log_temperature.exp(), target) + 1e-3 * log_temperature.square(),
        (log_temperature),
    )
    temperature = float(log_temperature.detach().exp().clamp(0.05, 100))
    with torch.no_grad():
        head.linear.weight.div_(temperature)
        head.linear.bias.div_(temperature)
    return temperature


def _minimise(loss: Callable[[], Tensor], parameter: Tensor) -> None:
    """L-BFGS to convergence."""
    optimiser = torch.optim.LBFGS([parameter], max_iter=500, tolerance_grad=1e-8, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        value = loss()
        value.backward()
        return value

    optimiser.step(closure)


def prototypes(embeddings: np.ndarray, periods: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The weighted mean embedding of each period, float64 [5, 10]; of all clips where a period has none."""
    rows = []
    for period in range(len(PERIODS)):
        chosen = periods == period if (periods == period).any() else np.ones(len(periods), bool)
        rows.append(np.average(embeddings[chosen], axis=0, weights=weights[chosen]))
    return np.stack(rows).astype(np.float64)
