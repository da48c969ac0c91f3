"""What a model folder says of itself: model.json, read and checked before any network is loaded.

NumPy only, so that a list of models costs nothing; read by whichever thread loads a model. The format
is described in ARCHITECTURE.md.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mvnet.frontend import MelSpec
from mvnet.periods import PERIODS
from visualizer.errors import VisualizerError
from visualizer.paths import models_dir
from visualizer.words import tr

FORMAT = 1
CARD = "model.json"
DEFAULT_MODEL = "mvnet-256"


@dataclass(frozen=True, eq=False)
class ModelCard:
    """One model's description.

    Attributes:
        name: short, as given to --model.
        title: for menus.
        spec: how sound becomes the encoder's input.
        noise_size: Z, numbers in one noise vector.
        embedding_size: numbers in one embedding.
        image_size: height and width of its pictures, pixels.
        prototypes: mean embedding of each period, float32 [5, embedding_size].
        training: how it was trained, with its figures.
        licence: terms of the weights.
        folder: where model.json lies.
        encoder: the encoder's file, perhaps in another model's folder.
        generator: the generator's file.
        sha256: checksum of each of the two files.
    """

    name: str
    title: str
    spec: MelSpec
    noise_size: int
    embedding_size: int
    image_size: tuple[int, int]
    prototypes: np.ndarray
    training: dict[str, Any]
    licence: str
    folder: Path
    encoder: Path
    generator: Path
    sha256: dict[Path, str] = field(repr=False)


def find_models() -> dict[str, Path]:
    """Folders of the shipped models by folder name, the default one first; not yet checked."""
    found = {card.parent.name: card.parent for card in sorted(models_dir().glob(f"*/{CARD}"))}
    return dict(sorted(found.items(), key=lambda item: item[0] != DEFAULT_MODEL))


def model_folder(name_or_path: str | Path | None = None) -> Path:
    """Folder of a model.

    Args:
        name_or_path: a shipped model's name or any folder with a model.json; None for the default model.
    Raises:
        VisualizerError: neither a shipped model nor a folder.
    """
    models = find_models()
    wanted = DEFAULT_MODEL if name_or_path is None else name_or_path
    if str(wanted) in models:
        return models[str(wanted)]
    path = Path(os.path.expanduser(wanted))
    # os.path answers "no" where pathlib raises (a name too long, a folder that may not be entered).
    if os.path.isdir(path):
        return path
    if path.name == CARD and os.path.isfile(path):
        return path.parent
    raise VisualizerError(tr("There is no model “{name}”: {choices}.", name=wanted, choices=_choices()))


def read_card(folder: Path) -> ModelCard:
    """Read and check a folder's model.json.

    Raises:
        VisualizerError: it is missing or damaged, of another format, or at odds with this build.
    """
    path = folder / CARD
    values = _read_json(path)
    if values.get("format") != FORMAT:
        raise VisualizerError(
            tr(
                "{path} has format {found}, this build reads {wanted}: update the app or export again.",
                path=path,
                found=values.get("format"),
                wanted=FORMAT,
            )
        )
    if values.get("periods") != list(PERIODS):
        raise VisualizerError(
            tr(
                "{path} lists the periods {found}, this build has {wanted}: export it again.",
                path=path,
                found=values.get("periods"),
                wanted=list(PERIODS),
            )
        )
    try:
        return _card(folder, values)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        missing = isinstance(error, KeyError)
        cause = tr("“{name}” is missing", name=error.args[0]) if missing else str(error)
        raise VisualizerError(
            tr("{path} is not a usable model card ({cause}): export the model again.", path=path, cause=cause)
        ) from error


def check_file(card: ModelCard, path: Path, *, checksum: bool = True) -> None:
    """See that the encoder's or generator's file is there and is the one that was exported.

    Raises:
        VisualizerError: it is missing, cut short or changed.
    """
    if not path.is_file():
        raise VisualizerError(
            tr(
                "Model “{name}” lacks its file {path}: copy the whole folder again; {choices}.",
                name=card.name,
                path=path,
                choices=_choices(),
            )
        )
    if checksum and _sha256(path) != card.sha256[path]:
        raise VisualizerError(
            tr(
                "{path} ({size} bytes) is damaged, its checksum is not that of {card}: copy the model again "
                "(with git: git checkout), or export it again.",
                path=path,
                size=path.stat().st_size,
                card=card.folder / CARD,
            )
        )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise VisualizerError(
            tr(
                "{folder} is no model folder, it has no {card}: {choices}.",
                folder=path.parent,
                card=CARD,
                choices=_choices(),
            )
        ) from None
    except OSError as error:
        raise VisualizerError(
            tr("{path} cannot be read ({cause}): check its permissions.", path=path, cause=error.strerror)
        ) from error
    except ValueError as error:  # not JSON, or not UTF-8
        raise VisualizerError(
            tr("{path} is damaged ({cause}): copy or export the model again.", path=path, cause=error)
        ) from error
    if not isinstance(values, dict):
        raise VisualizerError(tr("{path} holds no model card: export the model again.", path=path))
    return values


def _card(folder: Path, values: dict[str, Any]) -> ModelCard:
    """Types and sizes of the values; raises what read_card turns into a sentence."""
    paths = {key: _relative(folder, values[key]) for key in ("encoder", "generator")}
    embedding_size = _size("embedding_size", values["embedding_size"])
    height, width = (_size("image_size", size) for size in values["image_size"])
    prototypes = np.array(values["prototypes"], np.float32)
    if prototypes.shape != (len(PERIODS), embedding_size) or not np.isfinite(prototypes).all():
        raise ValueError(
            f"prototypes are {prototypes.shape}, they must be {len(PERIODS)} rows of {embedding_size} numbers"
        )
    prototypes.setflags(write=False)
    return ModelCard(
        name=str(values["name"]),
        title=str(values["title"]),
        spec=MelSpec(**values["spec"]),
        noise_size=_size("noise_size", values["noise_size"]),
        embedding_size=embedding_size,
        image_size=(height, width),
        prototypes=prototypes,
        training=dict(values.get("training", {})),
        licence=str(values.get("licence", "")),
        folder=folder,
        encoder=paths["encoder"],
        generator=paths["generator"],
        sha256={path: str(values["sha256"][values[key]]) for key, path in paths.items()},
    )


def _relative(folder: Path, name: Any) -> Path:
    if not isinstance(name, str) or not name or Path(name).is_absolute():
        raise ValueError(f"{name!r} is not a file name relative to the folder")
    return folder / name


def _size(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(f"{name} is {value!r}, it must be a positive whole number")
    return value


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _choices() -> str:
    models = find_models()
    if not models:
        return tr(
            "no models are installed in {folder}, so install the app again or name a model folder", folder=models_dir()
        )
    return tr("the installed models are {models}; choose one of them, or name a model folder", models=", ".join(models))
