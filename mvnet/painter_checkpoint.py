"""Finished painters and brushes on disk: written by their trainings, read by export and evaluation.

As mvnet.checkpoints: one file, loadable with weights_only=True.

    {"format": 1, "kind": "painter" | "brush", "spec": MelSpec as dict, "shape": PainterShape as dict,
     "weights": state dict of the averaged network, "figures": dict, "config": dict, "commit": str,
     "encoder_digest": weights_digest of the encoder that it was trained with, or "synthetic" (painter)}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from mvnet.brush import Brush
from mvnet.checkpoints import FORMAT, read_checked
from mvnet.errors import MvnetError
from mvnet.painter import Painter
from mvnet.painter_config import TRUNK_SIZE, PainterShape

FILES = {"painter": "painter.pt", "brush": "brush.pt"}


def weights_of(network: nn.Module) -> dict[str, Any]:
    """The state dict on the CPU, contiguous."""
    return {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}


def load_painter(path: Path | str) -> tuple[Painter, dict[str, Any]]:
    """The painter in eval mode, and the rest of the file.

    Args:
        path: a .pt file, or the run folder that holds painter.pt.
    Raises:
        MvnetError: missing, damaged, of another kind or of another format.
    """
    content = _load(Path(path), "painter")
    painter = Painter(_shape(content, path))
    _fill(painter, content.pop("weights", None), path)
    return painter.eval(), content


def load_brush(path: Path | str) -> tuple[Brush, dict[str, Any]]:
    """The brush in eval mode, and the rest of the file; as load_painter."""
    content = _load(Path(path), "brush")
    brush = new_brush(_shape(content, path))
    _fill(brush, content.pop("weights", None), path)
    return brush.eval(), content


def new_brush(shape: PainterShape) -> Brush:
    """An untrained brush that fits into a painter of this shape."""
    return Brush(shape.enlargement, shape.brush_width, shape.width, TRUNK_SIZE)


def fill(network: Painter | Brush, start: Path | str) -> dict[str, Any]:
    """Begin with the weights of a finished painter or brush, as far as names and shapes are the same.

    Args:
        network: a painter takes a brush's weights for its own brush, a brush those of a painter's brush.
        start: a .pt file, or a run folder that holds painter.pt or brush.pt.
    Returns:
        the rest of the file.
    Raises:
        MvnetError: the file is unreadable, or nothing in it fits.
    """
    path = Path(start)
    if path.is_dir():
        path = path / next((name for name in FILES.values() if (path / name).exists()), FILES["painter"])
    content = _load(path, None)
    prefix = "brush." if content["kind"] == "brush" else ""
    found = {prefix + name: value for name, value in content.pop("weights", {}).items()}
    if isinstance(network, Brush):
        found = {name.removeprefix("brush."): value for name, value in found.items() if name.startswith("brush.")}
    own = network.state_dict()
    fitting = {name: value for name, value in found.items() if name in own and own[name].shape == value.shape}
    if not fitting:
        raise MvnetError(f"no weights in {path} fit this network: give one of the same --width and --brush-width")
    network.load_state_dict({**own, **fitting})
    return content


def _load(path: Path, kind: str | None) -> dict[str, Any]:
    """The content of a file of this kind, or of either with None."""
    if path.is_dir():
        path = path / FILES[kind or "painter"]
    content = read_checked(path)
    if content.get("kind") not in (FILES if kind is None else (kind,)):
        kind = kind or "painter"
        raise MvnetError(f"{path} is a checkpoint of kind {content.get('kind')!r}, not {kind!r}: give the other file")
    if content.get("format") != FORMAT:
        raise MvnetError(f"{path} has format {content.get('format')!r}, this build reads {FORMAT}: train it again")
    return content


def _shape(content: Mapping[str, Any], path: Path | str) -> PainterShape:
    try:
        return PainterShape(**content["shape"])
    except (KeyError, TypeError) as error:
        raise MvnetError(f"{path} does not say what its painter is built of ({error}): train it again") from error


def _fill(network: nn.Module, weights: Any, path: Path | str) -> None:
    try:
        network.load_state_dict(weights)
    except (RuntimeError, TypeError, AttributeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise MvnetError(
            f"the weights in {path} do not fit {type(network).__name__} ({reason}): train it again"
        ) from error
