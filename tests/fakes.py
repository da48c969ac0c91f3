"""Stand-ins for what a test machine lacks: kilobyte ONNX models with the real names, shapes and metadata.

The tiny model behaves as the real one does where a test can see it: the period follows the music (each
fifth of the mel bands speaks for one period), pictures depend on noise and on embedding, and equal inputs
give equal pictures. The onnx package is needed here only; the app never imports it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from mvnet.frontend import MelSpec
from mvnet.periods import PERIODS

EMBEDDING_SIZE = 10
OPSET = 17
COARSE = 4  # the tiny generator paints COARSE x COARSE colours and enlarges them


def tiny_model_folder(
    path: Path,
    *,
    image_size: int = 16,
    noise_size: int = 100,
    name: str = "tiny",
    spec: MelSpec | None = None,
    encoder: str = "encoder.onnx",
    **card: Any,
) -> Path:
    """Write a complete model folder of about 30 kB.

    Args:
        path: the folder to make.
        image_size: height and width of its pictures, a multiple of 4.
        noise_size: Z.
        name: of the model.
        spec: of its mel windows; the default one unless given.
        encoder: value of the card's `encoder`; one that starts with ".." is shared, and must exist already.
        card: other values for model.json, such as title or licence.
    Returns:
        path.
    """
    spec = spec or MelSpec()
    path.mkdir(parents=True, exist_ok=True)
    if not encoder.startswith(".."):
        onnx.save(tiny_encoder(spec), path / encoder)
    onnx.save(tiny_generator(image_size, noise_size, spec), path / "generator.onnx")
    files = (encoder, "generator.onnx")
    values: dict[str, Any] = {
        "format": 1,
        "name": name,
        "title": f"Tiny model, {image_size} x {image_size}",
        "encoder": encoder,
        "generator": "generator.onnx",
        "periods": list(PERIODS),
        "spec": spec.as_dict(),
        "embedding_size": EMBEDDING_SIZE,
        "noise_size": noise_size,
        "image_size": [image_size, image_size],
        "prototypes": tiny_prototypes().tolist(),
        "sha256": {file: hashlib.sha256((path / file).read_bytes()).hexdigest() for file in files},
        "parity": {"encoder": 0.0, "generator": 0.0},
        "training": {"encoder": {}, "generator": {}},
        "licence": "CC0-1.0",
    }
    write_card(path, values | card)
    return path


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write a folder's model.json."""
    (folder / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def read_card(folder: Path) -> dict[str, Any]:
    """Read a folder's model.json as it is, to change and write back."""
    card: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    return card


def reseal(folder: Path) -> None:
    """Write the present checksums of a folder's files into its card, after a test changed a file on purpose."""
    card = read_card(folder)
    card["sha256"] = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in card["sha256"]}
    write_card(folder, card)


def tiny_prototypes() -> np.ndarray:
    """Mean embedding of each period, float32 [5, 10]: the tiny encoder's answer to its loudest band group alone."""
    levels = np.eye(len(PERIODS), dtype=np.float32) * 2 - 1  # mel values: +1 is 0 dB, -1 the floor
    return np.concatenate((levels, levels[:, ::-1]), axis=1).astype(np.float32)


def tiny_encoder(spec: MelSpec) -> onnx.ModelProto:
    """mel [N, 3, n_mels, n_frames / 3] -> embedding [N, 10], period [N, 5].

    The first five numbers of the embedding are the mean level of each fifth of the bands, lowest first;
    the last five are the same in reverse. The period is their softmax: low sound is renaissance, high
    sound is modern, silence is undecided.
    """
    group = np.arange(spec.n_mels) * len(PERIODS) // spec.n_mels  # which period a band speaks for
    levels = (group[:, None] == np.arange(len(PERIODS))).astype(np.float32)
    levels /= levels.sum(axis=0)
    embed = np.concatenate((levels, levels[:, ::-1]), axis=1)  # [n_mels, 10]
    heads = np.zeros((EMBEDDING_SIZE, len(PERIODS)), np.float32)
    heads[: len(PERIODS)] = 8 * np.eye(len(PERIODS))
    nodes = [
        helper.make_node("ReduceMean", ["mel"], ["bands"], axes=[1, 3], keepdims=0),
        helper.make_node("MatMul", ["bands", "embed"], ["embedding"]),
        helper.make_node("MatMul", ["embedding", "heads"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["period"], axis=1),
    ]
    return _model(
        "encoder",
        nodes,
        {"mel": spec.input_shape},
        {"embedding": (EMBEDDING_SIZE,), "period": (len(PERIODS),)},
        {"embed": embed, "heads": heads},
        spec,
    )


def tiny_generator(image_size: int, noise_size: int, spec: MelSpec | None = None) -> onnx.ModelProto:
    """noise [N, Z], embedding [N, 10] -> image [N, 3, image_size, image_size] in [-1, 1], smooth colour fields."""
    if image_size % COARSE:
        raise ValueError(f"image_size is {image_size}: the tiny generator needs a multiple of {COARSE}")
    random = np.random.default_rng(7)
    weights = random.normal(size=(noise_size + EMBEDDING_SIZE, 3 * COARSE * COARSE)).astype(np.float32)
    weights /= np.sqrt(noise_size)
    scale = image_size / COARSE
    nodes = [
        helper.make_node("Concat", ["noise", "embedding"], ["latent"], axis=1),
        helper.make_node("MatMul", ["latent", "weights"], ["flat"]),
        helper.make_node("Reshape", ["flat", "grid"], ["coarse"]),
        helper.make_node("Resize", ["coarse", "", "scales"], ["large"], mode="linear"),
        helper.make_node("Tanh", ["large"], ["image"]),
    ]
    constants = {
        "weights": weights,
        "grid": np.array([-1, 3, COARSE, COARSE], np.int64),
        "scales": np.array([1, 1, scale, scale], np.float32),
    }
    inputs = {"noise": (noise_size,), "embedding": (EMBEDDING_SIZE,)}
    return _model("generator", nodes, inputs, {"image": (3, image_size, image_size)}, constants, spec or MelSpec())


def other_spec(**changes: Any) -> MelSpec:
    """The default MelSpec with some fields changed."""
    return replace(MelSpec(), **changes)


def _model(
    name: str,
    nodes: list[onnx.NodeProto],
    inputs: dict[str, tuple[int, ...]],
    outputs: dict[str, tuple[int, ...]],
    constants: dict[str, np.ndarray],
    spec: MelSpec,
) -> onnx.ModelProto:
    def values(shapes: dict[str, tuple[int, ...]]) -> list[onnx.ValueInfoProto]:
        return [helper.make_tensor_value_info(key, TensorProto.FLOAT, ["N", *shape]) for key, shape in shapes.items()]

    weights = [numpy_helper.from_array(np.ascontiguousarray(array), key) for key, array in constants.items()]
    graph = helper.make_graph(nodes, name, values(inputs), values(outputs), weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    helper.set_model_props(model, {"mvnet.spec": json.dumps(spec.as_dict(), sort_keys=True)})
    onnx.checker.check_model(model, full_check=True)
    return model
