"""The options of the painter's trainings: frozen dataclasses, their fields are the flags of `mvnet train`.

Free of torch, as mvnet.configs. PainterConfig is the adversarial training of the whole painter at a
resolution, BrushConfig that of its last part alone, which turns 64 x 64 pictures into larger ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mvnet.configs import INF
from mvnet.errors import MvnetError

RESOLUTIONS = (64, 128, 256)
TRUNK_SIZE = 64  # pixels that the trunk paints; the brush enlarges them


def _option(default: Any, text: str, choices: tuple[int, ...] | None = None) -> Any:
    """A field that mvnet.configs.add_flags makes a flag of."""
    return field(default=default, metadata={"help": text, "choices": choices})


def _require(config: Any, name: str, low: float, high: float, *, open_low: bool = False) -> None:
    value = getattr(config, name)
    if not (low < value if open_low else low <= value) or value > high:
        sign = "above" if open_low else "at least"
        top = "" if high == INF else f" and at most {high:g}"
        raise MvnetError(f"--{name.replace('_', '-')} is {value}: it must be {sign} {low:g}{top}")


def _require_resolution(resolution: int, allowed: tuple[int, ...]) -> None:
    if resolution not in allowed:
        raise MvnetError(f"--resolution is {resolution}: use one of {', '.join(map(str, allowed))}")


@dataclass(frozen=True)
class PainterShape:
    """What the painter is built of; kept in its checkpoint.

    Attributes:
        resolution: pixels on a side.
        width: channels at 64 x 64; 2, 4, 6 and 8 times as many at 32, 16, 8 and 4.
        brush_width: channels of the brush, which a 64 x 64 painter has not.
        noise_size: numbers in the noise.
        mapping: numbers that noise and embedding are mixed to for gain and bias.
    """

    resolution: int = 64
    width: int = 48
    brush_width: int = 40
    noise_size: int = 64
    mapping: int = 128

    def __post_init__(self) -> None:
        _require_resolution(self.resolution, RESOLUTIONS)
        for name in ("width", "brush_width", "noise_size", "mapping"):
            _require(self, name, 1, INF)

    @property
    def enlargement(self) -> int:
        """How many times larger than the trunk's the picture is."""
        return self.resolution // TRUNK_SIZE


@dataclass(frozen=True)
class PainterConfig:
    """How the painter learns. The defaults are for a large GPU; the model card has those of one CPU core."""

    resolution: int = _option(64, "pixels on a side of the paintings", RESOLUTIONS)
    width: int = _option(48, "channels of the painter at 64 x 64")
    brush_width: int = _option(40, "channels of the part that enlarges to 128 or 256")
    critic_width: int = _option(48, "channels of the critic's first layer")
    epochs: int = _option(250, "how often images_per_epoch images are learnt")
    images_per_epoch: int = _option(4000, "images between two sample sheets and lines of figures")
    batch: int = _option(64, "images in a step of one process")
    seed: int = _option(0, "of weights, order and noise")
    generator_rate: float = _option(4e-4, "learning rate of the painter's Adam")
    critic_rate: float = _option(4e-4, "learning rate of the critics' Adam")
    penalty: float = _option(0.5, "weight of the critic's zero-centred gradient penalties")
    penalty_every: int = _option(4, "steps between two gradient penalties")
    penalty_batch: int = _option(24, "images of each kind in a gradient penalty")
    projected: float = _option(0.5, "weight of the critics on frozen features; 0 = none")
    feature_size: int = _option(64, "pixels on a side that the frozen features read")
    anchor_share: float = _option(0.25, "share of a batch that repaints training paintings from their own noise")
    anchor_weight: float = _option(1.0, "weight of the repainting's distance from the painting")
    anchor_rate: float = _option(0.05, "how far a painting's noise moves in a step")
    period_weight: float = _option(0.5, "weight of being recognised as the period, as well as real paintings are")
    embedding_noise: float = _option(1.0, "noise added to embeddings, in spreads between windows of one piece")
    average_images: float = _option(10_000.0, "half-life of the weights' moving average, in images")
    compile: bool = _option(False, "compile the networks: a minute's wait, then faster on a GPU")

    def __post_init__(self) -> None:
        for name in ("epochs", "images_per_epoch", "penalty_every", "penalty_batch", "critic_width"):
            _require(self, name, 1, INF)
        _require(self, "batch", 5, INF)
        for name in ("generator_rate", "critic_rate", "average_images"):
            _require(self, name, 0, INF, open_low=True)
        for name in (
            "seed",
            "penalty",
            "projected",
            "anchor_weight",
            "anchor_rate",
            "embedding_noise",
            "period_weight",
        ):
            _require(self, name, 0, INF)
        _require(self, "anchor_share", 0, 1)
        _require_multiple(self, "feature_size", 16)
        self.shape()  # its values are checked there

    def shape(self) -> PainterShape:
        """What is built."""
        return PainterShape(self.resolution, self.width, self.brush_width)


