"""The options of the trainings: frozen dataclasses, their fields are the flags of `mvnet train`.

Free of torch, so that `mvnet train --help` answers at once. EncoderConfig and GanConfig define what is
learnt and are kept in the run folder; RunConfig says where and for how long, and may change at a resume.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from mvnet.errors import MvnetError

LOSSES = ("triplet", "supcon")
NETWORKS = ("paper", "style")
DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "32", "bf16")
STRATEGIES = ("auto", "ddp")
# May grow between two parts of one run: everything before the new end stays as it was.
EXTENDABLE = ("epochs",)

Config = TypeVar("Config", "EncoderConfig", "NotesConfig", "GanConfig", "RunConfig")


def _option(default: Any, text: str, choices: tuple[str, ...] | None = None) -> Any:
    return field(default=default, metadata={"help": text, "choices": choices})


def _require(config: Any, name: str, low: float, high: float, *, open_low: bool = False) -> None:
    value = getattr(config, name)
    if not (low < value if open_low else low <= value) or value > high:
        flag = "--" + name.replace("_", "-")
        sign = "above" if open_low else "at least"
        top = "" if high == float("inf") else f" and at most {high:g}"
        raise MvnetError(f"{flag} is {value}: it must be {sign} {low:g}{top}")


def _require_choice(config: Any) -> None:
    for item in fields(config):
        choices = item.metadata["choices"]
        if choices and getattr(config, item.name) not in choices:
            value = getattr(config, item.name)
            raise MvnetError(f"--{item.name} is {value!r}: use one of {', '.join(choices)}")


INF = float("inf")


@dataclass(frozen=True)
class EncoderConfig:
    """How the audio encoder learns. The defaults are the paper's (section 4.1); see SUPCON for the other recipe."""

    network: str = _option("paper", "paper (the paper's), or style (reads notes and texture, needs --notes)", NETWORKS)
    loss: str = _option("triplet", "triplet (the paper's) or supcon (contrastive and cross-entropy)", LOSSES)
    epochs: int = _option(15, "passes over the clips")
    batch: int = _option(1, "triplets, or clips with supcon, in a step of one process")
    seed: int = _option(0, "of weights, order and augmentation")
    learning_rate: float = _option(5e-5, "of Adam (triplet) or the peak of AdamW (supcon)")
    margin: float = _option(3.0, "triplet: wanted gap between negative and positive distance")
    p: float = _option(5.0, "triplet: order of the distance's norm")
    anchors_per_clip: int = _option(6, "triplet: how often a clip is the anchor in an epoch")
    temperature: float = _option(0.1, "supcon: of the similarities")
    contrast: float = _option(1.0, "supcon: weight of the contrastive loss beside the cross-entropy")
    label_smoothing: float = _option(0.1, "supcon: of the cross-entropy")
    weight_decay: float = _option(0.05, "supcon: of AdamW, on weights of two or more dimensions")
    warmup: float = _option(0.05, "supcon: share of the steps in which the learning rate rises")
    average: float = _option(0.0, "decay of the weights' moving average, 0 = off")
    spectral: bool = _option(False, "supcon: change gain, equaliser, pitch, speed and masks of the spectrograms")
    mixup: float = _option(0.0, "supcon: share of the clips mixed with another of their period")
    augment: bool = _option(False, "change the sound itself (mvnet.augment) before its spectrogram")
    quiet: float = _option(0.0, "supcon: share of the clips replaced by silence or noise, of no period")
    centred: bool = _option(False, "keep the sum of each first filter at 0, so that loudness changes little")
    lessons: float = _option(0.0, "supcon: weight of what teachers hear in a clip (--lessons-file), learnt beside")
    drop: float = _option(0.3, "style: share of the features that a step leaves out")

    def __post_init__(self) -> None:
        _require_choice(self)
        for name in ("epochs", "batch", "anchors_per_clip"):
            _require(self, name, 1, INF)
        for name in ("learning_rate", "margin", "p", "temperature"):
            _require(self, name, 0, INF, open_low=True)
        for name in ("seed", "contrast", "weight_decay", "lessons"):
            _require(self, name, 0, INF)
        for name in ("label_smoothing", "warmup", "average", "mixup", "quiet", "drop"):
            _require(self, name, 0, 1)


# What the shipped encoder was trained with, beside its teachers (--lessons 1 and their --lessons-file).
SUPCON = EncoderConfig(
    loss="supcon",
    epochs=60,
    batch=25,
    learning_rate=1e-3,
    temperature=0.2,
    contrast=0.3,
    warmup=0.02,
    average=0.995,
    spectral=True,
    mixup=0.1,
    quiet=0.03,
    centred=True,
)
RECIPES: Mapping[str, EncoderConfig] = {"triplet": EncoderConfig(), "supcon": SUPCON}


