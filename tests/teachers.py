"""Made-up teachers of the encoder: files like those of musicnn and Basic Pitch, without what these have learnt."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from mvnet.cli_lessons import NOTES, TAGS
from mvnet.tensor_bundle import MAGIC

TYPES = {"float32": 1, "int64": 9}


def varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    return varint(number << 3) + varint(value)


def block(entries: list[tuple[bytes, bytes]]) -> bytes:
    """Entries that share the beginnings of their keys, one restart point, no compression, a checksum nobody reads."""
    out, last = b"", b""
    for key, value in entries:
        shared = 0
        while shared < min(len(key), len(last)) and key[shared] == last[shared]:
            shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    return out + struct.pack("<II", 0, 1)


def write_bundle(prefix: str, tensors: dict[str, np.ndarray], *, shard: int = 0, compression: int = 0) -> None:
    data, entries = b"", [(b"", field(1, 1))]
    for name in sorted(tensors):
        array = tensors[name]
        shape = b"".join(field(2, field(1, size)) for size in array.shape)
        value = field(1, TYPES[array.dtype.name]) + field(2, shape) + (field(3, shard) if shard else b"")
        value += field(4, len(data)) + field(5, array.nbytes) + varint(6 << 3 | 5) + b"\0\0\0\0"
        entries.append((name.encode(), value))
        data += array.tobytes()
    first = block(entries)
    table = first + bytes([compression]) + b"\0\0\0\0"
    index = block([(b"zzz", varint(0) + varint(len(first)))])
    at = len(table)
    table += index + b"\0" + b"\0\0\0\0"
    handles = varint(0) + varint(0) + varint(at) + varint(len(index))
    table += handles.ljust(40, b"\0") + struct.pack("<Q", MAGIC)
    Path(prefix + ".index").write_bytes(table)
    Path(prefix + ".data-00000-of-00001").write_bytes(data)


KERNELS = (
    (7, 38, 1, 204), (7, 67, 1, 204), (128, 1, 1, 51), (64, 1, 1, 51), (32, 1, 1, 51),
    (7, 561, 1, 64), (7, 64, 1, 64), (7, 64, 1, 64),
)  # fmt: skip
NORMS = (1, 204, 204, 51, 51, 51, 64, 64, 64)


def tagger_tensors(seed: int = 0) -> dict[str, np.ndarray]:
    """Tensors of a checkpoint of musicnn, as many as its features need, drawn at random."""
    rng = np.random.default_rng(seed)
    tensors = {}
    for number, shape in enumerate(KERNELS):
        name = f"conv2d_{number}" if number else "conv2d"
        tensors[f"{name}/kernel"] = rng.normal(0, 1 / np.sqrt(np.prod(shape[:3])), shape)
        tensors[f"{name}/bias"] = rng.normal(0, 0.1, shape[-1])
    for number, size in enumerate(NORMS):
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        for part, centre in (("gamma", 1.0), ("beta", 0.0), ("moving_mean", 0.0), ("moving_variance", 1.0)):
            tensors[f"{name}/{part}"] = np.full(size, centre) + rng.uniform(0, 0.1, size)
    return {name: array.astype(np.float32) for name, array in tensors.items()}


def write_tagger(folder: Path, seed: int = 0) -> None:
    folder.mkdir(parents=True)
    write_bundle(f"{folder}/", tagger_tensors(seed))


def write_transcriber(file: Path, pitches: int = 88) -> None:
    """A network whose notes are the sizes of its first 172 x 88 samples, in order, and its onsets half of them."""
    file.parent.mkdir(parents=True)
    count = 172 * pitches
    constants = {"from": [0], "to": [count], "axis": [1], "shape": [-1, 172, pitches]}
    nodes = [
        helper.make_node("Slice", ["sound:0", "from", "to", "axis"], ["first"]),
        helper.make_node("Abs", ["first"], ["size"]),
        helper.make_node("Reshape", ["size", "shape"], ["call:1"]),
        helper.make_node("Mul", ["call:1", "half"], ["call:2"]),
    ]
    graph = helper.make_graph(
        nodes,
        "notes",
        [helper.make_tensor_value_info("sound:0", TensorProto.FLOAT, ["n", 43844, 1])],
        [helper.make_tensor_value_info(f"call:{k}", TensorProto.FLOAT, ["n", 172, pitches]) for k in (2, 1)],
        [
            *(numpy_helper.from_array(np.array(value, np.int64), name) for name, value in constants.items()),
            numpy_helper.from_array(np.array(0.5, np.float32), "half"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, file)


def write_teachers(folder: Path) -> None:
    """Both, where `pip install --target` would put them."""
    write_tagger(folder / TAGS)
    write_transcriber(folder / NOTES)
