"""The painter as ONNX Runtime runs it fastest on a processor: the same function, rewritten exactly.

1. A transposed 4 x 4 convolution with stride 2 is a 3 x 3 convolution to four times the channels and a
   pixel shuffle; ONNX Runtime's plain convolution is the faster one by far.
2. Batch norms have fixed statistics and fold into the convolution before them.
3. The brush's grain is the same for every picture, so its share of the first convolution is a constant,
   which ONNX Runtime works out when it loads the file.

Also chooses between this generator and the paper's, by the checkpoint's kind.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from torch import nn

from export import fast_generator
from export.graph import Graph
from export.values import values
from mvnet import checkpoints
from mvnet.brush import SLOPE as BRUSH_SLOPE
from mvnet.brush import STEP, Brush
from mvnet.encoder import EMBEDDING_SIZE
from mvnet.frontend import MelSpec
from mvnet.gan import Generator
from mvnet.painter import SLOPE, START, Block, Painter
from mvnet.painter_checkpoint import FILES, load_painter

COLOURS = 3
# Along one direction: which of a transposed convolution's four taps stand in the three of the plain one, for even
# and for odd outputs; the fifth is zero.
TAPS = (3, 1, 4, 4, 2, 0)


def load_generator(path: Path | str) -> tuple[Generator | Painter, dict[str, Any]]:
    """A finished generator of either kind in eval mode, and the rest of its file.

    Raises:
        MvnetError: see mvnet.checkpoints.load_checkpoint.
    """
    path = Path(path)
    file = path / FILES["painter"] if path.is_dir() else path
    if file.is_file() and checkpoints.read_checked(file).get("kind") == "painter":
        return load_painter(file)
    return checkpoints.load_generator(path)


def generator_onnx(generator: Generator | Painter, spec: MelSpec, *, compact: bool = True) -> onnx.ModelProto:
    """noise [N, Z], embedding [N, 10] -> image [N, 3, R, R] in [-1, 1], of either kind of generator."""
    if isinstance(generator, Painter):
        return painter_onnx(generator, spec, compact=compact)
    return fast_generator.generator_onnx(generator, spec, compact=compact)


def painter_onnx(painter: Painter, spec: MelSpec, *, compact: bool = True) -> onnx.ModelProto:
    """noise [N, 64], embedding [N, 10] -> image [N, 3, R, R] in [-1, 1].

    Args:
        painter: trained; its running statistics are used, in any mode.
        spec: of the windows behind its embeddings, written into the file.
        compact: 16-bit storage.
    """
    graph = Graph(compact=compact)
    heard = graph.op("MatMul", "embedding", graph.constant(values(painter.hearing)))
    heard = graph.op("Add", heard, graph.constant(values(painter.hearing_offset)))
    given = graph.op("Concat", _placed(graph, heard, painter), _emphasised(graph, heard, painter), axis=1)
    mixed = graph.op("LeakyRelu", _linear(graph, given, painter.mix), alpha=SLOPE)
    x = graph.op("LeakyRelu", _linear(graph, given, painter.start), alpha=SLOPE)
    x = graph.op("Reshape", x, graph.shape(-1, painter.start.out_features // START**2, START, START))
    for block in painter.blocks:
        if not isinstance(block, Block):
            raise TypeError("the painter's blocks are not mvnet.painter.Block")
        x = _block(graph, x, mixed, block)
    picture = _conv(graph, x, painter.colours)
    if painter.brush is None:
        graph.op("Tanh", picture, output="image")
    else:
        painted = _brush(graph, graph.op("Tanh", picture), x, painter.brush)
        graph.op("Clip", painted, graph.constant(-1.0), graph.constant(1.0), output="image")
    side = painter.image_size
    inputs = {"noise": (painter.noise_size,), "embedding": (EMBEDDING_SIZE,)}
    return graph.model("painter", inputs, {"image": (COLOURS, side, side)}, spec)


def _emphasised(graph: Graph, heard: str, painter: Painter) -> str:
    """Painter.emphasise."""
    gain = float(painter.emphasis)
    if gain == 1:
        return heard
    middle = values(painter.period_centres).mean(0)
    louder = graph.op("Mul", heard, graph.constant(np.array(gain, np.float32)))
    return graph.op("Add", louder, graph.constant((1 - gain) * middle))


def _placed(graph: Graph, heard: str, painter: Painter) -> str:
    """Painter.place; the square of what is heard is the same for all periods, so softmax does not need it."""
    if not painter.places.any():
        return "noise"
    centres, width = values(painter.period_centres), float(painter.place_width)
    near = graph.op("MatMul", heard, graph.constant(centres.T / width**2))
    near = graph.op("Add", near, graph.constant(-(centres**2).sum(1) / (2 * width**2)))
    shares = graph.op("Softmax", near, axis=1)
    return graph.op("Add", "noise", graph.op("MatMul", shares, graph.constant(values(painter.places))))


def _linear(graph: Graph, x: str, layer: nn.Linear) -> str:
    return graph.op("Gemm", x, graph.weight(values(layer.weight), 0), graph.constant(values(layer.bias)), transB=1)


def _conv(graph: Graph, x: str, layer: nn.Conv2d) -> str:
    """A convolution that keeps the size."""
    reach = layer.kernel_size[0] // 2
    inputs = [x, graph.weight(values(layer.weight), 0)]
    if layer.bias is not None:
        inputs.append(graph.constant(values(layer.bias)))
    return graph.op("Conv", *inputs, pads=[reach] * 4)


def _block(graph: Graph, x: str, mixed: str, block: Block) -> str:
    weight, bias = _folded(block)
    x = graph.op("Conv", x, _shuffled(graph, weight), graph.constant(bias.repeat(4)), pads=[1] * 4)
    x = graph.op("DepthToSpace", x, blocksize=2, mode="CRD")
    if block.style is not None:
        style = _linear(graph, mixed, block.style)
        style = graph.op("Unsqueeze", style, graph.shape(2, 3))
        gain, shift = f"{style}_gain", f"{style}_shift"
        graph.ops("Split", style, outputs=[gain, shift], axis=1, num_outputs=2)
        factor = graph.op("Add", gain, graph.constant(1.0))
        x = graph.op("Add", graph.op("Mul", x, factor), shift)
    return graph.op("LeakyRelu", x, alpha=SLOPE)


def _folded(block: Block) -> tuple[np.ndarray, np.ndarray]:
    """Weight [C, C', 4, 4] and bias [C'] of a block's convolution and the batch norm after it."""
    norm = block.norm
    if norm.running_mean is None or norm.running_var is None:
        raise TypeError("the painter's batch norms keep no statistics")
    scale = 1 / np.sqrt(values(norm.running_var).astype(np.float64) + norm.eps)
    bias = -values(norm.running_mean) * scale
    if norm.affine:
        scale, bias = scale * values(norm.weight), bias * values(norm.weight) + values(norm.bias)
    return values(block.conv.weight) * scale[None, :, None, None], bias