@dataclass(frozen=True)
class NotesConfig:
    """How the encoder's first half learns which notes sound (mvnet.train_notes)."""

    epochs: int = _option(50, "passes over the clips, a short cut of each")
    batch: int = _option(96, "cuts in a step of one process")
    seed: int = _option(0, "of weights, order and changes")
    learning_rate: float = _option(3e-3, "the peak of AdamW")
    weight_decay: float = _option(0.01, "of AdamW")
    warmup: float = _option(0.03, "share of the steps in which the learning rate rises")
    average: float = _option(0.99, "decay of the weights' moving average")
    columns: int = _option(192, "mel columns of a cut, a multiple of 24: 2.2 s")
    semitones: int = _option(5, "transposed up or down by up to this")

    def __post_init__(self) -> None:
        for name in ("epochs", "batch"):
            _require(self, name, 1, INF)
        _require(self, "learning_rate", 0, INF, open_low=True)
        for name in ("seed", "weight_decay"):
            _require(self, name, 0, INF)
        for name in ("warmup", "average"):
            _require(self, name, 0, 1)
        _require(self, "semitones", 0, 12)
        _require(self, "columns", 24, 768)
        if self.columns % 24:
            raise MvnetError(f"--columns is {self.columns}: it must be a multiple of 24")


@dataclass(frozen=True)
class GanConfig:
    """How the paper's cDCGAN learns (section 4.2), with the generator's rate of the author's code."""

    epochs: int = _option(100, "passes over the pairs of clips and paintings")
    batch: int = _option(15, "pairs in a step of one process")
    seed: int = _option(0, "of weights, order and noise")
    generator_rate: float = _option(2e-4, "learning rate of the generator's Adam")
    discriminator_rate: float = _option(5e-5, "learning rate of the discriminator's Adam")
    smoothing: float = _option(0.2, "label of a generated painting; a real one has 1 minus it")

    def __post_init__(self) -> None:
        for name in ("epochs", "batch"):
            _require(self, name, 1, INF)
        for name in ("generator_rate", "discriminator_rate"):
            _require(self, name, 0, INF, open_low=True)
        _require(self, "seed", 0, INF)
        _require(self, "smoothing", 0, 0.5)


@dataclass(frozen=True)
class RunConfig:
    """Where a training runs and for how long: nothing here changes what is learnt, beyond rounding."""

    device: str = _option("auto", "auto takes CUDA where there is one", DEVICES)
    devices: int = _option(1, "processes on this host: one a GPU, or on the CPU")
    nodes: int = _option(1, "hosts; start the command on each, with MASTER_ADDR, MASTER_PORT and NODE_RANK set")
    strategy: str = _option("auto", "how several processes work together", STRATEGIES)
    precision: str = _option("auto", "auto takes bf16 autocast where the hardware has it", PRECISIONS)
    threads: int = _option(0, "of torch in one process; 0 = torch's choice")
    minutes: float = _option(0.0, "stop cleanly after this time, finished as far as it came; 0 = no limit")
    checkpoint_minutes: float = _option(5.0, "time between checkpoints")
    log_every: int = _option(50, "steps in one line of the log")
    resume: bool = _option(True, "continue where the run folder's checkpoint stands")
    dry_run: bool = _option(False, "three steps on a handful of clips in a temporary folder")

    def __post_init__(self) -> None:
        _require_choice(self)
        for name in ("devices", "nodes", "log_every"):
            _require(self, name, 1, INF)
        for name in ("threads", "minutes"):
            _require(self, name, 0, INF)
        _require(self, "checkpoint_minutes", 0, INF, open_low=True)

    @property
    def world_size(self) -> int:
        """Processes of all hosts together."""
        return self.devices * self.nodes


def add_flags(parser: argparse.ArgumentParser, config: type[Any]) -> None:
    """One flag for each field of a configuration; a flag that is not given stays None (see with_flags)."""
    group = parser.add_argument_group(config.__name__)
    for item in fields(config):
        flag = "--" + item.name.replace("_", "-")
        text = f"{item.metadata['help']} (default: {item.default})"
        if isinstance(item.default, bool):
            group.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=text)
        else:
            kind = type(item.default)
            metavar = None if item.metadata["choices"] else kind.__name__.upper()
            choices = item.metadata["choices"]
            group.add_argument(flag, type=kind, default=None, choices=choices, metavar=metavar, help=text)


def with_flags(config: Config, args: argparse.Namespace) -> Config:
    """The configuration with every flag that was given."""
    given = {f.name: getattr(args, f.name) for f in fields(config) if getattr(args, f.name, None) is not None}
    return replace(config, **given)


def difference(old: Mapping[str, Any], new: EncoderConfig | NotesConfig | GanConfig) -> str | None:
    """What keeps a run begun with one configuration from going on with another: "margin 3.0, not 2.0", or None.

    An option that the old one does not know had its default then.
    """
    for item in fields(new):
        value, before = getattr(new, item.name), old.get(item.name, item.default)
        if item.name not in EXTENDABLE and before != value:
            return f"{item.name} {before}, not {value}"
    return None
