"""The encoder is the paper's, layer by layer (figure 2, left)."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from mvnet.encoder import AudioEncoder, PeriodHead, period_probabilities
from mvnet.frontend import MelSpec

# kind, parameters, output shape without the batch
TABLE = [
    (nn.Conv2d, 1_568, (32, 64, 128)),
    (nn.BatchNorm2d, 64, (32, 64, 128)),
    (nn.Conv2d, 32_832, (64, 32, 64)),
    (nn.BatchNorm2d, 128, (64, 32, 64)),
    (nn.Conv2d, 131_200, (128, 16, 32)),
    (nn.BatchNorm2d, 256, (128, 16, 32)),
    (nn.Conv2d, 524_544, (256, 8, 16)),
    (nn.BatchNorm2d, 512, (256, 8, 16)),
    (nn.Conv2d, 2_097_664, (512, 4, 8)),
    (nn.BatchNorm2d, 1_024, (512, 4, 8)),
    (nn.Conv2d, 8_389_632, (1024, 2, 4)),
    (nn.BatchNorm2d, 2_048, (1024, 2, 4)),
    (nn.Linear, 81_930, (10,)),
]


def layer_rows(network: nn.Module, *inputs: Tensor) -> list[tuple[type[nn.Module], int, tuple[int, ...]]]:
    """Kind, parameters and output shape of each layer with parameters of its own, in the order they run."""
    rows: list[tuple[type[nn.Module], int, tuple[int, ...]]] = []

    def note(module: nn.Module, _inputs: object, output: Tensor) -> None:
        rows.append((type(module), sum(p.numel() for p in module.parameters()), tuple(output.shape[1:])))

    hooks = [
        module.register_forward_hook(note)
        for module in network.modules()
        if not list(module.children()) and list(module.parameters())
    ]
    with torch.no_grad():
        network.eval()(*inputs)
    for hook in hooks:
        hook.remove()
    return rows


def test_layer_table() -> None:
    assert layer_rows(AudioEncoder(), torch.zeros(1, *MelSpec().input_shape)) == TABLE


def test_parameter_sum() -> None:
    assert sum(p.numel() for p in AudioEncoder().parameters()) == 11_263_402
    assert sum(row[1] for row in TABLE) == 11_263_402


@pytest.mark.parametrize("n", [1, 3])
def test_any_batch_embeds_each_window_alone(n: int) -> None:
    torch.manual_seed(0)
    encoder = AudioEncoder().eval()
    mel = torch.randn(n, *MelSpec().input_shape)
    with torch.no_grad():
        together = encoder(mel)
        alone = torch.cat([encoder(window[None]) for window in mel])
    assert together.shape == (n, 10)
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)


def test_every_block_is_followed_by_relu() -> None:
    kinds = [type(module) for module in AudioEncoder().blocks]
    assert kinds == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU] * 6


def test_period_probabilities_are_a_distribution() -> None:
    torch.manual_seed(0)
    head = PeriodHead()
    embedding = torch.randn(4, 10) * 5
    chances = period_probabilities(head, embedding)
    assert chances.shape == (4, 5)
    torch.testing.assert_close(chances.sum(1), torch.ones(4))
    assert (chances.argmax(1) == head(embedding).argmax(1)).all()
