"""Several data sets as one, and which held-out pieces may be looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mvnet.encoder_data import choose_on, join
from tests.training_data import encoder_data


def test_rows_of_several_sets_follow_one_another() -> None:
    first, second = (replace(encoder_data((0, 1), seed=seed), lessons=None) for seed in (1, 2))
    both = join([first, second])
    assert both.clips == [*first.clips, *second.clips]
    np.testing.assert_array_equal(both.windows[len(first.clips) :], second.windows)
    assert len(both.split("train")) == 2 * len(first.split("train"))
    assert both.samples is None
    assert join([first]) is first


def test_samples_are_kept_where_every_set_has_them() -> None:
    sets = [replace(encoder_data((0,), train=1, val=1), samples=np.full((2, 5), k, np.int16)) for k in (1, 2)]
    joined = join(sets)
    assert joined.samples is not None
    assert joined.samples[:, 0].tolist() == [1, 1, 2, 2]
    assert join([sets[0], replace(sets[1], samples=None)]).samples is None


def test_only_one_sets_held_out_pieces_are_measured() -> None:
    sets = [[clip.recording for clip in encoder_data((0, 1), seed=seed).clips] for seed in (1, 2)]
    first, second = choose_on(sets, 1)
    assert {item.split for item in first} == {"train"}
    assert second == sets[1]
