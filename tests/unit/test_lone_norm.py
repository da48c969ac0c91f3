"""Windows beside each other, each normalised alone: as one after another through the paper's network."""

from __future__ import annotations

import copy

import torch
from torch import nn

from mvnet.encoder import AudioEncoder
from mvnet.lone_norm import normalise_alone
from mvnet.losses import triplet_loss


def trained(encoder: AudioEncoder, beside: bool, steps: int = 3) -> AudioEncoder:
    """After some steps of the paper's recipe."""
    generator = torch.Generator().manual_seed(1)
    optimiser = torch.optim.SGD(encoder.parameters(), lr=1e-3)
    for _ in range(steps):
        mel = torch.rand(3, 3, 128, 256, generator=generator) * 2 - 1
        rows = encoder(mel).split(1) if beside else [encoder(window[None]) for window in mel]
        optimiser.zero_grad()
        triplet_loss(*rows, margin=100.0).backward()
        optimiser.step()
    return encoder


def test_beside_each_other_is_as_one_after_another() -> None:
    torch.manual_seed(0)
    plain = AudioEncoder().train()
    lone = copy.deepcopy(plain)
    normalise_alone(lone.blocks)
    before = copy.deepcopy(plain.state_dict())
    first, second = trained(plain, beside=False).state_dict(), trained(lone, beside=True).state_dict()
    assert first.keys() == second.keys()
    for name, value in first.items():
        torch.testing.assert_close(second[name], value, atol=2e-4, rtol=1e-3, msg=name)
    assert not torch.allclose(first["blocks.0.weight"], before["blocks.0.weight"], atol=1e-6)
    assert first["blocks.1.num_batches_tracked"] == 9
    window = torch.rand(2, 3, 128, 256)
    with torch.no_grad():
        torch.testing.assert_close(lone.eval()(window), plain.eval()(window), atol=1e-3, rtol=1e-3)


def test_a_mean_over_all_windows() -> None:
    torch.manual_seed(0)
    blocks = torch.nn.Sequential(torch.nn.BatchNorm2d(2, momentum=None))
    normalise_alone(blocks)
    x = torch.rand(5, 2, 4, 4)
    blocks.train()(x)
    torch.testing.assert_close(blocks[0].running_mean, x.mean((0, 2, 3)))


def test_it_stands_where_the_layer_stood() -> None:
    blocks = nn.Sequential(nn.BatchNorm2d(3, device="meta"), nn.BatchNorm2d(3)).eval()
    normalise_alone(blocks)
    assert [layer.weight.device.type for layer in blocks] == ["meta", "cpu"]
    assert not any(layer.training for layer in blocks)
