"""Each model's pace: kept while others paint, guessed for one that is new."""

from __future__ import annotations

import gc

import pytest

from visualizer.painting.efforts import MOST_STRAIN, USUAL_STRAIN, Efforts
from visualizer.painting.governor import Load

HZ = 33.0


class Model:
    """What efforts are told by."""

    def __init__(self, paint_s: float | None = None, provider: str = "CPU") -> None:
        self.paint_s, self.provider = paint_s, provider
        self.generator = self


def test_a_model_goes_on_at_the_pace_that_it_had() -> None:
    efforts, slow, quick = Efforts(), Model(), Model()
    before = efforts.of(slow, HZ)
    before.governor.observe(Load(HZ, 0.0, painting_s=0.11))
    before.paintings.add(0.0, 0.11)
    assert efforts.of(quick, HZ, before=slow).governor.pace.divisor < before.governor.pace.divisor == 5
    assert efforts.of(slow, HZ, before=quick) is before


def test_models_with_one_generator_share_an_effort() -> None:
    efforts, model, again = Efforts(), Model(), Model()
    again.generator = model.generator
    assert efforts.of(model, HZ) is efforts.of(again, HZ)


@pytest.mark.parametrize(("paint_s", "divisor"), [(0.004, 2), (0.03, 2), (0.06, 4), (2.0, 12), (None, 1)])
def test_the_first_model_begins_by_the_time_that_it_took_alone(paint_s: float | None, divisor: int) -> None:
    assert efforts_pace(Efforts(), Model(paint_s)) == divisor


def test_a_graphics_card_paints_for_each_refresh() -> None:
    assert efforts_pace(Efforts(), Model(0.004, provider="CUDA")) == 1


@pytest.mark.parametrize(
    ("took_s", "strain"), [(0.02, 1.0), (0.06, 3.0), (0.01, 1.0), (9.0, MOST_STRAIN), (None, USUAL_STRAIN)]
)
def test_a_new_model_begins_with_the_strain_of_the_one_before(took_s: float | None, strain: float) -> None:
    efforts, before = Efforts(), Model(0.02)
    effort = efforts.of(before, HZ)
    if took_s is not None:
        effort.paintings.add(0.0, took_s)
    guessed = efforts.of(Model(0.04), HZ, before=before).governor.pace.divisor
    assert guessed == efforts_pace(Efforts(), Model(0.04 * strain / USUAL_STRAIN))


def test_the_effort_of_a_model_that_is_gone_is_forgotten() -> None:
    efforts, model = Efforts(), Model()
    efforts.of(model, HZ)
    assert len(efforts) == 1
    model.generator = None
    del model
    gc.collect()
    assert len(efforts) == 0


def efforts_pace(efforts: Efforts, model: Model) -> int:
    return efforts.of(model, HZ).governor.pace.divisor
