"""Building ONNX graphs node by node: constants, their storage in 16 bits, and the model's frame.

Built directly rather than traced, because the generator is rewritten for speed (see fast_generator)
and because a graph of a few dozen known nodes needs no exporter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from mvnet.frontend import MelSpec

OPSET = 18
IR_VERSION = 10
SPEC_KEY = "mvnet.spec"
EXACT_SIZE = 150_000  # weights with fewer numbers than this stay float32: they cost little and hold the accuracy

Shapes = Mapping[str, tuple[int, ...]]  # name of an input or output to its shape without N


class Graph:
    """Nodes and constants of one network, in order.

    Args:
        compact: store large weights as 16-bit integers.
    """

    def __init__(self, *, compact: bool = True) -> None:
        self.compact = compact
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def op(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        """Add a node with one output; returns the output's name."""
        return self.ops(kind, *inputs, outputs=[output or f"{kind.lower()}_{len(self._nodes)}"], **attributes)[0]

    def ops(self, kind: str, *inputs: str, outputs: list[str], **attributes: Any) -> list[str]:
        """Add a node with the given outputs; returns them."""
        self._nodes.append(helper.make_node(kind, list(inputs), outputs, **attributes))
        return outputs

    def constant(self, values: np.ndarray | float) -> str:
        """A float32 constant, stored as it is."""
        return self._store(np.asarray(values, np.float32))

    def shape(self, *sizes: int) -> str:
        """An int64 constant: sizes of a Reshape, axes of a reduction."""
        return self._store(np.array(sizes, np.int64))

    def weight(self, values: np.ndarray, axis: int) -> str:
        """Trained weights, stored in 16 bits where that is worth it.

        Large weights become 16-bit integers with one scale for each index of `axis`, which ONNX Runtime
        turns into float32 when it loads them, so that running costs nothing. The same size as float16,
        but the rounding error is several times smaller: 15 bits below the largest weight of its channel,
        where float16 keeps 11 bits of each.

        Args:
            values: float [...].
            axis: the output channels.
        """
        values = np.asarray(values, np.float32)
        if not self.compact or values.size < EXACT_SIZE:
            return self._store(values)
        others = tuple(i for i in range(values.ndim) if i != axis)
        scale = np.maximum(np.abs(values).max(axis=others, keepdims=True), np.finfo(np.float32).tiny * 2**15) / 32767
        integers = self._store(np.rint(values / scale).astype(np.int16))
        return self.op("Mul", self.op("Cast", integers, to=TensorProto.FLOAT), self._store(scale))

    def model(self, name: str, inputs: Shapes, outputs: Shapes, spec: MelSpec) -> onnx.ModelProto:
        """The finished, checked model; N, the first size of every input and output, is free."""
        graph = helper.make_graph(self._nodes, name, _values(inputs), _values(outputs), self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        model.producer_name = "mvnet"
        helper.set_model_props(model, {SPEC_KEY: json.dumps(spec.as_dict(), sort_keys=True)})
        onnx.checker.check_model(model, full_check=True)
        return model

    def _store(self, values: np.ndarray) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def _values(shapes: Shapes) -> list[onnx.ValueInfoProto]:
    return [helper.make_tensor_value_info(key, TensorProto.FLOAT, ["N", *shape]) for key, shape in shapes.items()]
