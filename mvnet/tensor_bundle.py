"""Reads TensorFlow's checkpoint files without TensorFlow: `mvnet.teacher` learns from networks stored so.

A checkpoint is a table of names (`<prefix>.index`, the sorted-table format of LevelDB) that says where
each tensor lies in `<prefix>.data-00000-of-00001`. Runs in the training process, once.
Source of the formats: LevelDB, doc/table_format.md; TensorFlow, core/protobuf/tensor_bundle.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mvnet.errors import MvnetError

MAGIC = 0xDB4775248B80FB57  # ends every sorted table
FOOTER = 48  # bytes
DTYPES: dict[int, np.dtype[Any]] = {  # of DataType in types.proto
    1: np.dtype("<f4"),
    2: np.dtype("<f8"),
    3: np.dtype("<i4"),
    9: np.dtype("<i8"),
}


def read_bundle(prefix: str) -> dict[str, np.ndarray]:
    """Every tensor of numbers in a checkpoint of one shard, by name.

    Args:
        prefix: path of the files without ".index"; it may end in a slash.
    Raises:
        MvnetError: they are missing, compressed, in several shards or damaged.
    """
    index, data = Path(prefix + ".index"), Path(prefix + ".data-00000-of-00001")
    try:
        table, tensors = index.read_bytes(), data.read_bytes()
    except OSError as error:
        raise MvnetError(f"{error.filename} cannot be read ({error.strerror}): install the package again") from error
    try:
        return dict(_tensors(table, tensors))
    except (IndexError, ValueError, struct.error, KeyError) as error:
        raise MvnetError(f"{index} is not a checkpoint this build reads ({error}): install the package again") from (
            error
        )


def _tensors(table: bytes, tensors: bytes) -> Iterator[tuple[str, np.ndarray]]:
    for key, value in _entries(table):
        if not key:
            continue  # the header
        fields = _fields(value)
        dtype = DTYPES.get(int(fields.get(1, [0])[0]))
        if dtype is None:
            continue  # texts
        if int(fields.get(3, [0])[0]) != 0:
            raise ValueError(f"{key.decode()} lies in another shard")
        shape = [int(_fields(dim).get(1, [0])[0]) for dim in _fields(fields.get(2, [b""])[0]).get(2, [])]
        offset, size = int(fields.get(4, [0])[0]), int(fields.get(5, [0])[0])
        yield key.decode(), np.frombuffer(tensors[offset : offset + size], dtype).reshape(shape).copy()


def _entries(table: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and values of a sorted table, in order."""
    footer = table[-FOOTER:]
    if len(footer) < FOOTER or struct.unpack("<Q", footer[-8:])[0] != MAGIC:
        raise ValueError("no sorted table")
    _, at = _handle(footer, 0)  # the block of extra facts
    index, _ = _handle(footer, at)
    for _, value in _block(table, *index):
        handle, _ = _handle(value, 0)
        yield from _block(table, *handle)


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    if table[offset + size] != 0:
        raise ValueError("compressed blocks")
    block = table[offset : offset + size]
    restarts = struct.unpack("<I", block[-4:])[0]
    end = size - 4 * (restarts + 1)
    at, key = 0, b""
    while at < end:
        shared, at = _number(block, at)
        own, at = _number(block, at)
        length, at = _number(block, at)
        key = key[:shared] + block[at : at + own]
        yield key, block[at + own : at + own + length]
        at += own + length


def _handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    offset, at = _number(data, at)
    size, at = _number(data, at)
    return (offset, size), at


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A varint and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _fields(message: bytes | int) -> dict[int, list]:
    """Fields of a protocol buffer message by number: varints as int, the rest as bytes."""
    if not isinstance(message, bytes):
        raise ValueError("a number where a message belongs")
    found: dict[int, list] = {}
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        kind = key & 7
        value: bytes | int
        if kind == 0:
            value, at = _number(message, at)
        else:
            if kind == 2:
                length, at = _number(message, at)
            else:
                length = {1: 8, 5: 4}[kind]
            value, at = message[at : at + length], at + length
        found.setdefault(key >> 3, []).append(value)
    return found
