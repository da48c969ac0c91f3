"""Which clips and paintings meet in a step: the order of an epoch, from its seed and number alone.

NumPy only. Nothing here keeps a state: a resumed run asks for the same epoch again and goes on at its
step. Runs in the training process.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from mvnet.errors import MvnetError
from mvnet.periods import PERIODS


def require_periods(periods: np.ndarray) -> None:
    """Raise MvnetError unless at least two periods have two clips each: less teaches nothing."""
    counts = np.bincount(periods, minlength=len(PERIODS))
    if (counts >= 2).sum() < 2 or counts.max() == counts.sum() or (counts == 1).any():
        listed = ", ".join(f"{name} {count}" for name, count in zip(PERIODS, counts, strict=True))
        raise MvnetError(f"the training clips are {listed}: give two or more of each of at least two periods")


def triplet_order(periods: np.ndarray, anchors_per_clip: int, seed: int, epoch: int) -> np.ndarray:
    """One epoch of triplets.

    Args:
        periods: int64 [n], the period of each clip.
        anchors_per_clip: how often each clip is the anchor.
    Returns:
        int64 [n * anchors_per_clip, 3], shuffled: anchor; positive, another clip of its period;
        negative, a clip of another period (each other period as likely, then each of its clips).
    Raises:
        MvnetError: a period with one clip, or one period only.
    Source: paper, section 4.1.
    """
    require_periods(periods)
    rng = np.random.default_rng([seed, epoch])
    members = {int(period): np.flatnonzero(periods == period) for period in np.unique(periods)}
    place = np.zeros(len(periods), np.int64)  # of a clip within its period
    for clips in members.values():
        place[clips] = np.arange(len(clips))
    anchors = rng.permutation(np.repeat(np.arange(len(periods)), anchors_per_clip))
    triplets = np.empty((len(anchors), 3), np.int64)
    for row, anchor in enumerate(anchors):
        own = int(periods[anchor])
        positive = members[own][(place[anchor] + rng.integers(1, len(members[own]))) % len(members[own])]
        other = [period for period in members if period != own]
        negatives = members[other[rng.integers(len(other))]]
        triplets[row] = anchor, positive, negatives[rng.integers(len(negatives))]
    return triplets


def balanced_order(
    periods: np.ndarray, sources: Sequence[Hashable], pieces: Sequence[Hashable], length: int, seed: int, epoch: int
) -> np.ndarray:
    """Clips drawn so that every period is heard equally often, and no collection or piece drowns the others.

    Periods take turns in a fresh random order, so any len(periods) successive clips hold each once.
    Within a period a source is drawn in proportion to the root of its number of pieces (a collection of
    one piece is not heard as often as one of a hundred), then one of its pieces, then one of its clips.

    Args:
        periods: int64 [n].
        sources: of each clip, where it was recorded or rendered.
        pieces: of each clip.
        length: how many clips to draw.
    Returns:
        int64 [length].
    """
    require_periods(periods)
    rng = np.random.default_rng([seed, epoch])
    tree = _tree(periods, sources, pieces)
    shares = {}
    for period, branch in tree.items():
        roots = np.sqrt([len(leaves) for leaves in branch])
        shares[period] = roots / roots.sum()
    turns = -(-length // len(tree))
    order = np.concatenate([rng.permutation(list(tree)) for _ in range(turns)])[:length]
    drawn = np.empty(length, np.int64)
    for row, period in enumerate(order):
        branch = tree[int(period)]
        leaves = branch[rng.choice(len(branch), p=shares[int(period)])]
        clips = leaves[rng.integers(len(leaves))]
        drawn[row] = clips[rng.integers(len(clips))]
    return drawn


def _tree(
    periods: np.ndarray, sources: Sequence[Hashable], pieces: Sequence[Hashable]
) -> dict[int, list[list[list[int]]]]:
    """Clip numbers by period, source and piece, in order of first appearance."""
    named: dict[int, dict[Hashable, dict[Hashable, list[int]]]] = {}
    for clip, (period, source, piece) in enumerate(zip(periods, sources, pieces, strict=True)):
        named.setdefault(int(period), {}).setdefault(source, {}).setdefault(piece, []).append(clip)
    return {period: [list(leaves.values()) for leaves in branch.values()] for period, branch in named.items()}


def shuffled(count: int, seed: int, epoch: int) -> np.ndarray:
    """A permutation of count rows, int64 [count]."""
    return np.random.default_rng([seed, epoch]).permutation(count)
