"""Everything that `mvnet evaluate gan` measures: how far generated paintings are from real ones, and how varied.

Each figure is computed twice in one run: for the generated paintings, and for as many real ones that
stand in for a perfect generator (its floor, `real`). Runs in the evaluation process.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mvnet import image_metrics as metrics
from mvnet.errors import MvnetError
from mvnet.evaluate import mean_interval
from mvnet.exported_painter import ExportedPainter
from mvnet.feature_networks import FeatureNetwork, LiteFeatures, Looks, headline_network, look_at, progress_bar
from mvnet.painting_figures import (
    Classifier,
    PictureSet,
    figures_of,
    nested_by_period,
    period_classifier,
    within_bounds,
)
from mvnet.periods import PERIODS
from mvnet.picture_sets import draw_embeddings, draw_sets, noise_walk, straight_walk
from mvnet.pictures import load_paintings
from mvnet.records import Painting

WALK_STEPS = 60
TWIN_PERCENTILE = 1.0  # of real paintings' distances to their nearest: closer than that is the same picture


@dataclass(frozen=True)
class GanTest:
    """How much is measured.

    Attributes:
        paintings: held-out paintings of each period, and generated and stand-in ones as many; fewer where
            the set has fewer.
        training: training paintings of each period that generated ones may be copies of; 0 for all.
        walks: of each kind, each of WALK_STEPS steps.
        size: pixels on a side at which real paintings are taken; generated ones are brought to it.
        draws: half samples behind an interval.
        seed: of every draw.
    """

    paintings: int = 150
    training: int = 0
    walks: int = 6
    size: int = 256
    draws: int = metrics.DRAWS
    seed: int = 0

    def __post_init__(self) -> None:
        for name, low in (("paintings", 8), ("training", 0), ("walks", 1), ("size", 32), ("draws", 2), ("seed", 0)):
            if getattr(self, name) < low:
                raise MvnetError(f"--{name} is {getattr(self, name)}: it must be at least {low}")


class GanReport:
    """Measures one painter.

    Args:
        painter: the generator.
        embeddings, embedding_periods: of the music that it paints, float32 [m, 10] and int64 [m].
        paintings: the real ones, of both splits.
        test: how much.
        cache: folder of decoded paintings and of what networks saw; None keeps only the decoded ones, in `scratch`.
        scratch: folder for them.
        network: of the headline figures; see mvnet.feature_networks.headline_network.
        threads: of ONNX Runtime; 0 = its choice.
        progress: show bars on stderr.
    """

    def __init__(
        self,
        painter: ExportedPainter,
        embeddings: np.ndarray,
        embedding_periods: np.ndarray,
        paintings: Sequence[Painting],
        test: GanTest,
        *,
        cache: Path | None,
        scratch: Path,
        network: FeatureNetwork | None = None,
        threads: int = 0,
        progress: bool = False,
    ) -> None:
        self._painter, self._paintings, self._test = painter, paintings, test
        self._embeddings, self._embedding_periods = embeddings, embedding_periods
        self._network = network
        self._cache, self._scratch, self._threads, self._progress = cache, scratch, threads, progress
        self._seconds: dict[str, float] = {}

    def measure(self) -> dict[str, Any]:
        """The figures, for JSON; see MODEL_CARD.md and README.md for what they mean.

        Raises:
            MvnetError: too few paintings, or a network's package is missing.
        """
        test = self._test
        with self._timed("paintings"):
            drawn = draw_sets(self._paintings, test.paintings, test.training, test.seed)
            (heldout, periods), (stand_in, stand_in_periods), (training, training_periods) = self._load(
                drawn.heldout, drawn.stand_in, drawn.training
            )
        network = self._network or headline_network(self._threads)
        with self._timed("painting"):
            rng = np.random.default_rng([test.seed, 1])
            places = draw_embeddings(self._embeddings, self._embedding_periods, periods, rng)
            made = self._paint(rng.standard_normal((len(periods), self._painter.noise_size)), places, "painting")
        with self._timed("looking"):
            known = self._look(network, training, "training paintings").pooled
            classify = period_classifier(known, training_periods)
            sets = {
                name: self._set(network, images, own, name, known, classify)
                for name, images, own in (
                    ("held-out paintings", heldout, periods),
                    ("real stand-ins", stand_in, stand_in_periods),
                    ("generated", made, periods),
                )
            }
        real, floor, painted = sets.values()
        with self._timed("comparing"):
            figures = self._compare(painted, floor, real)
            self._modes(figures, painted, floor, real)
        with self._timed("walks"):
            self._walk(figures, network, heldout)
        with self._timed("monitor"):
            figures["monitor"] = self._monitor(LiteFeatures("0"), heldout, stand_in, made, periods, stand_in_periods)
        counts = {name: int((periods == number).sum()) for number, name in enumerate(PERIODS)}
        return {
            "network": network.name,
            "names": _names(network.name, len(periods)),
            "paintings": len(periods),
            "paintings_by_period": counts,
            "training_paintings": len(training),
            "size": test.size,
            "image_size": self._painter.image_size,
            **figures,
            "seconds": self._seconds,
        }

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self._seconds[part] = round(time.monotonic() - started, 1)

    def _load(self, *sets: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Images uint8 [n, 3, S, S] and periods of each set of rows, decoded together; unreadable ones are left out."""
        asked = [self._paintings[row] for rows in sets for row in rows]
        set_of = {id(self._paintings[row]): number for number, rows in enumerate(sets) for row in rows}
        loaded = load_paintings(asked, self._test.size, self._cache or self._scratch, progress=self._progress)
        numbers = np.array([set_of[id(painting)] for painting in loaded.paintings])
        return [(loaded.images[numbers == number], loaded.periods[numbers == number]) for number in range(len(sets))]

    def _paint(self, noise: np.ndarray, embeddings: np.ndarray, what: str) -> np.ndarray:
        with progress_bar(len(noise), what, self._progress) as bar:
            return self._painter.paint(noise, embeddings, bar.update)

    def _look(self, network: FeatureNetwork, images: np.ndarray, what: str) -> Looks:
        with progress_bar(len(images), f"{network.name}: {what}", self._progress) as bar:
            return look_at(network, images, cache=self._cache, progress=bar.update)

    def _set(
        self,
        network: FeatureNetwork,
        images: np.ndarray,
        periods: np.ndarray,
        what: str,
        known: np.ndarray,
        classify: Classifier,
    ) -> PictureSet:
        looks = self._look(network, images, what)
        return PictureSet(
            looks, periods, classify(looks.pooled) == periods, metrics.nearest_distances(looks.pooled, known)
        )

    def _compare(self, painted: PictureSet, floor: PictureSet, real: PictureSet) -> dict[str, Any]:
        """Figures, "real" and the intervals of both; those by period as objects."""
        found: dict[str, Any] = {}
        for made, key, intervals_key in ((painted, "", "intervals"), (floor, "real", "real_intervals")):
            figures, intervals = metrics.half_sample_intervals(
                lambda rows, others, made=made: figures_of(made, real, rows, others),  # type: ignore[misc]
                made.periods,
                real.periods,
                draws=self._test.draws,
                seed=self._test.seed,
            )
            nested = nested_by_period(figures)
            found |= {key: nested} if key else nested
            found[intervals_key] = nested_by_period(
                {name: within_bounds(name, span) for name, span in intervals.items()}
            )
        return found

    def _modes(self, figures: dict[str, Any], painted: PictureSet, floor: PictureSet, real: PictureSet) -> None:
        """Add how many distinct pictures of each period there seem to be, by the birthday test."""
        twin = float(np.percentile(metrics.own_nearest_distances(real.looks.pooled), TWIN_PERCENTILE))
        for made, place in ((painted, figures), (floor, figures["real"])):
            place["distinct_modes"], place["distinct_modes_at_least"] = {}, []
            for period in np.unique(made.periods):
                count, bound = metrics.distinct_modes(made.looks.pooled[made.periods == period], twin)
                place["distinct_modes"][PERIODS[period]] = count
                place["distinct_modes_at_least"] += [PERIODS[period]] if bound else []

    def _walk(self, figures: dict[str, Any], network: FeatureNetwork, heldout: np.ndarray) -> None:
        """Add how even the steps of walks are: along the noise, along the embedding, and of real cross-fades."""
        ratios: dict[str, list[float]] = {"noise": [], "embedding": [], "real": []}
        with progress_bar(3 * self._test.walks, "walks", self._progress) as bar:
            for number in range(self._test.walks):
                for name, images in self._walks(number, heldout):
                    rows = look_at(network, images).perceptual.astype(np.float32)
                    steps = (np.diff(rows, axis=0) ** 2).sum(1)
                    ratios[name].append(float(steps.max() / max(float(np.median(steps)), 1e-12)))
                    bar.update()
        worse = max(("noise", "embedding"), key=lambda name: np.mean(ratios[name]))
        figures["walk_worst"] = max(ratios["noise"] + ratios["embedding"])
        for key, name, place, intervals in (
            ("walk_noise_max_over_median", "noise", figures, "intervals"),
            ("walk_embedding_max_over_median", "embedding", figures, "intervals"),
            ("walk_max_over_median", worse, figures, "intervals"),
            ("walk_max_over_median", "real", figures["real"], "real_intervals"),
        ):
            place[key] = float(np.mean(ratios[name]))
            walks = np.array(ratios[name])
            figures[intervals][key] = mean_interval(walks, range(len(walks)), seed=self._test.seed)

    def _walks(self, number: int, heldout: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """One walk of each kind, uint8 [WALK_STEPS + 1, 3, S, S]; that of real paintings is a cross-fade of two."""
        # Draws of their own: the cross-fades are the same ones whatever the generator's noise is.
        music, chance, pairs = (np.random.default_rng([self._test.seed, kind, number]) for kind in (2, 3, 4))
        ends = draw_embeddings(self._embeddings, self._embedding_periods, self._two_periods(number), music)
        noise = noise_walk(self._painter.noise_size, WALK_STEPS, chance)
        yield "noise", self._painter.paint(noise, np.repeat(ends[:1], len(noise), 0))
        along = straight_walk(ends[0], ends[1], WALK_STEPS)
        yield "embedding", self._painter.paint(np.repeat(noise[:1], len(along), 0), along)
        first, last = pairs.choice(len(heldout), 2, replace=False)
        yield "real", np.round(straight_walk(heldout[first], heldout[last], WALK_STEPS)).astype(np.uint8)

    def _two_periods(self, number: int) -> np.ndarray:
        """Where an embedding's walk begins and ends: from period to period in turn, int64 [2]."""
        present = np.unique(self._embedding_periods)
        return np.array([present[number % len(present)], present[(number + 1 + number // len(present)) % len(present)]])

    def _monitor(
        self,
        network: FeatureNetwork,
        heldout: np.ndarray,
        stand_in: np.ndarray,
        made: np.ndarray,
        periods: np.ndarray,
        stand_in_periods: np.ndarray,
    ) -> dict[str, Any]:
        """The same on the network that training uses: to watch a training by, not to judge it."""
        looks = {
            name: self._look(network, images, name)
            for name, images in (("held-out paintings", heldout), ("real stand-ins", stand_in), ("generated", made))
        }
        real, floor, painted = looks.values()
        everything, floor_rows = np.arange(len(periods)), np.arange(len(stand_in_periods))
        figures = figures_of(PictureSet(painted, periods), PictureSet(real, periods), everything, everything)
        floors = figures_of(PictureSet(floor, stand_in_periods), PictureSet(real, periods), floor_rows, everything)
        return {
            "network": f"{network.name} (used in training)",
            **nested_by_period(figures),
            "real": nested_by_period(floors),
        }


def _names(network: str, count: int) -> dict[str, str]:
    """What the figures are called in text: with their network and number of pictures, which they depend on."""
    return {
        "frechet_distance": f"FD on {network}, N={count}",
        "kernel_distance": f"KD on {network}, N={count}",
        "diversity": f"mean perceptual distance within a period on {network}, over held-out paintings'",
        "vendi": f"Vendi score of a period on {network}, over held-out paintings'",
        "memorisation_ratio": f"median distance to the nearest training painting on {network}, over held-out ones'",
        "walk_max_over_median": f"largest over median squared perceptual step of {WALK_STEPS}; real: cross-fades",
    }
