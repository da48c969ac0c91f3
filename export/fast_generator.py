"""The generator as ONNX Runtime runs it fastest on a processor: the same function, rewritten exactly.

Everything is kept as [N, positions, channels], so that each step is one matrix product and no picture is
ever transposed. Three identities, exact up to rounding, save most of the work:

1. Bilinear enlargement mixes positions, a convolution's taps mix channels: they commute. So the nine taps
   are applied to the small map (one product, a quarter of the work), and enlargement, shift and
   zero padding of the nine results are two products with small fixed matrices, one for each direction.
2. Instance normalisation removes any constant of a channel, so the biases before it fall away.
3. After the last attention comes only a convolution, conv5(gamma * A V + x): A mixes positions, so the
   channels can be mixed first. V and the nine taps of the three colours become one matrix of 27
   columns, and A multiplies 27 channels instead of 64.

The key's bias adds the same number to a whole row of the softmax and falls away too. Queries are taken in
slices, whose weights stay in the processor's cache between the product, the softmax and the next product.
"""

from __future__ import annotations

import numpy as np
import onnx
from torch import nn

from export.graph import Graph
from export.to_onnx import NORM_EPSILON
from export.values import values
from mvnet.encoder import EMBEDDING_SIZE
from mvnet.frontend import MelSpec
from mvnet.gan import SLOPE, Generator, SelfAttention

START = 4  # height and width of the first feature map
TAPS = 3  # of a convolution, in each direction
COLOURS = 3
SLICE = 256  # queries at a time: of 128, 256 and 512 the fastest at 4096 positions


def generator_onnx(generator: Generator, spec: MelSpec, *, compact: bool = True) -> onnx.ModelProto:
    """noise [N, 100], embedding [N, 10] -> image [N, 3, 64, 64] in [-1, 1].

    Args:
        generator: trained; in any mode.
        spec: of the windows behind its embeddings, written into the file.
        compact: 16-bit storage.
    """
    graph = Graph(compact=compact)
    x, size = _first(graph, generator.linear), START
    for conv in (generator.conv1, generator.conv2, generator.conv3):
        x, size = _block(graph, x, conv, size), 2 * size
    x = _attention(graph, x, generator.attention3, size)
    x, size = _block(graph, x, generator.conv4, size), 2 * size
    x = _attended_taps(graph, x, generator.attention4, generator.conv5, size)  # [N, size^2, 27]
    x = graph.op("Transpose", x, perm=[0, 2, 1])
    x = graph.op("Reshape", x, graph.shape(-1, TAPS * TAPS * COLOURS, size, size))
    # What is left of conv5: shift each tap's picture to its place, zeros beyond the border, and add.
    bias = _bias(generator.conv5)
    x = graph.op("Conv", x, graph.constant(_shifts()), graph.constant(bias), pads=[1, 1, 1, 1])
    graph.op("Tanh", x, output="image")
    inputs = {"noise": (generator.noise_size,), "embedding": (EMBEDDING_SIZE,)}
    return graph.model("generator", inputs, {"image": (COLOURS, size, size)}, spec)


def enlargement(size: int) -> np.ndarray:
    """Bilinear enlargement by two and the three taps' shifts of one direction, [3, 2 size, size].

    Row p of matrix t gives the enlarged line's value at p + t - 1, and zero outside: what tap t of a
    convolution with padding 1 reads. As torch's interpolate with align_corners=False: output p lies at
    (p + 0.5) / 2 - 0.5, and the line's ends are repeated.
    """
    enlarged = np.zeros((2 * size, size), np.float32)
    for row in range(2 * size):
        place = (row + 0.5) / 2 - 0.5
        left = int(np.floor(place))
        for column, share in ((left, 1 - (place - left)), (left + 1, place - left)):
            enlarged[row, min(max(column, 0), size - 1)] += share
    padded = np.pad(enlarged, ((1, 1), (0, 0)))
    return np.stack([padded[tap : tap + 2 * size] for tap in range(TAPS)])


def _first(graph: Graph, linear: nn.Linear) -> str:
    """Noise and embedding to the first feature map, [N, 16, 1024]."""
    x = graph.op("Concat", "noise", "embedding", axis=1)
    positions = START * START
    channels = linear.out_features // positions
    weight = values(linear.weight).reshape(channels, positions, -1).swapaxes(0, 1).reshape(linear.out_features, -1)
    bias = _bias(linear).reshape(channels, positions).T.reshape(-1)
    x = graph.op("Gemm", x, graph.weight(weight, axis=0), graph.constant(bias), transB=1)
    return graph.op("Reshape", graph.op("LeakyRelu", x, alpha=SLOPE), graph.shape(-1, positions, channels))


