"""Noise as the encoder hears it: every colour, any level, the same for a seed."""

from __future__ import annotations

import numpy as np

from mvnet.frontend import MelSpec
from mvnet.quiet_sounds import LEVEL_DB, noise_windows


def test_noises_differ_in_colour_and_level_and_repeat() -> None:
    spec = MelSpec()
    windows = noise_windows(9, spec, 3)
    assert windows.shape == (9, *spec.input_shape)
    np.testing.assert_array_equal(windows, noise_windows(9, spec, 3))
    assert not np.array_equal(windows, noise_windows(9, spec, 4))
    low, high = windows[:, :, :40].mean((1, 2, 3)), windows[:, :, 90:].mean((1, 2, 3))
    assert (low[2::4] > high[2::4] + 0.1).all()  # brown
    assert (high[0::4] > low[0::4]).all()  # white: higher bands are wider
    assert np.ptp(windows.mean((1, 2, 3))) > 0.05
    assert LEVEL_DB[1] < 0
