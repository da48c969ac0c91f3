"""Generator and discriminator are the paper's, layer by layer (figure 2, middle and right)."""

from __future__ import annotations

import torch
from torch import nn

from mvnet.gan import IMAGE_SIZE, NOISE_SIZE, Discriminator, Generator, SelfAttention, init_xavier
from tests.unit.test_encoder import layer_rows

GENERATOR = [
    (nn.Linear, 1_818_624, (16_384,)),
    (nn.Conv2d, 4_719_104, (512, 8, 8)),
    (nn.Conv2d, 1_179_904, (256, 16, 16)),
    (nn.Conv2d, 295_040, (128, 32, 32)),
    (nn.Conv2d, 2_064, (16, 32, 32)),
    (nn.Conv2d, 2_064, (16, 32, 32)),
    (nn.Conv2d, 16_512, (128, 32, 32)),
    (nn.Conv2d, 73_792, (64, 64, 64)),
    (nn.Conv2d, 520, (8, 64, 64)),
    (nn.Conv2d, 520, (8, 64, 64)),
    (nn.Conv2d, 4_160, (64, 64, 64)),
    (nn.Conv2d, 1_731, (3, 64, 64)),
]
DISCRIMINATOR = [
    (nn.Conv2d, 3_136, (64, 32, 32)),
    (nn.Conv2d, 131_200, (128, 16, 16)),
    (nn.BatchNorm2d, 256, (128, 16, 16)),
    (nn.Conv2d, 524_544, (256, 8, 8)),
    (nn.BatchNorm2d, 512, (256, 8, 8)),
    (nn.Conv2d, 2_097_664, (512, 4, 4)),
    (nn.BatchNorm2d, 1_024, (512, 4, 4)),
    (nn.Conv2d, 4_719_616, (1024, 4, 4)),
    (nn.BatchNorm2d, 2_048, (1024, 4, 4)),
    (nn.Linear, 16_385, (1,)),
]


def test_generator_table() -> None:
    assert layer_rows(Generator(), torch.zeros(1, NOISE_SIZE), torch.zeros(1, 10)) == GENERATOR


def test_generator_parameters_are_the_papers_and_two_gammas() -> None:
    assert sum(row[1] for row in GENERATOR) == 8_114_035
    assert sum(p.numel() for p in Generator().parameters()) == 8_114_037


def test_discriminator_table() -> None:
    assert layer_rows(Discriminator(), torch.zeros(1, 3, IMAGE_SIZE, IMAGE_SIZE)) == DISCRIMINATOR
    assert sum(p.numel() for p in Discriminator().parameters()) == 7_496_385


def test_generator_paints_pictures_in_range_that_follow_noise_and_embedding() -> None:
    torch.manual_seed(0)
    generator = Generator().eval()
    noise, embedding = torch.randn(2, NOISE_SIZE), torch.randn(2, 10)
    with torch.no_grad():
        images = generator(noise, embedding)
        other = generator(noise, embedding.flip(0))
    assert images.shape == (2, 3, IMAGE_SIZE, IMAGE_SIZE)
    assert images.abs().max() <= 1
    assert (images[0] - images[1]).abs().max() > 1e-3
    assert (images - other).abs().max() > 1e-3


def test_discriminator_gives_one_logit_a_painting() -> None:
    with torch.no_grad():
        assert Discriminator().eval()(torch.zeros(3, 3, IMAGE_SIZE, IMAGE_SIZE)).shape == (3,)


def test_attention_is_its_formula_and_starts_as_identity() -> None:
    torch.manual_seed(0)
    attention = SelfAttention(16)
    x = torch.randn(2, 16, 5, 4)
    with torch.no_grad():
        torch.testing.assert_close(attention(x), x)
        attention.gamma.fill_(0.7)
        query, key, value = (layer(x).flatten(2) for layer in (attention.query, attention.key, attention.value))
        weights = torch.softmax(query.transpose(1, 2) @ key, dim=2)  # [N, HW, HW], over the keys
        expected = 0.7 * (value @ weights.transpose(1, 2)).view_as(x) + x
        torch.testing.assert_close(attention(x), expected, atol=1e-5, rtol=1e-4)


def test_xavier_sets_convolutions_and_batch_norms_only() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(64, 64, 3), nn.BatchNorm2d(4096), nn.Linear(8, 8))
    linear = network[2].weight.detach().clone()
    network.apply(init_xavier)
    deviation = (2 / (64 * 9 + 64 * 9)) ** 0.5
    assert abs(network[0].weight.std().item() / deviation - 1) < 0.05
    assert abs(network[1].weight.mean().item() - 1) < 0.005
    assert abs(network[1].weight.std().item() / 0.02 - 1) < 0.1
    assert torch.equal(network[2].weight, linear)