@dataclass(frozen=True)
class BrushConfig:
    """How the brush learns: from details of real paintings, and of painted ones where there is a trunk."""

    resolution: int = _option(256, "pixels on a side of what it paints", RESOLUTIONS[1:])
    brush_width: int = _option(40, "channels")
    critic_width: int = _option(32, "channels of the critic's first layer")
    epochs: int = _option(100, "how often images_per_epoch details are learnt")
    images_per_epoch: int = _option(10_000, "details between two sample sheets")
    batch: int = _option(32, "details in a step of one process")
    detail: int = _option(64, "pixels on a side of a detail")
    seed: int = _option(0, "of weights, order and noise")
    brush_rate: float = _option(5e-4, "learning rate of the brush's Adam")
    critic_rate: float = _option(3e-4, "learning rate of the critics' Adam")
    distance: float = _option(1.0, "weight of the distance from the real detail, in pixels")
    perceptual: float = _option(1.0, "weight of the distance from the real detail, in frozen features")
    adversarial: float = _option(0.2, "weight of the critics' opinion")
    fidelity: float = _option(4.0, "weight of the trunk's picture: what is painted, made small again, must be it")
    penalty: float = _option(0.5, "weight of the critic's zero-centred gradient penalties")
    penalty_every: int = _option(8, "steps between two gradient penalties")
    penalty_batch: int = _option(16, "details of each kind in a gradient penalty")
    average_images: float = _option(10_000.0, "half-life of the weights' moving average, in details")

    def __post_init__(self) -> None:
        for name in ("epochs", "images_per_epoch", "batch", "penalty_every", "penalty_batch", "critic_width"):
            _require(self, name, 1, INF)
        for name in ("brush_rate", "critic_rate", "average_images"):
            _require(self, name, 0, INF, open_low=True)
        for name in ("seed", "distance", "perceptual", "adversarial", "fidelity", "penalty"):
            _require(self, name, 0, INF)
        _require_resolution(self.resolution, RESOLUTIONS[1:])
        _require_multiple(self, "detail", 16)
        _require(self, "detail", 16, self.resolution)
        PainterShape(self.resolution, brush_width=self.brush_width)  # its values are checked there


@dataclass(frozen=True)
class PlacesConfig:
    """How each period's place in a painter's noise is looked for."""

    reach: float = _option(3.0, "how far from the middle of the noise the places lie, in standard deviations")
    emphasis: float = _option(2.0, "how many times as far from the middle of the periods the painter hears the music")
    paintings: int = _option(350, "real paintings of each period to learn the periods from")
    noises: int = _option(1500, "pictures to be painted and judged")
    seed: int = _option(0, "of what is drawn")

    def __post_init__(self) -> None:
        _require(self, "reach", 0, 10, open_low=True)
        _require(self, "emphasis", 0, 10, open_low=True)
        _require(self, "paintings", 10, INF)
        _require(self, "noises", 100, INF)
        _require(self, "seed", 0, INF)


def _require_multiple(config: Any, name: str, unit: int) -> None:
    value = getattr(config, name)
    if value < unit or value % unit:
        raise MvnetError(f"--{name.replace('_', '-')} is {value}: it must be a multiple of {unit}")
