"""The judge of periods: what it learns from real paintings, and when it is silent."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from mvnet.period_probe import PeriodProbe, fitted_probe, from_afar, summary

PAINTINGS = 60


def taps_of_periods(apart: float, seed: int = 0) -> tuple[Tensor, np.ndarray]:
    """One tap [n, 4, 6, 6] of paintings of two periods, whose means lie so many spreads apart, and their periods."""
    rng = np.random.default_rng(seed)
    periods = np.repeat([1, 3], PAINTINGS)
    means = rng.normal(size=(2 * PAINTINGS, 4)) + apart * (periods == 3)[:, None]
    maps = means[:, :, None, None] + rng.normal(size=(2 * PAINTINGS, 4, 6, 6))
    return torch.from_numpy(maps.astype(np.float32)), periods


def test_summary_is_mean_and_spread_of_each_channel() -> None:
    tap = torch.tensor([[[[1.0, 3.0]], [[2.0, 2.0]]]])
    torch.testing.assert_close(summary([tap]), torch.tensor([[2.0, 2.0, 1.0, 1e-3]]))


def test_from_afar_textures_are_gone_and_light_and_colours_are_not() -> None:
    texture = torch.zeros(1, 3, 64, 64)
    texture[:, :, ::2], texture[:, :, 1::2] = 1, -1
    assert from_afar(texture).abs().max() < 1e-6
    ground = torch.ones(1, 3, 64, 64) * torch.tensor([0.2, -0.4, 0.9])[:, None, None]
    torch.testing.assert_close(from_afar(ground), ground)


def test_it_tells_periods_apart_as_far_as_they_are() -> None:
    losses = []
    for apart in (0.0, 1.0, 4.0):
        taps, periods = taps_of_periods(apart)
        probe = fitted_probe(lambda rows, taps=taps: [taps[rows]], periods, 0)  # type: ignore[misc]
        losses.append(probe.real_loss)
    assert losses[0] > losses[1] > losses[2]
    assert probe.real_accuracy == 1
    assert set(probe([taps]).argmax(1).tolist()) == {1, 3}


def test_it_is_silent_about_pictures_that_are_recognised_and_not_about_others() -> None:
    taps, periods = taps_of_periods(2.0)
    probe = fitted_probe(lambda rows: [taps[rows]], periods, 0)
    of = torch.from_numpy(periods)
    assert probe.gap([taps + 3 * (of == 3).float()[:, None, None, None]], of) == 0
    exchanged = taps.flip(0).requires_grad_()
    gap = probe.gap([exchanged], of)
    assert gap > 1
    gap.backward()
    assert exchanged.grad is not None
    assert exchanged.grad.abs().sum() > 0


def test_the_same_seed_gives_the_same_judge_and_it_does_not_learn_on() -> None:
    taps, periods = taps_of_periods(1.0)
    first, second = (fitted_probe(lambda rows: [taps[rows]], periods, 4) for _ in range(2))
    assert isinstance(first, PeriodProbe)
    assert torch.equal(first.linear.weight, second.linear.weight)
    assert not any(parameter.requires_grad for parameter in first.parameters())


@pytest.mark.parametrize("missing", [0, 2, 4])
def test_a_period_without_paintings_is_never_named(missing: int) -> None:
    taps, periods = taps_of_periods(1.0)
    probe = fitted_probe(lambda rows: [taps[rows]], periods, 0)
    assert not (probe([taps]).argmax(1) == missing).any()
