"""The critics, their losses and the pictures' changes before them."""

from __future__ import annotations

import math

import pytest
import torch

from mvnet.critic import Critic, ProjectedHeads, batch_spread, gradient_penalty, pairing_loss
from mvnet.diffaugment import CUTOUT, SHIFT, cut_out, diff_augment, shift
from mvnet.perceptual import FrozenFeatures, perceptual_distance


@pytest.fixture(scope="module")
def features() -> FrozenFeatures:
    return FrozenFeatures()


def test_pairing_loss_by_hand() -> None:
    better, worse = torch.tensor([0.0, 2.0]), torch.tensor([0.0, -1.0])
    wanted = (math.log(2) + math.log1p(math.exp(-3))) / 2
    assert pairing_loss(better, worse).item() == pytest.approx(wanted)


def test_gradient_penalty_by_hand() -> None:
    # The logit 3 x + y^2 has gradients 3 and 2 y: half the mean of 9 + 4 y^2.
    inputs = [torch.tensor([[1.0], [2.0]]), torch.tensor([[1.0], [0.0]])]
    penalty = gradient_penalty(lambda x, y: (3 * x + y**2)[:, 0], inputs)
    assert penalty.item() == pytest.approx((13 + 9) / 2 / 2)


@pytest.mark.parametrize("resolution", [64, 128])
def test_a_critic_reads_its_resolution(resolution: int) -> None:
    critic = Critic(resolution, 4)
    assert critic(torch.randn(6, 3, resolution, resolution), torch.randn(6, 10)).shape == (6,)


def test_a_critic_comes_to_mind_the_embedding() -> None:
    critic = Critic(64, 4)
    torch.nn.init.normal_(critic.projection.suits.weight)
    image = torch.randn(4, 3, 64, 64)
    assert not torch.equal(critic(image, torch.randn(4, 10)), critic(image, torch.randn(4, 10)))


def test_batch_spread_is_nothing_for_equal_pictures_and_more_for_others() -> None:
    same = torch.ones(8, 2, 4, 4)
    assert batch_spread(same).shape == (8, 1, 4, 4)
    assert batch_spread(same).max() < 1e-3
    assert batch_spread(torch.randn(8, 2, 4, 4)).min() > 0.5


@pytest.mark.parametrize("count", [1, 3, 8, 9, 11, 16])
def test_batch_spread_takes_any_batch(count: int) -> None:
    assert torch.isfinite(batch_spread(torch.randn(count, 2, 4, 4))).all()


def test_frozen_features_tell_pictures_apart_and_pass_gradients(features: FrozenFeatures) -> None:
    image = (torch.rand(2, 3, 64, 64) * 2 - 1).requires_grad_()
    taps = features(image)
    assert [tuple(tap.shape) for tap in taps] == [(2, 24, 16, 16), (2, 40, 8, 8), (2, 112, 4, 4)]
    same = perceptual_distance(features(image), taps)
    other = perceptual_distance(features(image.flip(0)), taps)
    assert same.max() < 1e-4
    assert other.min() > 0.05
    other.sum().backward()
    assert image.grad is not None
    assert image.grad.abs().sum() > 0
    assert not any(parameter.requires_grad for parameter in features.parameters())


def test_calibrated_taps_have_a_mean_square_of_one() -> None:
    features, images = FrozenFeatures(), torch.rand(4, 3, 64, 64) * 2 - 1
    features.calibrate(images)
    for tap in features(images):
        assert tap.square().mean().item() == pytest.approx(1, rel=1e-4)


def test_heads_judge_each_tap(features: FrozenFeatures) -> None:
    heads = ProjectedHeads()
    assert heads(features(torch.rand(3, 3, 64, 64)), torch.randn(3, 10)).shape == (3, 3)


def test_changes_keep_shape_and_pass_gradients() -> None:
    torch.manual_seed(0)
    image = torch.randn(4, 3, 32, 32, requires_grad=True)
    changed = diff_augment(image)
    assert changed.shape == image.shape
    changed.sum().backward()
    assert image.grad is not None
    assert image.grad.abs().sum() > 0


def test_a_shift_moves_by_an_eighth_at_most() -> None:
    torch.manual_seed(0)
    image = torch.zeros(64, 1, 32, 32)
    image[:, :, 16, 16] = 1
    places = shift(image)[:, 0].nonzero()[:, 1:]
    assert len(places) == 64
    assert (places - 16).abs().max() == round(SHIFT * 32)


def test_a_cutout_is_a_black_square_in_half_of_the_pictures() -> None:
    torch.manual_seed(0)
    holes = (cut_out(torch.ones(200, 3, 40, 40)) == 0).all(1)  # [N, 40, 40]
    share = holes.flatten(1).any(1).float().mean()
    assert 0.35 < share < 0.65
    assert holes.flatten(1).sum(1).max() <= (2 * (round(CUTOUT * 40) // 2) + 1) ** 2
