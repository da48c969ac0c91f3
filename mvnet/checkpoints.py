"""What a training leaves behind: one file with a network's weights and all that its users must know.

Written by the trainings, read by export and evaluation, loadable with weights_only=True: the content
is tensors, numbers, strings, lists and dicts only. The state that a training needs to go on (optimiser,
position) is another file: see mvnet.run.

    {"format": 1, "kind": "encoder" | "notes" | "gan", "spec": MelSpec as dict, "weights": state dict,
     "network": name in mvnet.encoders (encoder; without it the paper's),
     "head": state dict (encoder), "prototypes": five rows of ten (encoder), "figures": dict,
     "config": dict, "commit": str,
     "encoder_digest": weights_digest of the encoder that it was trained with (gan)}
"""

from __future__ import annotations

import hashlib
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mvnet.encoder import PeriodHead
from mvnet.encoders import PAPER, Encoder, build_encoder
from mvnet.errors import MvnetError
from mvnet.gan import Generator
from mvnet.note_network import NoteNetwork

FORMAT = 1
FILES = {
    "encoder": "encoder.pt",
    "notes": "notes.pt",
    "gan": "generator.pt",
}  # the name of a finished network in its run folder


def write_atomic(path: Path, content: dict[str, Any]) -> None:
    """torch.save that leaves either the old file or the whole new one, also when the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        torch.save(content, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def read_checked(path: Path) -> dict[str, Any]:
    """torch.load to the CPU of a dict.

    Raises:
        MvnetError: there is no such file, or it is damaged or holds something else.
    """
    if not path.is_file():
        raise MvnetError(f"there is no checkpoint {path}: give the run folder or the .pt file of a finished training")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError, zipfile.BadZipFile) as error:
        raise MvnetError(
            f"{path} is not a readable checkpoint ({_first_line(error)}): train again or copy it anew"
        ) from (error)
    if not isinstance(content, dict):
        raise MvnetError(f"{path} holds a {type(content).__name__}, not a checkpoint: give a .pt file of `mvnet train`")
    return content


def load_checkpoint(path: Path | str, kind: str) -> dict[str, Any]:
    """The content of a finished training's file, or of the one in its run folder.

    Args:
        path: a .pt file or a run folder.
        kind: "encoder", "notes" or "gan".
    Raises:
        MvnetError: missing, damaged, of another kind or of another format.
    """
    path = Path(path)
    if path.is_dir():
        path = path / FILES[kind]
    content = read_checked(path)
    if content.get("kind") != kind:
        raise MvnetError(f"{path} is a checkpoint of kind {content.get('kind')!r}, not {kind!r}: give the other file")
    if content.get("format") != FORMAT:
        raise MvnetError(f"{path} has format {content.get('format')!r}, this build reads {FORMAT}: train it again")
    return content


def load_encoder(path: Path | str) -> tuple[Encoder, PeriodHead, dict[str, Any]]:
    """The encoder and its period head in eval mode, and the rest of the file.

    Returns:
        encoder, head, and a dict with "spec" (MelSpec fields), "prototypes" ([5, 10] as lists),
        "figures", "config" and "commit".
    Raises:
        MvnetError: see load_checkpoint.
    """
    content = load_checkpoint(path, "encoder")
    encoder, head = build_encoder(content.get("network", PAPER)), PeriodHead()
    _fill(encoder, content.pop("weights", None), path)
    _fill(head, content.pop("head", None), path)
    return encoder.eval(), head.eval(), content


def load_notes(path: Path | str) -> tuple[NoteNetwork, dict[str, Any]]:
    """The note network in eval mode, and the rest of the file ("spec", "figures", "config", "commit").

    Raises:
        MvnetError: see load_checkpoint.
    """
    content = load_checkpoint(path, "notes")
    notes = NoteNetwork()
    _fill(notes, content.pop("weights", None), path)
    return notes.eval(), content


def load_generator(path: Path | str) -> tuple[Generator, dict[str, Any]]:
    """The generator in eval mode, and the rest of the file ("spec", "figures", "config", "commit", "encoder_digest").

    Raises:
        MvnetError: see load_checkpoint.
    """
    content = load_checkpoint(path, "gan")
    generator = Generator()
    _fill(generator, content.pop("weights", None), path)
    return generator.eval(), content


def weights_digest(module: nn.Module) -> str:
    """SHA-256 of a network's weights: which encoder a generator belongs to."""
    digest = hashlib.sha256()
    for name, value in module.state_dict().items():
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _fill(module: nn.Module, weights: Any, path: Path | str) -> None:
    try:
        module.load_state_dict(weights)
    except (RuntimeError, TypeError, AttributeError) as error:
        name = type(module).__name__
        raise MvnetError(f"the weights in {path} do not fit {name} ({_first_line(error)}): train it again") from error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
