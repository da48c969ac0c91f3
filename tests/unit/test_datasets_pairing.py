"""The paper's pairing of clips with paintings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvnet.datasets import pair_clips
from mvnet.errors import MvnetError


def test_clip_k_goes_with_k_and_n_and_2n_and_their_mirrors():
    pairs = pair_clips(np.array([0, 0]), np.zeros(6, int))
    assert pairs.tolist() == [
        *([0, painting, mirrored] for painting in (0, 2, 4) for mirrored in (0, 1)),
        *([1, painting, mirrored] for painting in (1, 3, 5) for mirrored in (0, 1)),
    ]


def test_as_many_paintings_as_the_paper_has_are_all_used_once():
    clips, paintings = np.repeat(np.arange(5), 30), np.tile(np.arange(5), 90)
    pairs = pair_clips(clips, paintings)
    assert len(pairs) == 6 * 150
    assert len(np.unique(pairs[:, 1:], axis=0)) == 900  # each painting once as it is and once mirrored


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.lists(st.integers(0, 4), max_size=60))
def test_periods_match_and_the_six_differ(clip_periods, painting_periods):
    clips = np.array(clip_periods)
    paintings = np.array([*painting_periods, *np.tile(np.arange(5), 3)])
    pairs = pair_clips(clips, paintings)
    assert pairs.dtype == np.int64
    assert (clips[pairs[:, 0]] == paintings[pairs[:, 1]]).all()
    assert pairs[:, 0].tolist() == np.repeat(np.arange(len(clips)), 6).tolist()
    assert len(np.unique(pairs, axis=0)) == len(pairs)


def test_a_period_without_paintings_is_named():
    with pytest.raises(MvnetError, match="no painting of the romantic period"):
        pair_clips(np.array([0, 3]), np.array([0, 0, 0]))
