"""Checkpoints to a model folder of the app: both networks, the card, and no folder unless parity holds.

The format is described in ARCHITECTURE.md; `visualizer.painting.model_card` reads it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from export.painter import generator_onnx, load_generator
from export.parity import Difference, encoder_differences, generator_differences, sound_files, windows_of
from export.to_onnx import encoder_onnx
from mvnet.checkpoints import load_encoder
from mvnet.encoder import EMBEDDING_SIZE
from mvnet.encoders import Encoder
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.periods import PERIODS

FORMAT = 1
CARD = "model.json"
ENCODER = "encoder.onnx"
GENERATOR = "generator.onnx"
RECORDED = ("figures", "config", "commit")  # of a checkpoint, kept in the card
NOISY_EMBEDDINGS = 2  # random embeddings the generator is compared on, besides those of real windows


@dataclass(frozen=True)
class ExportOptions:
    """What to export, and how the model is called.

    Attributes:
        encoder: checkpoint or run folder of the encoder.
        generator: checkpoint or run folder of the GAN.
        folder: the model folder to write.
        title: for menus.
        licence: of the weights, an SPDX expression or a sentence.
        audio: sound files, or folders of them, on which parity is checked.
        name: of the model; the folder's name unless given.
        share_encoder: a model folder whose encoder file is used instead of a copy; it must be this encoder.
        seed: of the noise on which the generator is compared.
    """

    encoder: Path
    generator: Path
    folder: Path
    title: str
    licence: str
    audio: tuple[Path, ...]
    name: str = ""
    share_encoder: Path | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for value, what in ((self.title, "title"), (self.licence, "licence")):
            if not value.strip():
                raise MvnetError(f"the {what} is empty: give one with --{what}")
        if self.folder.is_file() or (self.folder.is_dir() and any(self.folder.iterdir()) and not self._is_model()):
            raise MvnetError(f"{self.folder} exists and is no model folder: name another with -o")

    def _is_model(self) -> bool:
        return (self.folder / CARD).is_file()

    @property
    def model_name(self) -> str:
        """What --model of the app will call it."""
        return self.name or self.folder.resolve().name


def export(options: ExportOptions) -> tuple[list[Difference], dict[str, int]]:
    """Write a model folder if it computes what its checkpoints do; otherwise leave everything as it was.

    Returns:
        every difference found, and the bytes of each file of the model, whether written or not.
    Raises:
        MvnetError: a checkpoint, recording or folder is unusable, or the two checkpoints do not fit.
    """
    encoder, head, about_encoder = load_encoder(options.encoder)
    generator, about_generator = load_generator(options.generator)
    spec = _common_spec(options, about_encoder, about_generator)
    prototypes = prototypes_of(options, about_encoder)
    windows = windows_of(sound_files(options.audio), spec)
    encoder_key, encoder_bytes = encoder_file(options, encoder_onnx(encoder, head, spec).SerializeToString())
    generator_bytes = generator_onnx(generator, spec).SerializeToString()

    differences = encoder_differences(encoder_bytes, encoder, head, windows)
    embeddings = _embeddings(encoder, windows, prototypes, options.seed)
    differences += generator_differences(generator_bytes, generator, embeddings, options.seed)
    files = {encoder_key: encoder_bytes, GENERATOR: generator_bytes}
    if all(item.holds for item in differences):
        card = {
            "format": FORMAT,
            "name": options.model_name,
            "title": options.title,
            "encoder": encoder_key,
            "generator": GENERATOR,
            "periods": list(PERIODS),
            "spec": spec.as_dict(),
            "embedding_size": EMBEDDING_SIZE,
            "noise_size": generator.noise_size,
            "image_size": [generator.image_size, generator.image_size],
            "prototypes": prototypes.tolist(),
            "sha256": {key: hashlib.sha256(content).hexdigest() for key, content in files.items()},
            "parity": {name: worst(differences, name) for name in ("encoder", "generator")},
            "training": {"encoder": record(about_encoder), "generator": record(about_generator)},
            "licence": options.licence,
        }
        write(options.folder, files, card)
    return differences, {key: len(content) for key, content in files.items()}


def _common_spec(options: ExportOptions, about_encoder: dict[str, Any], about_generator: dict[str, Any]) -> MelSpec:
    specs = []
    for path, about in ((options.encoder, about_encoder), (options.generator, about_generator)):
        try:
            specs.append(MelSpec(**about["spec"]))
        except (KeyError, TypeError, ValueError) as error:
            raise MvnetError(f"{path} does not say how its sound was prepared ({error}): train it again") from error
    if specs[0] != specs[1]:
        raise MvnetError(
            f"{options.encoder} was trained on {specs[0]}, {options.generator} on {specs[1]}: "
            "train the generator with this encoder"
        )
    return specs[0]


def prototypes_of(options: ExportOptions, about_encoder: dict[str, Any]) -> np.ndarray:
    """Mean embedding of each period, float32 [5, 10]."""
    prototypes = np.array(about_encoder.get("prototypes") or [], np.float32)
    if prototypes.shape != (len(PERIODS), EMBEDDING_SIZE) or not np.isfinite(prototypes).all():
        raise MvnetError(
            f"{options.encoder} has prototypes of shape {list(prototypes.shape)}, "
            f"not [{len(PERIODS)}, {EMBEDDING_SIZE}]: let its training finish"
        )
    return prototypes


def encoder_file(options: ExportOptions, exported: bytes) -> tuple[str, bytes]:
    """The encoder's path relative to the folder, and its content: exported, or another model's."""
    if options.share_encoder is None:
        return ENCODER, exported
    shared = options.share_encoder / ENCODER
    if not shared.is_file():
        raise MvnetError(f"{shared} is missing: name a model folder that has its own encoder with --share-encoder")
    try:
        key = Path(os.path.relpath(shared.resolve(), options.folder.resolve())).as_posix()
    except ValueError as error:  # two drives of Windows
        raise MvnetError(f"{shared} is not on the drive of {options.folder}: put both on one") from error
    return key, shared.read_bytes()


def _embeddings(encoder: Encoder, windows: np.ndarray, prototypes: np.ndarray, seed: int) -> np.ndarray:
    """What the generator is compared on: the windows' embeddings, the prototypes and random ones, [n, 10]."""
    with torch.inference_mode():
        heard = encoder(torch.from_numpy(windows)).numpy()
    random = np.random.default_rng(seed).standard_normal((NOISY_EMBEDDINGS, EMBEDDING_SIZE), np.float32)
    return np.concatenate((heard, prototypes, random * heard.std()))


def worst(differences: Sequence[Difference], network: str) -> float:
    return max(item.largest for item in differences if item.network == network)


def record(about: dict[str, Any]) -> dict[str, Any]:
    """What the card keeps of a checkpoint: settings and figures, without paths of the machine it was trained on."""
    return {key: _without_paths(about[key]) for key in RECORDED if key in about}


def _without_paths(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_paths(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_paths(item) for item in value]
    if isinstance(value, str) and Path(value).is_absolute():
        return Path(value).name
    return value


def write(folder: Path, files: dict[str, bytes], card: dict[str, Any]) -> None:
    """Write all files beside their places, then move them there, the card last; a mixture fails its checksums."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=folder) as place:
            own = {key: content for key, content in files.items() if Path(key).parent == Path()}
            own[CARD] = (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode()
            for key, content in own.items():
                (Path(place) / key).write_bytes(content)
            for key in own:
                os.replace(Path(place) / key, folder / key)
        if ENCODER not in files:
            (folder / ENCODER).unlink(missing_ok=True)  # from an export that did not share
    except OSError as error:
        raise MvnetError(f"{folder} cannot be written ({error.strerror}): name another folder with -o") from error
