"""Scenes: how a show looks, as small files that people keep, copy and send. No Qt; not on the GUI thread.

A scene holds no music: model, period, knobs, fit, transition, and the look with the seed it grew from.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from mvnet.periods import PERIODS
from visualizer.errors import VisualizerError
from visualizer.painting.knobs import Knobs
from visualizer.painting.looks import TRANSITIONS_S
from visualizer.picture.hanging import FITS, Fit
from visualizer.words import tr

FORMAT = 1
ENDING = ".scene.json"
AUTO = "auto"  # the music decides the period
LONGEST_NAME = 80
LARGEST = 2**53  # look and seed: what every reader of JSON holds exactly
LARGEST_FILE = 100_000  # bytes; a scene has a few hundred
ODD = '\\/:*?"<>|'  # what some system does not take in a file's name


@dataclass(frozen=True)
class SavedScene:
    """How a show looks.

    Attributes:
        name: what people call it; not empty.
        model: name of a model, or its folder; empty for the default.
        period: one of PERIODS, or AUTO.
        knobs: how the picture moves.
        fit: how the painting lies in the picture.
        transition_s: seconds in which one look becomes the next.
        look: its number.
        seed: of the looks.
    Raises:
        ValueError: a value is out of place.
    """

    name: str
    model: str = ""
    period: str = AUTO
    knobs: Knobs = field(default_factory=Knobs)
    fit: Fit = "fill"
    transition_s: float = 2.0
    look: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > LONGEST_NAME:
            raise ValueError(f"its name has {len(self.name)} letters: use 1 to {LONGEST_NAME}")
        if self.period not in (*PERIODS, AUTO):
            raise ValueError(f"there is no period {self.period!r}")
        if self.fit not in FITS:
            raise ValueError(f"there is no fit {self.fit!r}")
        shortest, longest = TRANSITIONS_S
        if not shortest <= self.transition_s <= longest:
            raise ValueError(f"its transition is {self.transition_s} s: use {shortest:g} to {longest:g}")
        if not -LARGEST <= self.look <= LARGEST or not 0 <= self.seed <= LARGEST:
            raise ValueError("its look or its seed is out of range")

    @property
    def period_index(self) -> int:
        """Index of the period, -1 when the music decides."""
        return -1 if self.period == AUTO else PERIODS.index(self.period)


def read_scene(path: Path) -> SavedScene:
    """Read a scene.

    Raises:
        VisualizerError: it cannot be read, is damaged, or was made by a newer version.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError("it is far too large")
        return _scene(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise VisualizerError(
            tr("The scene {path} cannot be read ({cause}): choose another.", path=path, cause=error.strerror)
        ) from None
    except _NewerError as error:
        raise VisualizerError(
            tr(
                "The scene {name} has format {format}, this version knows {known}: update the app to use it.",
                name=path.name,
                format=error,
                known=FORMAT,
            )
        ) from None
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise VisualizerError(
            tr("The scene {name} is damaged ({error}): choose another, or save it anew.", name=path.name, error=error)
        ) from None


def write_scene(scene: SavedScene, folder: Path) -> Path:
    """Write a scene into a folder, in place of an older one of the same name.

    Raises:
        VisualizerError: it cannot be written.
    """
    path = folder / f"{file_stem(scene.name)}{ENDING}"
    part = path.with_name(f"{path.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(_facts(scene), indent=2, ensure_ascii=False) + "\n", "utf-8")
        os.replace(part, path)
    except OSError as error:
        raise VisualizerError(
            tr("{path} cannot be written ({cause}): the scene is not saved.", path=path, cause=error.strerror)
        ) from None
    return path


def saved_scenes(folder: Path) -> list[tuple[str, Path]]:
    """Names and files of the scenes in a folder, by name."""
    try:
        found = [path for path in folder.iterdir() if path.name.endswith(ENDING)]
    except OSError:
        return []
    return sorted(((path.name.removesuffix(ENDING), path) for path in found), key=lambda one: one[0].casefold())


def is_scene(path: Path) -> bool:
    """Whether a file that was opened or dropped is meant as a scene."""
    return path.suffix.lower() == ".json"


def file_stem(name: str) -> str:
    """A name for a file on every system, from what people call a scene."""
    words = "".join(" " if letter in ODD or not letter.isprintable() else letter for letter in name)
    stem = " ".join(words.split()).strip(". ").encode("utf-8", "ignore")[:120].decode("utf-8", "ignore")
    return stem or "scene"


class _NewerError(ValueError):
    """The file's format is newer than this version."""


def _facts(scene: SavedScene) -> dict[str, Any]:
    knobs = {item.name: getattr(scene.knobs, item.name) for item in fields(Knobs)}
    return {
        "format": FORMAT,
        "name": scene.name,
        "model": scene.model,
        "period": scene.period,
        "knobs": knobs,
        "fit": scene.fit,
        "transition_s": scene.transition_s,
        "look": scene.look,
        "seed": scene.seed,
    }


def _scene(facts: Any) -> SavedScene:
    if not isinstance(facts, Mapping):
        raise ValueError("it holds no values by name")
    known = _whole(facts, "format")
    if known > FORMAT:
        raise _NewerError(str(known))
    knobs = facts["knobs"]
    if not isinstance(knobs, Mapping):
        raise ValueError("its knobs are no values by name")
    return SavedScene(
        name=_text(facts, "name"),
        model=_text(facts, "model"),
        period=_text(facts, "period"),
        knobs=Knobs(**{item.name: _number(knobs, item.name) for item in fields(Knobs)}),
        fit=cast(Fit, _text(facts, "fit")),
        transition_s=_number(facts, "transition_s"),
        look=_whole(facts, "look"),
        seed=_whole(facts, "seed"),
    )


def _text(facts: Mapping[str, Any], name: str) -> str:
    if not isinstance(facts[name], str):
        raise ValueError(f"{name} is no text")
    return facts[name]


def _number(facts: Mapping[str, Any], name: str) -> float:
    value = facts[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} is no number")
    return float(value)


def _whole(facts: Mapping[str, Any], name: str) -> int:
    if type(facts[name]) is not int:
        raise ValueError(f"{name} is no whole number")
    return facts[name]
