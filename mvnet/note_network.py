"""The encoder's first half: from a mel window to the notes that sound in it, whatever plays them.

Periods differ in what is composed far more than in who plays it, and mel bands show timbre first. So the bands are
laid out on a scale of semitones, where a chord looks the same in every key; each pitch is judged by its partials, side
by side as channels; and the network learns to say which notes sound and begin from a teacher that hears notes
(mvnet.transcriber). It is trained by `mvnet train notes` and stays as it is while the style is learnt.

Source: the layout of partials follows R. Bittner et al., Deep Salience Representations for F0 Estimation, 2017.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mvnet.frontend import MelSpec
from mvnet.spectral import band_positions

LOWEST = 36  # MIDI pitch of the plane's first row: below it mel bands tell no pitches apart
SEMITONES = 88  # of the plane, two rows each
FIRST_PITCH = 28  # MIDI pitch of the lowest note that is answered
PITCHES = 72  # six octaves
PARTIALS = (1, 2, 3, 4, 5, 6)
STEP_COLUMNS = 8  # mel columns in one step of the answer: 93 ms
STEM = 8  # channels of a row
WIDTH = 32  # channels of a pitch
SILENT = -3.0  # logit to begin with: most pitches are silent most of the time


def semitone_rows(spec: MelSpec) -> np.ndarray:
    """Which mel bands make up each row of the plane: interpolation weights float32 [2 * SEMITONES, n_mels]."""
    midi = LOWEST + np.arange(2 * SEMITONES) / 2
    place = np.clip(band_positions(440 * 2 ** ((midi - 69) / 12), spec), 0, spec.n_mels - 1)
    low = np.minimum(place.astype(int), spec.n_mels - 2)
    rows = np.arange(len(midi))
    weights = np.zeros((len(midi), spec.n_mels), np.float32)
    weights[rows, low] = 1 - (place - low)
    weights[rows, low + 1] = place - low
    return weights


def partial_offsets() -> list[int]:
    """Row, in semitones of the plane, at which each partial of the lowest note lies; may be negative."""
    return [FIRST_PITCH - LOWEST + round(12 * math.log2(number)) for number in PARTIALS]


def convolution(channels: int, width: int, size: tuple[int, int], *, stride: int = 1, padded: bool = True) -> nn.Module:
    """Convolution without bias, batch normalisation, ReLU."""
    padding = (size[0] // 2, size[1] // 2) if padded else 0
    return nn.Sequential(
        nn.Conv2d(channels, width, size, stride=stride, padding=padding, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    )


class Bottleneck(nn.Module):
    """x + what a convolution on half of the channels adds, then ReLU."""

    def __init__(self, width: int, size: tuple[int, int]) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            convolution(width, width // 2, (1, 1)),
            convolution(width // 2, width // 2, size),
            nn.Conv2d(width // 2, width, 1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """[N, width, PITCHES, T] to the same shape."""
        return F.relu(x + self.inner(x))


class NoteNetwork(nn.Module):
    """Notes and their beginnings in mel columns, 14,162 parameters.

    Args:
        spec: of the columns.
    """

    plane: Tensor

    def __init__(self, spec: MelSpec | None = None) -> None:
        super().__init__()
        self.register_buffer("plane", torch.from_numpy(semitone_rows(spec or MelSpec())), persistent=False)
        self.stem = convolution(STEP_COLUMNS, STEM, (5, 3), padded=False)
        self.gather = convolution(STEM * 2 * len(PARTIALS), WIDTH, (1, 1))
        self.blocks = nn.Sequential(Bottleneck(WIDTH, (5, 3)), Bottleneck(WIDTH, (3, 5)))
        self.answer = nn.Conv2d(WIDTH, 2, 1)
        self.answer.bias.data.fill_(SILENT)  # type: ignore[union-attr]
        self.centre()

    @torch.no_grad()
    def centre(self) -> None:
        """Take its mean from each filter of the first layer, so that loudness alone changes nothing."""
        weight = self.stem[0].weight  # type: ignore[index]
        weight -= weight.mean((1, 2, 3), keepdim=True)

    def forward(self, columns: Tensor) -> Tensor:
        """Logits of notes and of beginnings.

        Args:
            columns: [N, n_mels, T] in the encoder's scale; T a multiple of STEP_COLUMNS.
        Returns:
            [N, 2, PITCHES, T / STEP_COLUMNS].
        """
        n, _, frames = columns.shape
        rows = torch.matmul(self.plane, columns)  # [N, 2 * SEMITONES, T]
        x = rows.reshape(n, 2 * SEMITONES, frames // STEP_COLUMNS, STEP_COLUMNS).permute(0, 3, 1, 2)
        x = self.stem(F.pad(x, (1, 1, 2, 2), mode="replicate"))  # [N, STEM, 2 * SEMITONES, steps]
        return self.answer(self.blocks(self.gather(partials(x))))


def partials(rows: Tensor) -> Tensor:
    """Each note's partials side by side.

    Args:
        rows: [N, C, 2 * SEMITONES, T].
    Returns:
        [N, 2 * C * len(PARTIALS), PITCHES, T]; 0 where a partial lies outside the plane.
    """
    n, channels, count, steps = rows.shape
    semitones = rows.reshape(n, channels, count // 2, 2, steps).transpose(2, 3).flatten(1, 2)  # [N, 2 C, 88, T]
    parts = []
    for offset in partial_offsets():
        low, high = max(0, offset), min(SEMITONES, offset + PITCHES)
        parts.append(F.pad(semitones[:, :, low:high], (0, 0, low - offset, offset + PITCHES - high)))
    return torch.cat(parts, 1)
