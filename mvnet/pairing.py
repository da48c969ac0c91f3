"""Which painting a clip of music is trained with."""

from __future__ import annotations

import numpy as np

from mvnet.errors import MvnetError
from mvnet.periods import PERIODS

PAINTINGS_A_CLIP = 3  # each as it is and mirrored: six pairs


def pair_clips(clip_periods: np.ndarray, painting_periods: np.ndarray) -> np.ndarray:
    """The paper's six pairs a clip.

    Clip k of a period's n clips goes with that period's paintings k, k + n and k + 2n, counted round
    where there are fewer than 3n, and with their mirror images. Where counting round would bring the
    same painting back, a third of the paintings is stepped over instead.

    Args:
        clip_periods: int [n_clips], indices into mvnet.periods.PERIODS.
        painting_periods: int [n_paintings].
    Returns:
        int64 [6 n_clips, 3]: clip, painting, 1 if mirrored; in the order of the clips.
    Raises:
        MvnetError: a period has clips and no painting.
    Source: paper, section 2 (six pairs an audio); the numbering is the author's released code's.
    """
    partners = np.empty((len(clip_periods), PAINTINGS_A_CLIP), np.int64)
    for period in np.unique(clip_periods):
        clips = np.flatnonzero(clip_periods == period)
        paintings = np.flatnonzero(painting_periods == period)
        if not len(paintings):
            raise MvnetError(
                f"there is music but no painting of the {PERIODS[period]} period: add some, or leave it out"
            )
        offsets = np.arange(PAINTINGS_A_CLIP) * _step(len(clips), len(paintings))
        partners[clips] = paintings[(np.arange(len(clips))[:, None] + offsets) % len(paintings)]
    clip = np.repeat(np.arange(len(clip_periods)), 2 * PAINTINGS_A_CLIP)
    mirrored = np.tile([0, 1], len(clip_periods) * PAINTINGS_A_CLIP)
    return np.stack((clip, np.repeat(partners.ravel(), 2), mirrored), axis=1)


def _step(n_clips: int, n_paintings: int) -> int:
    steps = np.arange(PAINTINGS_A_CLIP) * n_clips % n_paintings
    return n_clips if len(np.unique(steps)) == PAINTINGS_A_CLIP else max(1, n_paintings // PAINTINGS_A_CLIP)
