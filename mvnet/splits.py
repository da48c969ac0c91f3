"""Which recordings and paintings train the networks and which only measure them.

A group (a piece, or a painter) is never on both sides: a network that has heard a piece would be
measured on its memory. Splits that a data set brings along are kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from mvnet.errors import MvnetError


def assign_splits(
    groups: Sequence[str], periods: Sequence[int], given: Sequence[str], *, seed: int = 0, val_share: float = 0.15
) -> list[str]:
    """Split items by group, each period on its own, the same for the same seed.

    A group with a given split keeps it; one that is given on both sides goes to "train" as a whole.
    The other groups of a period are drawn at random for "val" until it holds val_share of them; a
    period with a single group is all "train".

    Args:
        groups: the group of each item.
        periods: the period of each item; a group belongs to the period that most of its items have.
        given: "train", "val" or "" (undecided) for each item.
        seed: seed of the draw.
        val_share: share of the undecided items that goes to "val", 0 to below 1.
    Returns:
        "train" or "val" for each item.
    Raises:
        MvnetError: val_share is out of range.
    """
    if not 0 <= val_share < 1:
        raise MvnetError(f"the share of held-out items is {val_share}: it must be at least 0 and below 1")
    chosen: dict[str, str] = {}
    for group, split in zip(groups, given, strict=True):
        if split:
            chosen[group] = "train" if chosen.get(group, split) != split else split
    sizes = Counter(group for group in groups if group not in chosen)
    for period, members in _by_period(groups, periods, sizes).items():
        held_out = _draw(members, sizes, val_share, np.random.default_rng([seed, period]))
        chosen.update({group: "val" if group in held_out else "train" for group in members})
    return [chosen[group] for group in groups]


def _by_period(groups: Sequence[str], periods: Sequence[int], wanted: Counter[str]) -> dict[int, list[str]]:
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for group, period in zip(groups, periods, strict=True):
        if group in wanted:
            votes[group][period] += 1
    members: dict[int, list[str]] = defaultdict(list)
    for group in sorted(votes):  # sorted: the draw must not depend on the order of the files
        members[votes[group].most_common(1)[0][0]].append(group)
    return members


def _draw(members: list[str], sizes: Counter[str], val_share: float, rng: np.random.Generator) -> set[str]:
    """Groups for "val": as many as fit into its share; the smallest one where none fits."""
    if len(members) < 2 or val_share == 0:
        return set()
    room = val_share * sum(sizes[group] for group in members)
    drawn: set[str] = set()
    for index in rng.permutation(len(members)):
        if sizes[members[index]] <= room:
            drawn.add(members[index])
            room -= sizes[members[index]]
    return drawn or {min(members, key=lambda group: (sizes[group], group))}