def _block(graph: Graph, x: str, conv: nn.Conv2d, size: int) -> str:
    """Enlargement, convolution, instance normalisation and LeakyReLU: [N, size^2, C] to [N, 4 size^2, C']."""
    weight = values(conv.weight)  # [C', C, row tap, column tap]
    channels = conv.out_channels
    # One product applies all taps; a scale for each of its columns, where a convolution has one for nine.
    taps = graph.weight(weight.transpose(1, 2, 3, 0).reshape(conv.in_channels, -1), axis=1)
    x = graph.op("MatMul", x, taps)  # [N, size^2, (row tap, column tap, C')]
    x = graph.op("Reshape", x, graph.shape(-1, size * size, TAPS, TAPS * channels))
    x = graph.op("Transpose", x, perm=[0, 2, 1, 3])
    x = graph.op("Reshape", x, graph.shape(-1, TAPS * size, size * TAPS * channels))  # [N, (tap, row), ...]
    matrix = enlargement(size)
    rows = matrix.transpose(1, 0, 2).reshape(2 * size, -1)  # columns in the order (tap, row)
    x = graph.op("MatMul", graph.constant(rows), x)  # [N, 2 size, (column, tap, C')]
    x = graph.op("Reshape", x, graph.shape(-1, 2 * size, size * TAPS, channels))
    columns = matrix.transpose(1, 2, 0).reshape(2 * size, -1)  # columns in the order (column, tap)
    x = graph.op("MatMul", graph.constant(columns), x)  # [N, 2 size, 2 size, C']
    positions = 4 * size * size
    x = graph.op("Reshape", x, graph.shape(-1, positions, channels))
    return graph.op("LeakyRelu", _normalised(graph, x, positions), alpha=SLOPE)


def _normalised(graph: Graph, x: str, positions: int) -> str:
    """Each channel to mean 0 and variance 1 over the positions; means as products, which run on all threads."""
    average = graph.constant(np.full((1, positions), 1 / positions))
    x = graph.op("Sub", x, graph.op("MatMul", average, x))
    variance = graph.op("MatMul", average, graph.op("Mul", x, x))  # [N, 1, C]
    deviation = graph.op("Sqrt", graph.op("Add", variance, graph.constant(NORM_EPSILON)))
    return graph.op("Mul", x, graph.op("Reciprocal", deviation))


def _attention(graph: Graph, x: str, attention: SelfAttention, size: int) -> str:
    """gamma * softmax(query^T key) value + input; the softmax's rows sum to 1, so the value's bias is added after."""
    gamma = values(attention.gamma)
    value = graph.op("MatMul", x, graph.constant(gamma * _matrix(attention.value)))
    attended = _attend(graph, x, attention, value, size)
    return graph.op("Add", graph.op("Add", attended, x), graph.constant(gamma * _bias(attention.value)))


def _attended_taps(graph: Graph, x: str, attention: SelfAttention, conv: nn.Conv2d, size: int) -> str:
    """The last attention and the nine taps of the last convolution, before their shifts: [N, size^2, 27]."""
    gamma = values(attention.gamma)
    taps = values(conv.weight).transpose(1, 2, 3, 0).reshape(conv.in_channels, -1)  # [C, (row, column, colour)]
    value = graph.op("MatMul", x, graph.constant(gamma * (_matrix(attention.value) @ taps)))
    own = graph.op("MatMul", x, graph.constant(taps))
    own = graph.op("Add", own, graph.constant(gamma * (_bias(attention.value) @ taps)))
    return graph.op("Add", _attend(graph, x, attention, value, size), own)


def _attend(graph: Graph, x: str, attention: SelfAttention, value: str, size: int) -> str:
    """softmax(query^T key) value, [N, size^2, columns of value], in slices of the queries."""
    query = graph.op("MatMul", x, graph.constant(_matrix(attention.query)))
    query = graph.op("Add", query, graph.constant(_bias(attention.query)))
    key = graph.op("Transpose", graph.op("MatMul", x, graph.constant(_matrix(attention.key))), perm=[0, 2, 1])
    count = max(1, size * size // SLICE)
    names = [f"{query}_{index}" for index in range(count)]
    queries = graph.ops("Split", query, outputs=names, axis=1, num_outputs=count)
    slices = []
    for part in queries:
        weights = graph.op("Softmax", graph.op("MatMul", part, key), axis=-1)  # [N, SLICE, size^2]
        slices.append(graph.op("MatMul", weights, value))
    return graph.op("Concat", *slices, axis=1)


def _matrix(conv: nn.Conv2d) -> np.ndarray:
    """A 1x1 convolution's weight as [C, C']."""
    return values(conv.weight)[:, :, 0, 0].T


def _bias(layer: nn.Conv2d | nn.Linear) -> np.ndarray:
    if layer.bias is None:
        raise TypeError("the generator's layers have biases")
    return values(layer.bias)


def _shifts() -> np.ndarray:
    """Convolution weight [3, 27, 3, 3] of ones and zeros that puts each tap's picture in its place."""
    weight = np.zeros((COLOURS, TAPS, TAPS, COLOURS, TAPS, TAPS), np.float32)
    for row, column, colour in np.ndindex(TAPS, TAPS, COLOURS):
        weight[colour, row, column, colour, row, column] = 1
    return weight.reshape(COLOURS, -1, TAPS, TAPS)
