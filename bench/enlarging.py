"""Where a painter's figures are lost: real paintings made small and enlarged again, judged as if it had painted them.

`python -m bench.enlarging --data DATA [--painter PAINTER] [--paintings 60] [--training 150] [--cache FOLDER] [--json]`
takes the training paintings that stand in for a perfect generator in `mvnet evaluate gan`, makes them 128 and 64 pixels
wide and enlarges them plainly, and from 64 with the painter's brush: no trunk could do better with this brush. The
figures are those of `mvnet evaluate gan`, on the same held-out paintings and network.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mvnet.datasets import read_paintings
from mvnet.errors import MvnetError
from mvnet.feature_networks import FeatureNetwork, headline_network, look_at
from mvnet.painter import Painter
from mvnet.painter_checkpoint import load_painter
from mvnet.painter_config import TRUNK_SIZE
from mvnet.painting_figures import Classifier, PictureSet, figures_of, period_classifier
from mvnet.picture_sets import draw_sets
from mvnet.pictures import load_paintings
from mvnet.train_gan import to_bytes, to_unit

SIZE = 256  # pixels on a side of what is judged
PLAIN = (128, 64)
BATCH = 10
FIGURES = (
    "precision",
    "recall",
    "coverage",
    "kernel_distance",
    "vendi_mean",
    "diversity_least",
    "period_accuracy_ratio",
)


@torch.no_grad()
def remade(images: np.ndarray, remake: Callable[[Tensor], Tensor]) -> np.ndarray:
    """Pictures uint8 [n, 3, S, S] after a change of float32 [N, 3, S, S] in [-1, 1]."""
    parts = (torch.from_numpy(images[start : start + BATCH]) for start in range(0, len(images), BATCH))
    return np.concatenate([to_bytes(remake(to_unit(part))) for part in parts])


def plainly(size: int) -> Callable[[Tensor], Tensor]:
    """Made `size` pixels wide, and as large as before by cubic interpolation."""
    return lambda images: F.interpolate(
        F.interpolate(images, size=size, mode="area"), size=images.shape[-1], mode="bicubic"
    )


def brushed(painter: Painter) -> Callable[[Tensor], Tensor]:
    """Made as small as a trunk's pictures, and enlarged by the painter's brush.

    Raises:
        MvnetError: it has none that makes SIZE.
    """
    brush = painter.brush
    if brush is None or painter.image_size != SIZE:
        raise MvnetError(f"the painter paints {painter.image_size} pixels: give one whose brush makes {SIZE}")
    return lambda images: brush(F.interpolate(images, size=TRUNK_SIZE, mode="area"))


class Judge:
    """Held-out paintings, and the network that sees them.

    Args:
        network: of the figures.
        heldout, periods: uint8 [n, 3, S, S] and int64 [n].
        training, training_periods: what the classifier of periods learns from.
        cache: folder of what the network saw; None keeps nothing.
    """

    def __init__(
        self,
        network: FeatureNetwork,
        heldout: np.ndarray,
        periods: np.ndarray,
        training: np.ndarray,
        training_periods: np.ndarray,
        cache: Path | None = None,
    ) -> None:
        self._network, self._cache = network, cache
        self._classify: Classifier = period_classifier(look_at(network, training, cache=cache).pooled, training_periods)
        self._real = self._seen(heldout, periods, cache)

    def figures(self, images: np.ndarray, periods: np.ndarray) -> dict[str, float]:
        """FIGURES of pictures, as those of generated ones in `mvnet evaluate gan`."""
        made = self._seen(images, periods, None)
        found = figures_of(made, self._real, np.arange(len(made.periods)), np.arange(len(self._real.periods)))
        return {name: round(found[name], 3) for name in FIGURES}

    def _seen(self, images: np.ndarray, periods: np.ndarray, cache: Path | None) -> PictureSet:
        looks = look_at(self._network, images, cache=cache)
        return PictureSet(looks, periods, self._classify(looks.pooled) == periods)


def measure(
    judge: Judge, images: np.ndarray, periods: np.ndarray, painter: Painter | None
) -> Iterator[tuple[str, dict[str, float]]]:
    """A name and figures of the pictures as they are, and of each way to make them anew."""
    yield "as they are", judge.figures(images, periods)
    ways = {f"{size} pixels, plainly": plainly(size) for size in PLAIN}
    if painter is not None:
        ways[f"{TRUNK_SIZE} pixels, brush"] = brushed(painter)
    for name, way in ways.items():
        yield name, judge.figures(remade(images, way), periods)


def main() -> int:
    """Measure and print; returns 2 where something cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m bench.enlarging", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with paintings")
    parser.add_argument("--painter", type=Path, help="a finished painter with a brush, or its run folder")
    parser.add_argument("--paintings", type=int, default=60, help="of each period (default: 60)")
    parser.add_argument("--training", type=int, default=150, help="training paintings of each period (default: 150)")
    parser.add_argument("--cache", type=Path, help="folder of decoded pictures and their features")
    parser.add_argument("--seed", type=int, default=0, help="of every draw (default: 0)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            report = dict(_measured(options, options.cache or Path(scratch)))
    except MvnetError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(report, indent=2))
    return 0


def _measured(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """As measure, and a line of the table as soon as it is known."""
    painter = None if options.painter is None else load_painter(options.painter)[0]
    paintings = read_paintings(options.data, "auto", seed=options.seed, split_by="painter")
    drawn = draw_sets(paintings, options.paintings, options.training, options.seed)
    heldout, stand_in, training = (
        load_paintings([paintings[row] for row in rows], SIZE, folder)
        for rows in (drawn.heldout, drawn.stand_in, drawn.training)
    )
    judge = Judge(headline_network(), heldout.images, heldout.periods, training.images, training.periods, options.cache)
    if not options.json:
        print(" " * 20, *FIGURES, sep="  ")
    for name, figures in measure(judge, stand_in.images, stand_in.periods, painter):
        if not options.json:
            print(name.ljust(20), *(f"{figures[key]:.3f}".rjust(len(key)) for key in FIGURES), sep="  ", flush=True)
        yield name, figures


if __name__ == "__main__":
    sys.exit(main())
