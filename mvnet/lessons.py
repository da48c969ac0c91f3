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
    names = np.array([clip_name(clip) for clip in clips])
    starts = np.array([clip.start_s for clip in clips])
    rows: dict[str, Any] = {name: np.asarray(numbers, np.float32) for name, numbers in lessons.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(file, names=names, starts=starts, **rows)


def read_lessons(paths: Sequence[Path], clips: Sequence[Clip]) -> tuple[list[np.ndarray], np.ndarray]:
    """Lessons of clips from one or more files of the same teachers.

    Returns:
        float32 [n, numbers] of each teacher, NaN in the rows of clips that no file knows; and the rows of the training
        clips that the first file knows, int64.
    Raises:
        MvnetError: a file cannot be read, has other teachers than the first, or knows none of the training clips.
    """
    train = np.array([clip.recording.split == "train" for clip in clips])
    found: list[np.ndarray] = []
    first = np.empty(0, np.int64)
    for path in paths:
        numbers, known = _read_file(path, clips)
        if not (train & known).any():
            raise MvnetError(f"{path} knows none of the training clips: write it again with `mvnet lessons`")
        if not found:
            found, first = numbers, np.flatnonzero(train & known)
        elif [part.shape for part in numbers] != [part.shape for part in found]:
            raise MvnetError(f"{path} has other teachers than {paths[0]}: write both with the same `mvnet lessons`")
        else:
            found = [np.where(known[:, None], new, old) for old, new in zip(found, numbers, strict=True)]
    return found, first


def _read_file(path: Path, clips: Sequence[Clip]) -> tuple[list[np.ndarray], np.ndarray]:
    """Lessons of each teacher, NaN where the file does not know a clip, and which clips it knows, bool [n]."""
    try:
        with np.load(path, allow_pickle=False) as content:
            names, starts = content["names"], content["starts"]
            teachers = [content[name] for name in content.files if name not in ("names", "starts")]
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise MvnetError(f"{path} is not a file of lessons ({error}): write it with `mvnet lessons`") from error
    rows = rows_of(names, starts, clips)
    known = rows >= 0
    return [np.where(known[:, None], numbers[rows], np.nan).astype(np.float32) for numbers in teachers], known


def rows_of(names: np.ndarray, starts: np.ndarray, clips: Sequence[Clip]) -> np.ndarray:
    """Where clips lie in a file that names its clips like this, int64 [len(clips)]; -1 for those it does not know."""
    place = {(name, round(start, 2)): row for row, (name, start) in enumerate(zip(names, starts, strict=True))}
    return np.array([place.get((clip_name(clip), round(clip.start_s, 2)), -1) for clip in clips], np.int64)


def clip_name(clip: Clip) -> str:
    """What a recording is called wherever its data set lies: its file and the two folders around it."""
    return "/".join(clip.recording.path.parts[-3:])


def condense(lessons: Sequence[np.ndarray], rows: np.ndarray, size: int = SIZE) -> np.ndarray:
    """Main components of each teacher's numbers, side by side; all squares together sum to 1 on average.

    Each number is standardised first, so that none counts more for its unit, and each teacher counts
    the same.

    Args:
        lessons: float32 [n, numbers] of each teacher.
        rows: of training clips that all teachers heard, from which scales and components are taken.
        size: components of one teacher, fewer where it has fewer numbers.
    Returns:
        float32 [n, components], NaN for clips that a teacher did not hear.
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
