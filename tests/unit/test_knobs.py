"""The knobs: usual changes nothing, the ends are as far apart as promised, nonsense is refused."""

from __future__ import annotations

import pytest

from visualizer.painting.knobs import Knobs


def test_usual_knobs_change_nothing() -> None:
    usual = Knobs()
    assert (usual.speed_factor, usual.sensitivity_factor, usual.smoothing_factor) == (1, 1, 1)


def test_the_ends_of_the_knobs() -> None:
    low, high = Knobs(speed=0, sensitivity=0, smoothing=0), Knobs(speed=1, sensitivity=1, smoothing=1)
    assert (low.speed_factor, high.speed_factor) == (1 / 4, 4)
    assert (low.sensitivity_factor, high.sensitivity_factor) == (0, 2)
    assert (low.smoothing_factor, high.smoothing_factor) == (pytest.approx(1 / 3), 3)


@pytest.mark.parametrize("name", ["wildness", "speed", "sensitivity", "smoothing"])
@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan"), float("inf")])
def test_a_knob_beyond_its_ends_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is"):
        Knobs(**{name: value})
