"""A network that names instruments, voices and moods: one of the encoder's teachers.

musicnn's convolutional network with the weights of the package of that name (ISC licence), trained on
MagnaTagATune. Runs in the training process, before the training, over each clip once.
Source: J. Pons and X. Serra, musicnn: pre-trained convolutional neural networks for music audio
tagging, 2019.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec, mel_filterbank
from mvnet.resample import resample
from mvnet.tensor_bundle import read_bundle

SPEC = MelSpec(sample_rate=16_000, n_fft=512, hop=256, n_mels=96)  # of the network's input; Hann instead of Hamming
PATCH = 187  # columns, three seconds
PATCHES = 3
EPSILON = 1e-3  # of its batch norms


class Tagger:
    """The network up to its pooled features.

    Args:
        folder: MTT_musicnn of the unpacked package.
    Raises:
        MvnetError: it is not there or not complete.
    """

    def __init__(self, folder: Path) -> None:
        bundle = read_bundle(f"{folder}/")
        self._weights = {name: torch.from_numpy(value) for name, value in bundle.items() if "Adam" not in name}
        if missing := {"conv2d_7/kernel", "batch_normalization_8/gamma"} - self._weights.keys():
            raise MvnetError(f"{folder} lacks {', '.join(sorted(missing))}: give MTT_musicnn of the package musicnn")

    @torch.no_grad()
    def features(self, samples: np.ndarray, rate: int) -> np.ndarray:
        """What the network hears in a clip of at least three seconds.

        Args:
            samples: float32 [n], full scale +-1.
            rate: Hz.
        Returns:
            float32 [1506], largest and mean activations over time, the mean of three patches.
        """
        columns = log_columns(resample(samples, rate, SPEC.sample_rate))
        last = len(columns) - PATCH
        starts = (0, last // 2, last)
        return self.pooled(torch.stack([columns[start : start + PATCH] for start in starts])).mean(0).numpy()

    def pooled(self, columns: Tensor) -> Tensor:
        """Mel columns [N, 187, 96] to features [N, 1506]."""
        x = self._normalise(columns[:, None], 0)
        timbral = [self._front(F.pad(x, (0, 0, 3, 3)), number) for number in (0, 1)]
        temporal = [self._front(F.pad(x, (0, 0, before, after)), n) for n, before, after in _SAME]
        found = [torch.cat(timbral + temporal, 1)]  # [N, 561, T]
        found.append(self._middle(found[0], 5))
        for number in (6, 7):
            found.append(self._middle(found[-1], number) + found[-1])
        whole = torch.cat(found, 1)  # [N, 753, T]
        return torch.cat((whole.amax(2), whole.mean(2)), 1)

    def _front(self, padded: Tensor, number: int) -> Tensor:
        """One group of filters, its largest answer over the bands; [N, filters, T]."""
        kernel, bias = self._kernel(number)
        answer = F.conv2d(padded, kernel.permute(3, 2, 0, 1).contiguous(), bias).relu()
        return self._normalise(answer, number + 1).amax(3)

    def _middle(self, features: Tensor, number: int) -> Tensor:
        kernel, bias = self._kernel(number)
        answer = F.conv1d(features, kernel[:, :, 0].permute(2, 1, 0).contiguous(), bias, padding=3).relu()
        return self._normalise(answer, number + 1)

    def _kernel(self, number: int) -> tuple[Tensor, Tensor]:
        name = f"conv2d_{number}" if number else "conv2d"
        return self._weights[f"{name}/kernel"], self._weights[f"{name}/bias"]

    def _normalise(self, x: Tensor, number: int) -> Tensor:
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        parts = ("moving_mean", "moving_variance", "gamma", "beta")
        mean, variance, scale, shift = (self._weights[f"{name}/{part}"] for part in parts)
        return F.batch_norm(x, mean, variance, scale, shift, eps=EPSILON)


_SAME = ((2, 63, 64), (3, 31, 32), (4, 15, 16))  # filters over time and the silence before and after them


def log_columns(samples: np.ndarray) -> Tensor:
    """The network's input, float32 [columns, 96], of samples at 16 kHz: log10(1 + 10,000 * power)."""
    padded = F.pad(torch.from_numpy(samples), (SPEC.n_fft // 2, SPEC.n_fft // 2))
    frames = padded.unfold(0, SPEC.n_fft, SPEC.hop) * torch.hann_window(SPEC.n_fft)
    power = torch.fft.rfft(frames).abs().square()
    bank = torch.from_numpy(np.array(mel_filterbank(SPEC).T, np.float32))
    return torch.log10(1 + 10_000 * (power @ bank))
