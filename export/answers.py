"""The end of every encoder's graph: its embedding and the periods' probabilities, from the features."""

from __future__ import annotations

import numpy as np
import onnx
from torch import nn

from export.graph import Graph
from export.values import values
from mvnet.encoder import EMBEDDING_SIZE, PeriodHead
from mvnet.encoders import Encoder
from mvnet.frontend import MelSpec
from mvnet.periods import PERIODS
from mvnet.style_encoder import StyleEncoder


def answering(
    graph: Graph, name: str, features: str, encoder: Encoder, head: PeriodHead, spec: MelSpec
) -> onnx.ModelProto:
    """The finished model: mel [N, 3, 128, 256] -> embedding [N, 10] and period [N, 5] in the order of PERIODS.

    Args:
        graph: with the encoder's nodes before its last layer.
        name: of the graph.
        features: value that the last layer reads, [N, features].
    """
    if isinstance(encoder, StyleEncoder):
        # rest + music * (read - rest), the rest taken from the layer's constant
        rest = values(encoder.rest)
        away = _linear(graph, features, encoder.linear, shift=-rest)
        music = graph.op("Sigmoid", _linear(graph, features, encoder.presence))
        embedding = graph.op("Add", graph.op("Mul", away, music), graph.constant(rest), output="embedding")
    else:
        embedding = _linear(graph, features, encoder.linear, output="embedding")
    graph.op("Softmax", _linear(graph, embedding, head.linear), output="period", axis=1)
    outputs = {"embedding": (EMBEDDING_SIZE,), "period": (len(PERIODS),)}
    return graph.model(name, {"mel": spec.input_shape}, outputs, spec)


def _linear(
    graph: Graph, x: str, layer: nn.Linear, *, shift: np.ndarray | None = None, output: str | None = None
) -> str:
    """A linear layer, with something added to its constant."""
    bias = values(layer.bias)
    constant = graph.constant(bias if shift is None else bias + shift)
    return graph.op("Gemm", x, graph.weight(values(layer.weight), axis=0), constant, output=output, transB=1)
