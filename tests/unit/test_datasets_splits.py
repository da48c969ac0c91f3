"""Splits: no group on both sides, the same for the same seed, near the share that was asked for."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvnet.splits import assign_splits

items = st.lists(
    st.tuples(st.integers(0, 9).map(str), st.integers(0, 4), st.sampled_from(["", "", "", "train", "val"])), max_size=60
)


@given(items, st.integers(0, 3))
def test_no_group_is_on_both_sides(rows, seed):
    groups, periods, given_splits = zip(*rows, strict=True) if rows else ((), (), ())
    splits = assign_splits(groups, periods, given_splits, seed=seed)
    sides = defaultdict(set)
    for group, split in zip(groups, splits, strict=True):
        sides[group].add(split)
    assert all(len(side) == 1 for side in sides.values())
    assert assign_splits(groups, periods, given_splits, seed=seed) == splits
    for group in sides:  # a split that is given alone is kept
        known = {split for name, split in zip(groups, given_splits, strict=True) if name == group and split}
        if len(known) == 1:
            assert sides[group] == known


def test_a_group_given_on_both_sides_trains():
    assert assign_splits(["a", "a", "a", "b"], [0] * 4, ["val", "train", "val", "val"]) == ["train"] * 3 + ["val"]


@given(st.permutations(range(40)))
def test_the_order_of_the_files_does_not_matter(order):
    groups = [f"piece {index % 20}" for index in range(40)]
    periods = [index % 5 for index in range(40)]
    straight = dict(zip(groups, assign_splits(groups, periods, [""] * 40), strict=True))
    mixed = [groups[index] for index in order]
    splits = assign_splits(mixed, [periods[index] for index in order], [""] * 40)
    assert dict(zip(mixed, splits, strict=True)) == straight


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_every_period_holds_out_its_share(share):
    groups = [f"{period}-{index // 2}" for period in range(5) for index in range(200)]
    periods = [period for period in range(5) for _ in range(200)]
    splits = assign_splits(groups, periods, [""] * 1000, val_share=share)
    for period in range(5):
        held_out = sum(split == "val" for split, own in zip(splits, periods, strict=True) if own == period)
        assert held_out == pytest.approx(200 * share, abs=2)


def test_the_seed_changes_the_draw():
    groups = [str(index) for index in range(100)]
    draws = {tuple(assign_splits(groups, [0] * 100, [""] * 100, seed=seed)) for seed in range(3)}
    assert len(draws) == 3


def test_a_single_piece_trains_and_one_large_piece_is_not_held_out():
    assert assign_splits(["a"] * 9, [0] * 9, [""] * 9) == ["train"] * 9
    groups = ["large"] * 90 + ["small"] * 10
    splits = assign_splits(groups, [0] * 100, [""] * 100, val_share=0.05)
    assert splits == ["train"] * 90 + ["val"] * 10
