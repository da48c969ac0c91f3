"""The encoder, and the generator layer by layer, as ONNX graphs. The generator that ships is in fast_generator."""

from __future__ import annotations

import numpy as np
import onnx
from torch import nn

from export.answers import answering
from export.graph import Graph
from export.style_encoder import style_encoder_onnx
from export.values import values
from mvnet.encoder import EMBEDDING_SIZE, PeriodHead
from mvnet.encoders import Encoder
from mvnet.frontend import MelSpec
from mvnet.gan import SLOPE, Generator, SelfAttention
from mvnet.style_encoder import StyleEncoder

NORM_EPSILON = 1e-5  # torch's default, of every instance normalisation


def encoder_onnx(encoder: Encoder, head: PeriodHead, spec: MelSpec, *, compact: bool = True) -> onnx.ModelProto:
    """mel [N, 3, 128, 256] -> embedding [N, 10] and period [N, 5], probabilities in the order of PERIODS.

    Batch normalisation is folded into the convolution before it: exact up to rounding, in eval mode.

    Args:
        encoder: in any mode; its running statistics are used.
        head: of the period.
        spec: of the windows it was trained on.
        compact: 16-bit storage of the paper's network.
    """
    if isinstance(encoder, StyleEncoder):
        return style_encoder_onnx(encoder, head, spec)
    graph = Graph(compact=compact)
    x = "mel"
    layers = list(encoder.blocks)
    for conv, norm in zip(layers[0::3], layers[1::3], strict=True):
        if not isinstance(conv, nn.Conv2d) or not isinstance(norm, nn.BatchNorm2d):
            raise TypeError("the encoder's blocks are not convolution, batch normalisation, ReLU")
        weight, bias = _folded(conv, norm)
        x = graph.op("Conv", x, graph.weight(weight, axis=0), graph.constant(bias), strides=[2, 2], pads=[1, 1, 1, 1])
        x = graph.op("Relu", x)
    return answering(graph, "encoder", graph.op("Flatten", x), encoder, head, spec)


def _folded(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[np.ndarray, np.ndarray]:
    """Weight and bias of a convolution and the batch normalisation after it, in double precision until the end."""
    if norm.running_mean is None or norm.running_var is None or conv.bias is None:
        raise TypeError("the encoder's batch normalisation keeps no statistics")
    scale = values(norm.weight) / np.sqrt(values(norm.running_var).astype(np.float64) + norm.eps)
    bias = (values(conv.bias) - values(norm.running_mean)) * scale + values(norm.bias)
    return values(conv.weight) * scale[:, None, None, None], bias


def plain_encoder(encoder: Encoder, head: PeriodHead, spec: MelSpec) -> onnx.ModelProto:
    """The encoder with one node for each step of the network, float32: the baseline that `encoder_vs_plain_onnx` times.

    Inputs, outputs and arguments as encoder_onnx.
    """
    if isinstance(encoder, StyleEncoder):
        return style_encoder_onnx(encoder, head, spec, folded=False)
    graph = Graph(compact=False)
    x = "mel"
    for layer in encoder.blocks:
        if isinstance(layer, nn.Conv2d):
            x = graph.op("Conv", x, *_parameters(graph, layer), strides=[2, 2], pads=[1, 1, 1, 1])
        elif isinstance(layer, nn.BatchNorm2d):
            if layer.running_mean is None or layer.running_var is None:
                raise TypeError("the encoder's batch normalisation keeps no statistics")
            parts = (layer.weight, layer.bias, layer.running_mean, layer.running_var)
            x = graph.op("BatchNormalization", x, *(graph.constant(values(part)) for part in parts), epsilon=layer.eps)
        else:
            x = graph.op("Relu", x)
    return answering(graph, "plain_encoder", graph.op("Flatten", x), encoder, head, spec)


def plain_generator(generator: Generator, spec: MelSpec) -> onnx.ModelProto:
    """noise [N, 100], embedding [N, 10] -> image [N, 3, 64, 64], one node for each step of the network, float32.

    What an exporter makes of the paper's formulas; the baseline that `generator_vs_plain_onnx` times. The
    zero padding of query and key in mvnet.gan.SelfAttention, a help to torch only, is left out: it
    would make this graph slower.
    """
    graph = Graph(compact=False)
    x = graph.op("Concat", "noise", "embedding", axis=1)
    x = graph.op("Gemm", x, *_parameters(graph, generator.linear), transB=1)
    x = graph.op("Reshape", graph.op("LeakyRelu", x, alpha=SLOPE), graph.shape(-1, 1024, 4, 4))
    size = 4
    for index, conv in enumerate((generator.conv1, generator.conv2, generator.conv3, generator.conv4), 1):
        scales = graph.constant(np.array([1, 1, 2, 2]))
        x = graph.op("Resize", x, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")
        x = graph.op("Conv", x, *_parameters(graph, conv), pads=[1, 1, 1, 1])
        ones, zeros = graph.constant(np.ones(conv.out_channels)), graph.constant(np.zeros(conv.out_channels))
        x = graph.op("InstanceNormalization", x, ones, zeros, epsilon=NORM_EPSILON)
        x = graph.op("LeakyRelu", x, alpha=SLOPE)
        size *= 2
        if index == 3:
            x = _plain_attention(graph, x, generator.attention3, size)
    x = _plain_attention(graph, x, generator.attention4, size)
    x = graph.op("Conv", x, *_parameters(graph, generator.conv5), pads=[1, 1, 1, 1])
    graph.op("Tanh", x, output="image")
    inputs = {"noise": (generator.noise_size,), "embedding": (EMBEDDING_SIZE,)}
    return graph.model("plain_generator", inputs, {"image": (3, size, size)}, spec)


def _plain_attention(graph: Graph, x: str, attention: SelfAttention, size: int) -> str:
    """gamma * softmax(query^T key) value + input, as written in the paper's section 3.2.1."""
    channels = attention.value.out_channels

    def project(conv: nn.Conv2d) -> str:
        y = graph.op("Conv", x, *_parameters(graph, conv))
        return graph.op("Reshape", y, graph.shape(-1, conv.out_channels, size * size))  # [N, C, HW]

    query = graph.op("Transpose", project(attention.query), perm=[0, 2, 1])
    weights = graph.op("Softmax", graph.op("MatMul", query, project(attention.key)), axis=-1)  # [N, HW, HW]
    attended = graph.op("MatMul", weights, graph.op("Transpose", project(attention.value), perm=[0, 2, 1]))
    attended = graph.op("Transpose", attended, perm=[0, 2, 1])
    attended = graph.op("Reshape", attended, graph.shape(-1, channels, size, size))
    return graph.op("Add", graph.op("Mul", graph.constant(values(attention.gamma)), attended), x)


def _parameters(graph: Graph, layer: nn.Conv2d | nn.Linear) -> tuple[str, str]:
    if layer.bias is None:
        raise TypeError("the layers have biases")
    return graph.weight(values(layer.weight), axis=0), graph.constant(values(layer.bias))