def _shuffled(graph: Graph, weight: np.ndarray) -> str:
    """The 3 x 3 kernel before a pixel shuffle that equals a transposed 4 x 4 one with stride 2 and padding 1.

    Stored as it was trained, and rearranged when ONNX Runtime loads the file: that is 9/4 smaller.

    Args:
        weight: [C, C', 4, 4], of the transposed convolution.
    Returns:
        [4 C', C, 3, 3]; channel 4 c + 2 i + j gives row i and column j of each 2 x 2 square of channel c.
    """
    channels, width = weight.shape[:2]
    kernel = graph.weight(weight.transpose(1, 0, 2, 3), 0)  # [C', C, 4, 4]
    kernel = graph.op("Pad", kernel, graph.shape(0, 0, 0, 0, 0, 0, 1, 1))
    for axis in (2, 3):
        kernel = graph.op("Gather", kernel, graph.shape(*TAPS), axis=axis)  # in the end [C', C, 6, 6]
    kernel = graph.op("Reshape", kernel, graph.shape(width, channels, 2, 3, 2, 3))
    kernel = graph.op("Transpose", kernel, perm=[0, 2, 4, 1, 3, 5])
    return graph.op("Reshape", kernel, graph.shape(4 * width, channels, 3, 3))


def _brush(graph: Graph, picture: str, features: str, brush: Brush) -> str:
    """mvnet.brush.Brush on a whole picture and the trunk's features."""
    if brush.stem.bias is None:
        raise TypeError("the brush's first convolution has no bias")
    stem = values(brush.stem.weight)
    on_grain = graph.op(
        "Conv",
        graph.constant(values(brush.grain)),
        graph.constant(stem[:, COLOURS:]),
        graph.constant(values(brush.stem.bias)),
        pads=[1] * 4,
    )
    x = graph.op("Conv", picture, graph.constant(stem[:, :COLOURS]), pads=[1] * 4)
    x = graph.op("Add", graph.op("Add", x, _softened(graph, _conv(graph, features, brush.features))), on_grain)
    x = graph.op("LeakyRelu", x, alpha=BRUSH_SLOPE)
    layers = [layer for layer in brush.layers if isinstance(layer, nn.Conv2d)]
    for first, second in zip(layers[::2], layers[1::2], strict=True):
        y = graph.op("LeakyRelu", _conv(graph, x, first), alpha=BRUSH_SLOPE)
        y = graph.op("LeakyRelu", _conv(graph, y, second), alpha=BRUSH_SLOPE)
        x = graph.op("Add", x, y)
    if brush.finer is not None:
        x = graph.op("LeakyRelu", _enlarged(graph, _conv(graph, x, brush.finer)), alpha=BRUSH_SLOPE)
        x = _on_fine_grain(graph, x, brush)
    else:
        x = _conv(graph, x, brush.last)
    scales = graph.constant(np.array([1, 1, brush.scale, brush.scale]))
    plain = graph.op("Resize", picture, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")
    return graph.op("Add", plain, _enlarged(graph, x))


def _softened(graph: Graph, x: str) -> str:
    """mvnet.brush.softened."""
    x = graph.op("Pad", x, graph.shape(0, 0, 1, 1, 0, 0, 1, 1), mode="edge")
    for _ in range(2):
        x = graph.op("AveragePool", x, kernel_shape=[2] * 2, strides=[1, 1])
    return x


def _on_fine_grain(graph: Graph, x: str, brush: Brush) -> str:
    """The last convolution, on features and the grain at their size; the grain's share is a constant."""
    if brush.last.bias is None:
        raise TypeError("the brush's last convolution has no bias")
    last = values(brush.last.weight)
    known = last.shape[1] - brush.fine_grain.shape[1]
    on_grain = graph.op(
        "Conv",
        graph.constant(values(brush.fine_grain)),
        graph.constant(last[:, known:]),
        graph.constant(values(brush.last.bias)),
        pads=[1] * 4,
    )
    return graph.op("Add", graph.op("Conv", x, graph.constant(last[:, :known]), pads=[1] * 4), on_grain)


def _enlarged(graph: Graph, x: str) -> str:
    """Pixel shuffle and mvnet.brush.smoothed."""
    x = graph.op("DepthToSpace", x, blocksize=STEP, mode="CRD")
    x = graph.op("Pad", x, graph.shape(0, 0, 0, 0, 0, 0, STEP - 1, STEP - 1), mode="edge")
    return graph.op("AveragePool", x, kernel_shape=[STEP] * 2, strides=[1, 1])
