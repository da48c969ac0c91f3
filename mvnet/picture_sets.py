"""The pictures between which `mvnet evaluate gan` measures, drawn so that every comparison is a fair one.

Held-out paintings are what generated ones are compared with; as many training paintings stand in for a
perfect generator and give each figure its floor; the other training paintings are what a generator may
have learnt by heart. The same counts by period everywhere. Runs in the evaluation process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mvnet.errors import MvnetError
from mvnet.periods import PERIODS
from mvnet.records import Painting

FEWEST = 8  # of a period on each side; fewer say nothing of variety


@dataclass(frozen=True)
class PaintingSets:
    """Rows into a list of paintings, int64 each; no painting is in two sets.

    Attributes:
        heldout: of painters that the generator has not been trained on.
        stand_in: of the training split, as many of each period as heldout.
        training: others of the training split.
    """

    heldout: np.ndarray
    stand_in: np.ndarray
    training: np.ndarray


def draw_sets(paintings: Sequence[Painting], most: int, most_training: int, seed: int) -> PaintingSets:
    """Draw the sets.

    Periods with fewer than FEWEST held-out or 2 * FEWEST training paintings are left out.

    Args:
        most: held-out paintings of each period.
        most_training: paintings of each period in `training`; 0 for all that are left.
    Raises:
        MvnetError: no period has enough.
    """
    rng = np.random.default_rng(seed)
    heldout: list[int] = []
    stand_in: list[int] = []
    training: list[int] = []
    for period in range(len(PERIODS)):
        val, train = (
            [row for row, item in enumerate(paintings) if item.period == period and item.split == split]
            for split in ("val", "train")
        )
        count = min(most, len(val), len(train) // 2)
        if count < FEWEST:
            continue
        order = rng.permutation(train)
        heldout += np.sort(rng.choice(val, count, replace=False)).tolist()
        stand_in += np.sort(order[:count]).tolist()
        rest = order[count:] if most_training == 0 else order[count : count + most_training]
        training += np.sort(rest).tolist()
    if not heldout:
        raise MvnetError(
            f"no period has {FEWEST} held-out and {2 * FEWEST} training paintings: give a larger set, "
            "with its split in paintings.csv"
        )
    return PaintingSets(*(np.array(rows, np.int64) for rows in (heldout, stand_in, training)))


def draw_embeddings(
    embeddings: np.ndarray, of_periods: np.ndarray, wanted: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """An embedding of each wanted period, float32 [n, 10]; none is used twice before all of its period are.

    Args:
        embeddings: float [m, 10].
        of_periods: int64 [m].
        wanted: int64 [n].
    Raises:
        MvnetError: there is none of a period.
    """
    rows = np.empty(len(wanted), np.int64)
    for period in np.unique(wanted):
        own = np.flatnonzero(of_periods == period)
        if not len(own):
            raise MvnetError(f"there is no {PERIODS[period]} music to paint to: add some, or leave --music out")
        places = np.flatnonzero(wanted == period)
        turns = [rng.permutation(own) for _ in range(-(-len(places) // len(own)))]
        rows[places] = np.concatenate(turns)[: len(places)]
    return np.asarray(embeddings[rows], np.float32)


def noise_walk(noise_size: int, steps: int, rng: np.random.Generator) -> np.ndarray:
    """From one noise to another along the great circle between them, float32 [steps + 1, Z]."""
    first, last = rng.standard_normal((2, noise_size))
    last *= np.linalg.norm(first) / np.linalg.norm(last)
    angle = np.arccos(np.clip(first @ last / (first @ first), -1, 1))
    along = np.linspace(0, 1, steps + 1)[:, None]
    return ((np.sin((1 - along) * angle) * first + np.sin(along * angle) * last) / np.sin(angle)).astype(np.float32)


def straight_walk(first: np.ndarray, last: np.ndarray, steps: int) -> np.ndarray:
    """From one point to another in even steps, float32 [steps + 1, ...]."""
    along = np.linspace(0, 1, steps + 1).reshape(-1, *[1] * first.ndim)
    return (first + along * (np.asarray(last, np.float64) - first)).astype(np.float32)
