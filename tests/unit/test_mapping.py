"""What of the music pushes the noise, and how far."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import BANDS, HAT, KICK, SNARE
from visualizer.hearing.levels import BESIDE
from visualizer.painting.knobs import Knobs
from visualizer.painting.mapping import HAT_PUSH, PUSH_SHARES, pushes

unit = st.floats(0, 1)


def struck(*bands: int, strength: float = 1.0, loudness: float = 1.0, surge: float = 0.0, hats: int = 0) -> Features:
    pulses, counts = np.zeros(len(BANDS)), np.zeros(len(BANDS), np.int64)
    pulses[list(bands)] = strength
    counts[HAT] = hats
    return replace(Features.silence(), is_open=True, pulses=pulses, loudness=loudness, surge=surge, counts=counts)


@pytest.mark.parametrize(
    ("features", "pushing"),
    [(struck(KICK), 0), (struck(SNARE), 1), (struck(HAT), 2), (struck(*BESIDE), 3), (struck(surge=1.0), 4)],
)
def test_each_kind_of_attack_pushes_on_its_own(features: Features, pushing: int) -> None:
    pushed = pushes(features, Knobs())
    assert pushed[pushing] == PUSH_SHARES[pushing]
    assert np.count_nonzero(pushed) == 1


def test_hats_push_this_way_and_that() -> None:
    first, second, third = (pushes(struck(HAT, KICK, hats=hats), Knobs()) for hats in (4, 5, 6))
    assert first[HAT_PUSH] == -second[HAT_PUSH] == third[HAT_PUSH] > 0
    assert first[0] == second[0]


@settings(deadline=None)
@given(unit, unit, unit, st.integers(0, 9), unit, unit)
def test_no_push_is_beyond_its_share(
    strength: float, loudness: float, surge: float, hats: int, wildness: float, sensitivity: float
) -> None:
    knobs = Knobs(wildness=wildness, sensitivity=sensitivity)
    features = struck(*range(len(BANDS)), strength=strength, loudness=loudness, surge=surge, hats=hats)
    pushed = pushes(features, knobs)
    assert (np.abs(pushed) <= PUSH_SHARES).all()
    assert (np.abs(pushed) <= np.abs(pushes(replace(features, loudness=1.0), knobs)) + 1e-12).all()


def test_silence_and_a_deaf_picture_are_not_pushed() -> None:
    assert not pushes(Features.silence(), Knobs()).any()
    assert not pushes(struck(*range(len(BANDS)), surge=1.0), Knobs(sensitivity=0)).any()
