"""What a teacher hears note by note in the clips, as one file that `mvnet train notes` learns from.

Written by `mvnet lessons --notes` (mvnet.transcriber). NumPy only; runs in the training process.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.harmony import PITCHES
from mvnet.lessons import clip_name, rows_of
from mvnet.records import Clip

COLUMNS = 3  # mel columns in one step of what is kept
FULL = 0.85  # activation that is kept as 255: a note that the teacher is sure of


def note_steps(notes: np.ndarray, onsets: np.ndarray, spec: MelSpec) -> np.ndarray:
    """A teacher's activations on the grid of a window's mel columns, the largest of each step.

    Args:
        notes, onsets: float [n, 88] from A0, one row each spec.hop samples, the first centred on the first sample.
    Returns:
        uint8 [spec.n_frames / COLUMNS, 88, 2]; 0 where the activations end before the window.
    """
    first = spec.n_fft // 2 // spec.hop  # a column is centred half a Fourier window after its first sample
    both = np.stack((notes, onsets), -1)[first : first + spec.n_frames]
    both = np.pad(both, ((0, spec.n_frames - len(both)), (0, 0), (0, 0)))
    steps = both.reshape(-1, COLUMNS, PITCHES, 2).max(1)
    return np.clip(steps * (255 / FULL), 0, 255).astype(np.uint8)


def write_notes(path: Path, clips: Sequence[Clip], notes: np.ndarray) -> None:
    """Keep the notes of clips, uint8 [n, steps, 88, 2]."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names, starts = np.array([clip_name(clip) for clip in clips]), np.array([clip.start_s for clip in clips])
    with path.open("wb") as file:
        np.savez_compressed(file, names=names, starts=starts, notes=notes)


def read_notes(paths: Sequence[Path], clips: Sequence[Clip], spec: MelSpec) -> tuple[np.ndarray, np.ndarray]:
    """Notes of clips from one or more files.

    Returns:
        uint8 [n, steps, 88, 2], 0 for clips that no file knows; and which clips are known, bool [n].
    Raises:
        MvnetError: a file cannot be read, is of other windows, or all together know none of the clips.
    """
    steps = spec.n_frames // COLUMNS
    found = np.zeros((len(clips), steps, PITCHES, 2), np.uint8)
    known = np.zeros(len(clips), bool)
    for path in paths:
        try:
            with np.load(path, allow_pickle=False) as content:
                rows, notes = rows_of(content["names"], content["starts"], clips), content["notes"]
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise MvnetError(
                f"{path} is not a file of notes ({error}): write it with `mvnet lessons --notes`"
            ) from error
        if notes.shape[1:] != found.shape[1:]:
            raise MvnetError(
                f"{path} holds notes of shape {list(notes.shape[1:])}, not {list(found.shape[1:])}: write it anew"
            )
        found[rows >= 0] = notes[rows[rows >= 0]]
        known |= rows >= 0
    if not known.any():
        raise MvnetError("the files of notes know none of these clips: write them with `mvnet lessons --notes`")
    return found, known
