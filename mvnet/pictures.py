"""Painting files as square images of one size, cached: what the GAN is trained on.

The cropping runs in the worker processes of `mvnet.cache`.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from mvnet import cache
from mvnet.decode import Unreadable, check_file
from mvnet.errors import MvnetError
from mvnet.records import Painting, Skipped, report_skipped

PICTURE_SUFFIXES = frozenset([".bmp", ".gif", ".jfif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"])
SMALLEST = 32  # pixels on the short side; a smaller picture is an icon or a thumbnail


@dataclass(frozen=True)
class PaintingImages:
    """The paintings of a data set at one size.

    Attributes:
        images: uint8 [n, 3, S, S], red, green, blue; memory-mapped.
        paintings: the facts of each row.
        skipped: files that could not be used, with the reason.
    """

    images: np.ndarray
    paintings: list[Painting]
    skipped: list[Skipped]

    @property
    def periods(self) -> np.ndarray:
        """Period of each painting, int64 [n]."""
        return np.array([painting.period for painting in self.paintings], np.int64)

    def indices(self, split: str) -> np.ndarray:
        """Which paintings are in a split ("train" or "val"), int64, ascending."""
        return np.flatnonzero([painting.split == split for painting in self.paintings])

    def __len__(self) -> int:
        return len(self.paintings)


def load_paintings(
    paintings: Sequence[Painting],
    size: int,
    cache_dir: Path | str,
    *,
    progress: bool = True,
    workers: int | None = None,
) -> PaintingImages:
    """Paintings cropped to the square in their middle and resized, from the cache or into it.

    Args:
        paintings: in any order; the images keep it.
        size: S, pixels on a side.
        cache_dir: folder of cached sets, made if missing.
        progress: show a bar and the skipped files on stderr.
        workers: decoding processes; None for one a core, four at most.
    Raises:
        MvnetError: size is not positive, no painting can be used, or the cache cannot be written.
    """
    if size < 1:
        raise MvnetError(f"the image size is {size}: it must be a positive number of pixels")
    paths = [painting.path for painting in paintings]
    key = cache.digest({"set": "paintings", "size": size}, paths, [square_image, _rows_of])
    folder = Path(cache_dir) / f"paintings{size}-{key}"
    rows = cache.cached_rows(
        folder, partial(_rows_of, size), paths, (3, size, size), np.dtype(np.uint8), workers=workers, progress=progress
    )
    skipped = [Skipped(paths[index], reason) for index, reason in rows.reasons.items()]
    if progress:
        report_skipped(skipped, len(paths), "paintings", sys.stderr)
    if not len(rows.data):
        first = f": {skipped[0]}" if skipped else ""
        raise MvnetError(f"none of {len(paths)} paintings can be used{first}")
    return PaintingImages(rows.data, [paintings[index] for index in rows.files], skipped)


def square_image(path: Path, size: int) -> np.ndarray:
    """The middle square of a picture, upright, resized by Lanczos filtering.

    Returns:
        uint8 [3, size, size].
    Raises:
        Unreadable: missing, not a picture, broken, or too small.
    """
    check_file(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # museum scans are large, and old files carry broken metadata
            with Image.open(path) as file:
                file.draft("RGB", (2 * size, 2 * size))  # JPEG only: decodes at a fraction of the size, faster
                picture = ImageOps.exif_transpose(file).convert("RGB")
    except UnidentifiedImageError as error:
        raise Unreadable(path, "is not a picture that Pillow reads") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unreadable(path, f"is a broken picture ({error})") from error
    short = min(picture.size)
    if short < min(SMALLEST, size):
        raise Unreadable(path, f"is {short} pixels on its short side: at least {SMALLEST} are needed")
    left, top = (picture.width - short) / 2, (picture.height - short) / 2
    box = (left, top, left + short, top + short)
    square = picture.resize((size, size), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    return np.asarray(square).transpose(2, 0, 1)


def _rows_of(size: int, path: Path) -> cache.Rows:
    """The image of one painting, or the reason why there is none (in a worker process)."""
    try:
        return cache.Rows(square_image(path, size)[None], (0.0,))
    except Unreadable as error:
        return cache.Rows(np.empty((0, 3, size, size), np.uint8), (), error.reason)
