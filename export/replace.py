"""Another encoder in a model folder, its generator kept as it is.

For an encoder whose embeddings were turned onto those that the generator was trained with (`mvnet train encoder
--like`). Runs in the process of `mvnet export`.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from export.folder import CARD, ExportOptions, encoder_file, prototypes_of, record, worst, write
from export.parity import Difference, encoder_differences, sound_files, windows_of
from export.to_onnx import encoder_onnx
from mvnet.checkpoints import load_encoder
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec


def replace_encoder(options: ExportOptions) -> tuple[list[Difference], dict[str, int]]:
    """Write the encoder of a checkpoint into a model folder, if it computes what the checkpoint does.

    Args:
        options: title, licence, name and generator stay the folder's own.
    Returns:
        every difference found, and the bytes of the encoder, whether written or not.
    Raises:
        MvnetError: the checkpoint, the recordings or the folder is unusable, or the specs differ.
    """
    card = _card(options)
    encoder, head, about = load_encoder(options.encoder)
    spec = MelSpec(**about["spec"])
    if card.get("spec") != spec.as_dict():
        raise MvnetError(f"{options.encoder} hears other spectrograms than {options.folder}: export both networks")
    prototypes = prototypes_of(options, about)
    key, content = encoder_file(options, encoder_onnx(encoder, head, spec).SerializeToString())
    differences = encoder_differences(content, encoder, head, windows_of(sound_files(options.audio), spec))
    if all(item.holds for item in differences):
        sums = {name: value for name, value in card["sha256"].items() if name != card["encoder"]}
        card["sha256"] = {key: hashlib.sha256(content).hexdigest(), **sums}
        card["encoder"], card["prototypes"] = key, prototypes.tolist()
        card["parity"]["encoder"] = worst(differences, "encoder")
        card["training"]["encoder"] = record(about)
        write(options.folder, {key: content}, card)
    return differences, {key: len(content)}


def _card(options: ExportOptions) -> dict[str, Any]:
    file = options.folder / CARD
    try:
        card = json.loads(file.read_text("utf-8"))
        if not (isinstance(card["encoder"], str) and isinstance(card["sha256"], dict)):
            raise TypeError("encoder or sha256 is of another type")
        card["parity"], card["training"] = dict(card["parity"]), dict(card["training"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MvnetError(f"{file} is no card of a model ({error}): give --generator for a new folder") from error
    return card
