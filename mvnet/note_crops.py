"""What the note network learns from: short cuts of windows, changed, with the notes changed alike.

Notes are heard within a fraction of a second, so many short cuts of different music teach more than few whole
windows. Works on batches, on the device; random numbers are torch's global ones, seeded at each step. Runs in
the training process.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mvnet.note_lessons import COLUMNS
from mvnet.note_network import FIRST_PITCH, PITCHES, STEP_COLUMNS
from mvnet.spectral import SpectralAugment

LOWEST_KEY = 21  # MIDI pitch of the lessons' first key, A0
KEYS = 88
DETUNED = 0.3  # semitones: instruments are out of tune by up to this


class NoteCrops:
    """Random cuts, transposed and heard elsewhere.

    Args:
        augment: how the sound changes.
        columns: mel columns of a cut; a multiple of 24, so that the lessons' and the answer's steps both fit.
        semitones: transposed up or down by up to this, in whole semitones.
    """

    def __init__(self, augment: SpectralAugment, columns: int, semitones: int) -> None:
        self._augment, self._columns, self._semitones = augment, columns, semitones

    def __call__(self, columns: Tensor, notes: Tensor) -> tuple[Tensor, Tensor]:
        """Cut and change.

        Args:
            columns: [N, n_mels, n_frames] in the encoder's scale.
            notes: uint8 [N, n_frames / COLUMNS, 88, 2].
        Returns:
            [N, n_mels, columns], and the wanted answer [N, 2, PITCHES, columns / STEP_COLUMNS] in 0 to 1.
        """
        n, bands, frames = columns.shape
        grid = COLUMNS * STEP_COLUMNS
        start = torch.randint((frames - self._columns) // grid + 1, (n, 1), device=columns.device) * grid
        times = start + torch.arange(self._columns, device=columns.device)
        cut = columns.gather(2, times[:, None, :].expand(-1, bands, -1))
        semitones = torch.randint(-self._semitones, self._semitones + 1, (n, 1), device=columns.device)
        detuned = (2 * torch.rand(n, 1, device=columns.device) - 1) * DETUNED
        changed = self._augment.elsewhere(self._augment.transposed(cut, semitones + detuned))
        steps = start // COLUMNS + torch.arange(self._columns // COLUMNS, device=columns.device)
        return changed, wanted_notes(notes, steps, semitones)


def wanted_notes(notes: Tensor, steps: Tensor, semitones: Tensor) -> Tensor:
    """Lessons as the network shall answer them.

    Args:
        notes: uint8 [N, n, 88, 2].
        steps: of the lessons, int64 [N, T].
        semitones: up, int64 [N, 1].
    Returns:
        [N, 2, PITCHES, T * COLUMNS / STEP_COLUMNS]: the largest of each of its steps.
    """
    count = len(notes)
    keys = torch.arange(PITCHES, device=notes.device) + FIRST_PITCH - LOWEST_KEY - semitones  # [N, PITCHES]
    inside = (keys >= 0) & (keys < KEYS)
    rows = torch.arange(count, device=notes.device)[:, None, None]
    chosen = notes[rows, steps[:, :, None], keys.clamp(0, KEYS - 1)[:, None, :]]  # [N, T, PITCHES, 2]
    levels = (chosen.float() / 255 * inside[:, None, :, None]).permute(0, 3, 2, 1)
    return F.adaptive_max_pool2d(levels, (PITCHES, steps.shape[1] * COLUMNS // STEP_COLUMNS))
