"""The end of every encoder's graph: its embedding and the periods' probabilities, from the features."""

from __future__ import annotations

import onnx

from export.graph import Graph
from export.values import values
from mvnet.encoder import EMBEDDING_SIZE, PeriodHead
from mvnet.encoders import Encoder
from mvnet.frontend import MelSpec
from mvnet.periods import PERIODS


def answering(
    graph: Graph, name: str, features: str, encoder: Encoder, head: PeriodHead, spec: MelSpec
) -> onnx.ModelProto:
    """The finished model: mel [N, 3, 128, 256] -> embedding [N, 10] and period [N, 5] in the order of PERIODS.

    Args:
        graph: with the encoder's nodes before its last layer.
        name: of the graph.
        features: value that the last layer reads, [N, features].
    """
    answer = features
    for layer, output in ((encoder.linear, "embedding"), (head.linear, None)):
        weight, bias = graph.weight(values(layer.weight), axis=0), graph.constant(values(layer.bias))
        answer = graph.op("Gemm", answer, weight, bias, output=output, transB=1)
    graph.op("Softmax", answer, output="period", axis=1)
    outputs = {"embedding": (EMBEDDING_SIZE,), "period": (len(PERIODS),)}
    return graph.model(name, {"mel": spec.input_shape}, outputs, spec)
