"""Orders of an epoch, as properties of any set of clips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvnet.engine import shard
from mvnet.errors import MvnetError
from mvnet.sampling import balanced_order, shuffled, triplet_order

COUNTS = st.lists(st.integers(2, 7), min_size=2, max_size=5)


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.integers(1, 4), st.integers(0, 99), st.integers(0, 99))
def test_triplets_are_what_they_should_be(counts: list[int], each: int, seed: int, epoch: int) -> None:
    periods = np.repeat(np.arange(len(counts)), counts)
    triplets = triplet_order(periods, each, seed, epoch)
    anchor, positive, negative = triplets.T
    assert (np.bincount(anchor, minlength=len(periods)) == each).all()
    assert (anchor != positive).all()
    assert (periods[anchor] == periods[positive]).all()
    assert (periods[anchor] != periods[negative]).all()
    assert (triplets == triplet_order(periods, each, seed, epoch)).all()


def test_epochs_and_seeds_differ() -> None:
    periods = np.repeat(np.arange(5), 20)
    first = triplet_order(periods, 1, 0, 0)
    assert (first != triplet_order(periods, 1, 0, 1)).any()
    assert (first != triplet_order(periods, 1, 1, 0)).any()


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.integers(0, 99))
def test_balanced_order_hears_each_period_in_every_round(counts: list[int], seed: int) -> None:
    periods = np.repeat(np.arange(len(counts)), counts)
    order = balanced_order(periods, ["one"] * len(periods), list(range(len(periods))), 8 * len(counts), seed, 0)
    rounds = periods[order].reshape(8, len(counts))
    assert (np.sort(rounds, 1) == np.arange(len(counts))).all()


def test_balanced_order_weighs_sources_by_the_root_of_their_pieces_and_pieces_equally() -> None:
    # Period 0: source a has 1 piece of 30 clips; source b has 4 pieces, of 1, 1, 1 and 27 clips.
    periods = np.array([0] * 60 + [1] * 2)
    sources = ["a"] * 30 + ["b"] * 30 + ["a"] * 2
    pieces = ["a1"] * 30 + ["b1", "b2", "b3"] + ["b4"] * 27 + ["c1", "c2"]
    order = balanced_order(periods, sources, pieces, 12_000, 0, 0)
    heard = order[periods[order] == 0]
    share_a = np.mean([sources[clip] == "a" for clip in heard])
    assert share_a == pytest.approx(1 / 3, abs=0.03)
    for piece in ("b1", "b2", "b3", "b4"):
        assert np.mean([pieces[clip] == piece for clip in heard]) == pytest.approx(1 / 6, abs=0.02)


@pytest.mark.parametrize("periods", [[0, 0, 0], [0, 0, 1], [2]])
def test_too_few_clips_are_refused(periods: list[int]) -> None:
    with pytest.raises(MvnetError, match="two or more of each of at least two periods"):
        triplet_order(np.array(periods), 1, 0, 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(1, 4), st.integers(1, 3))
def test_shards_of_an_epoch_take_every_row(length: int, batch: int, world: int) -> None:
    order = shuffled(length, 0, 0)
    steps = -(-length // (batch * world))
    parts = [shard(order, batch, step, rank, world) for step in range(steps) for rank in range(world)]
    assert all(len(part) == batch for part in parts)
    rows = np.concatenate(parts)
    assert set(rows.tolist()) == set(range(length))
    assert np.bincount(rows).max() - np.bincount(rows).min() <= max(1, -(-batch * world // length))
