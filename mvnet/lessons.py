"""What teachers hear in the clips, as one file that a training learns from: numbers of each teacher for each clip.

Written by `mvnet lessons` (mvnet.teachers), read by `mvnet train encoder`. NumPy only; runs in the training
process.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mvnet.errors import MvnetError
from mvnet.records import Clip

SIZE = 48  # main components that are learnt of one teacher
WIDEST = 4.0  # standard deviations: what lies further out is an accident


def write_lessons(path: Path, clips: Sequence[Clip], lessons: Mapping[str, np.ndarray]) -> None:
    """Keep what teachers hear in clips: float [n, numbers] of each teacher, by the teacher's name."""
    names = np.array([_name(clip) for clip in clips])
    starts = np.array([clip.start_s for clip in clips])
    rows: dict[str, Any] = {name: np.asarray(numbers, np.float32) for name, numbers in lessons.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(file, names=names, starts=starts, **rows)


def read_lessons(path: Path, clips: Sequence[Clip]) -> list[np.ndarray]:
    """Lessons of clips, float32 [n, numbers] of each teacher; NaN in the rows of clips that are not trained with.

    Raises:
        MvnetError: the file cannot be read, or lacks training clips.
    """
    try:
        with np.load(path, allow_pickle=False) as content:
            names, starts = content["names"], content["starts"]
            teachers = [content[name] for name in content.files if name not in ("names", "starts")]
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise MvnetError(f"{path} is not a file of lessons ({error}): write it with `mvnet lessons`") from error
    place = {(name, round(start, 2)): row for row, (name, start) in enumerate(zip(names, starts, strict=True))}
    rows = np.array([place.get((_name(clip), round(clip.start_s, 2)), -1) for clip in clips])
    train = np.array([clip.recording.split == "train" for clip in clips])
    if (missing := int((train & (rows < 0)).sum())) > 0:
        raise MvnetError(f"{path} lacks {missing} of the training clips: write it again with `mvnet lessons`")
    return [np.where((rows >= 0)[:, None], numbers[rows], np.nan).astype(np.float32) for numbers in teachers]


def _name(clip: Clip) -> str:
    """What a recording is called wherever its data set lies: its file and the two folders around it."""
    return "/".join(clip.recording.path.parts[-3:])


def condense(lessons: Sequence[np.ndarray], rows: np.ndarray, size: int = SIZE) -> np.ndarray:
    """Main components of each teacher's numbers, side by side; all squares together sum to 1 on average.

    Each number is standardised first, so that none counts more for its unit, and each teacher counts
    the same.

    Args:
        lessons: float32 [n, numbers] of each teacher.
        rows: of the training clips, from which scales and components are taken.
        size: components of one teacher, fewer where it has fewer numbers.
    Returns:
        float32 [n, components].
    """
    parts = [_components(numbers.astype(np.float64), rows, size) for numbers in lessons]
    return (np.concatenate(parts, 1) / np.sqrt(len(parts))).astype(np.float32)


def _components(numbers: np.ndarray, rows: np.ndarray, size: int) -> np.ndarray:
    mean, deviation = numbers[rows].mean(0), numbers[rows].std(0)
    standard = np.clip((numbers - mean) / np.where(deviation > 1e-6, deviation, 1), -WIDEST, WIDEST)
    centre = standard[rows].mean(0)
    _, values, directions = np.linalg.svd(standard[rows] - centre, full_matrices=False)
    kept = directions[: min(size, int((values > values[0] * 1e-6).sum()))]
    components = (standard - centre) @ kept.T
    return components / np.sqrt((components[rows] ** 2).sum(1).mean())
