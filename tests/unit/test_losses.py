"""The losses against values worked by hand."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from mvnet.losses import discriminator_loss, generator_loss, supervised_contrastive_loss, triplet_loss


def test_triplet_loss_by_hand() -> None:
    anchor = torch.zeros(1, 10)
    positive, negative = torch.zeros(1, 10), torch.zeros(1, 10)
    positive[0, :2] = 1.0  # distance 2^(1/5) = 1.1487
    negative[0, 0] = 3.0  # distance 3
    expected = 2 ** (1 / 5) - 3 + 3
    assert triplet_loss(anchor, positive, negative).item() == pytest.approx(expected, abs=1e-4)


def test_triplet_loss_is_zero_beyond_the_margin_and_uses_its_norm() -> None:
    anchor, positive = torch.zeros(2, 10), torch.zeros(2, 10)
    negative = torch.full((2, 10), 2.5)  # 2.5 * 10^(1/5) = 3.96 from the anchor; 7.9 with p = 2
    assert triplet_loss(anchor, positive, negative).item() == 0
    assert triplet_loss(anchor, positive, negative, margin=5).item() == pytest.approx(5 - 2.5 * 10**0.2, abs=1e-4)
    assert triplet_loss(anchor, positive, negative, margin=5, p=2).item() == 0


def test_contrastive_loss_by_hand() -> None:
    embedding = torch.tensor([[2.0, 0.0], [5.0, 0.0], [0.0, 1.0]])  # directions: a, a, at a right angle
    label = torch.tensor([0, 0, 1])  # the third clip has no positive and does not count
    expected = -math.log(math.e / (math.e + 1))
    assert supervised_contrastive_loss(embedding, label, 1.0).item() == pytest.approx(expected, rel=1e-5)


def test_contrastive_loss_without_positives_is_zero_with_finite_gradient() -> None:
    embedding = torch.randn(3, 10, requires_grad=True)
    loss = supervised_contrastive_loss(embedding, torch.tensor([0, 1, 2]))
    loss.backward()
    assert loss.item() == 0
    assert embedding.grad is not None
    assert torch.isfinite(embedding.grad).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=12), st.floats(0.05, 2), st.integers(0, 2**31))
def test_contrastive_loss_equals_its_definition(labels: list[int], temperature: float, seed: int) -> None:
    embedding = torch.randn(len(labels), 10, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    z = F.normalize(embedding, dim=1)
    terms = []
    for i, label in enumerate(labels):
        others = [j for j in range(len(labels)) if j != i]
        positives = [j for j in others if labels[j] == label]
        if positives:
            total = sum(math.exp(float(z[i] @ z[j]) / temperature) for j in others)
            terms.append(-sum(float(z[i] @ z[j]) / temperature - math.log(total) for j in positives) / len(positives))
    expected = sum(terms) / len(terms) if terms else 0.0
    loss = supervised_contrastive_loss(embedding, torch.tensor(labels), temperature)
    assert loss.item() == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_discriminator_loss_reaches_the_labels_entropy_and_no_less() -> None:
    entropy = -(0.2 * math.log(0.2) + 0.8 * math.log(0.8))  # 0.500: the paper's flat line
    perfect = math.log(0.8 / 0.2)
    loss = discriminator_loss(torch.tensor([perfect, perfect]), torch.tensor([-perfect]))
    assert loss.item() == pytest.approx(entropy, rel=1e-5)
    assert discriminator_loss(torch.tensor([9.0]), torch.tensor([-9.0])).item() > entropy


def test_discriminator_loss_without_smoothing_is_plain_cross_entropy() -> None:
    loss = discriminator_loss(torch.tensor([1.0]), torch.tensor([2.0]), smoothing=0.0)
    assert loss.item() == pytest.approx((math.log1p(math.exp(-1)) + math.log1p(math.exp(2))) / 2, rel=1e-5)


def test_generator_loss_against_a_saturated_discriminator_is_the_papers() -> None:
    logit = math.log(0.2 / 0.8)  # the discriminator gives fakes its smoothed label
    assert generator_loss(torch.tensor([logit])).item() == pytest.approx(-math.log(0.2), rel=1e-5)  # 1.61


@pytest.mark.parametrize("clips", [0, 1])
def test_contrast_of_too_few_clips_is_nothing(clips: int) -> None:
    embedding = torch.randn(clips, 10, requires_grad=True)
    loss = supervised_contrastive_loss(embedding, torch.zeros(clips, dtype=torch.int64))
    loss.backward()
    assert loss.item() == 0
    assert embedding.grad is not None
    assert torch.isfinite(embedding.grad).all()
