"""The encoder that reads notes as an ONNX graph: batch normalisations folded, the layout of partials as slices."""

from __future__ import annotations

from typing import cast

import numpy as np
import onnx
from torch import nn

from export.answers import answering
from export.graph import Graph
from export.values import values
from mvnet.encoder import PeriodHead
from mvnet.frontend import MelSpec
from mvnet.note_network import PITCHES, SEMITONES, STEP_COLUMNS, Bottleneck, NoteNetwork, partial_offsets
from mvnet.style_encoder import (
    LEAST_VARIANCE,
    NOTE_STEPS,
    OCTAVE,
    TEXTURE_BANDS,
    TEXTURE_COLUMNS,
    ChordConvolution,
    StyleEncoder,
)


def style_encoder_onnx(
    encoder: StyleEncoder, head: PeriodHead, spec: MelSpec, *, folded: bool = True
) -> onnx.ModelProto:
    """mel [N, 3, 128, 256] -> embedding [N, 10] and period [N, 5], probabilities in the order of PERIODS.

    Weights are stored as they are: the file has 1.5 MB, and features that hardly vary multiply an error.

    Args:
        encoder: in any mode; its running statistics are used.
        head: of the period.
        spec: of the windows it was trained on.
        folded: batch normalisations are part of the layer before them; else nodes of their own, as an exporter
            would write them (the baseline of `encoder_vs_plain_onnx`).
    """
    drawing = _Drawing(Graph(compact=False), folded)
    graph, frames = drawing.graph, spec.n_frames
    order = graph.op("Transpose", "mel", perm=[0, 2, 1, 3])
    columns = graph.op("Reshape", order, graph.shape(-1, spec.n_mels, frames))
    notes = drawing.notes(encoder.notes, columns, frames)
    parts = [*drawing.harmony(encoder, notes), drawing.pulse(encoder, notes), drawing.texture(encoder, columns, spec)]
    x = drawing.mixed(encoder, graph.op("Concat", *parts, axis=1))
    return answering(graph, "style_encoder", x, encoder, head, spec)


class _Drawing:
    """Parts of the network as nodes of one graph; each method takes and returns names of values."""

    def __init__(self, graph: Graph, folded: bool) -> None:
        self.graph, self.folded = graph, folded

    def notes(self, network: NoteNetwork, columns: str, frames: int) -> str:
        """Activations [N, 2, PITCHES, T] of columns [N, n_mels, frames]."""
        graph, steps = self.graph, frames // STEP_COLUMNS
        rows = graph.op("MatMul", graph.constant(values(network.plane)), columns)
        plane = graph.op("Reshape", rows, graph.shape(-1, 1, 2 * SEMITONES, steps * STEP_COLUMNS))
        x = self.first(network.stem, self._held_at_the_edges(plane), (1, STEP_COLUMNS), (0, 0))
        x = self.layers(network.gather, self._partials(x, steps))
        for block in network.blocks:
            x = graph.op("Relu", graph.op("Add", x, self.layers(cast(Bottleneck, block).inner, x)))
        return graph.op("Sigmoid", self.layers(network.answer, x))

    def _held_at_the_edges(self, plane: str) -> str:
        """Two rows more above and below, and a whole step before and after that repeats the edge's step."""
        graph, step = self.graph, STEP_COLUMNS
        last = 2**31 - 1
        first = graph.op("Slice", plane, graph.shape(0), graph.shape(step), graph.shape(3))
        final = graph.op("Slice", plane, graph.shape(-step), graph.shape(last), graph.shape(3))
        wide = graph.op("Concat", first, plane, final, axis=3)
        return graph.op("Pad", wide, graph.shape(0, 0, 2, 0, 0, 0, 2, 0), mode="edge")

    def first(self, chain: nn.Module, x: str, cell: tuple[int, int], padding: tuple[int, int]) -> str:
        """A chain whose convolution reads cells of the spectrum as channels, as one that strides over the spectrum.

        Args:
            x: [N, 1, H, W].
            cell: rows and columns of a cell.
            padding: in cells.
        """
        convolution = next(chain.children())
        if not isinstance(convolution, nn.Conv2d):
            raise TypeError("the chain does not begin with a convolution")
        width, _, high, wide = convolution.weight.shape
        rows, columns = cell
        weight = convolution.weight.detach().reshape(width, rows, columns, high, wide).permute(0, 3, 1, 4, 2)
        strided = nn.Conv2d(
            1, width, (high * rows, wide * columns), stride=cell, bias=False,
            padding=(padding[0] * rows, padding[1] * columns),
        )  # fmt: skip
        strided.weight.data = weight.reshape(width, 1, high * rows, wide * columns)
        return self.layers(nn.Sequential(strided, *list(chain.children())[1:]), x)

    def _partials(self, rows: str, steps: int) -> str:
        """mvnet.note_network.partials."""
        graph = self.graph
        split = graph.op("Reshape", rows, graph.shape(0, 0, SEMITONES, 2, steps))
        semitones = graph.op("Transpose", split, perm=[0, 1, 3, 2, 4])
        semitones = graph.op("Reshape", semitones, graph.shape(0, -1, SEMITONES, steps))
        parts = []
        for offset in partial_offsets():
            low, high = max(0, offset), min(SEMITONES, offset + PITCHES)
            part = graph.op("Slice", semitones, graph.shape(low), graph.shape(high), graph.shape(2))
            if (before := low - offset) or (after := offset + PITCHES - high):
                after = offset + PITCHES - high
                part = graph.op("Pad", part, graph.shape(0, 0, before, 0, 0, 0, after, 0))
            parts.append(part)
        return graph.op("Concat", *parts, axis=1)

    def harmony(self, encoder: StyleEncoder, notes: str) -> list[str]:
        """Statistics of intervals and chords, and how much each pitch is heard."""
        graph = self.graph
        x = self.layers(encoder.first, notes)
        x = graph.op("AveragePool", x, kernel_shape=[1, NOTE_STEPS], strides=[1, NOTE_STEPS])
        octaves = graph.op("Reshape", x, graph.shape(0, 0, PITCHES // OCTAVE, OCTAVE, -1))
        chroma = self.layers(encoder.fold, self._both(octaves, 2))
        for chords in encoder.chords:
            start = graph.op("Slice", chroma, graph.shape(0), graph.shape(OCTAVE - 1), graph.shape(2))
            chroma = self.layers(cast(ChordConvolution, chords).layers, graph.op("Concat", chroma, start, axis=2))
        register = [graph.op("Flatten", self._over(kind, notes, 3)) for kind in ("ReduceMean", "ReduceMax")]
        return [self._statistics(self.layers(encoder.intervals, x)), self._statistics(chroma), *register]

    def pulse(self, encoder: StyleEncoder, notes: str) -> str:
        """Statistics of how much sounds and begins in each octave."""
        graph = self.graph
        octaves = graph.op("Reshape", notes, graph.shape(0, 2, PITCHES // OCTAVE, OCTAVE, -1))
        both = self._both(octaves, 3)  # [N, 4, 6, T]
        line = graph.op("Reshape", both, graph.shape(0, 4 * PITCHES // OCTAVE, 1, -1))
        return self._statistics(self.layers(encoder.pulse, line))

    def texture(self, encoder: StyleEncoder, columns: str, spec: MelSpec) -> str:
        """Statistics of the spectrum's patterns."""
        graph = self.graph
        spectrum = graph.op("Reshape", columns, graph.shape(-1, 1, spec.n_mels, spec.n_frames))
        x = self.first(encoder.texture[0], spectrum, (TEXTURE_BANDS, TEXTURE_COLUMNS), (1, 1))
        for chain in list(encoder.texture)[1:]:
            x = self.layers(chain, x)
        return self._statistics(x)

    def mixed(self, encoder: StyleEncoder, x: str) -> str:
        """The features; both normalisations are folded into the linear layer between them."""
        first, linear, last = encoder.mix[0], encoder.mix[2], encoder.mix[3]
        scale, shift = _normalisation(first)
        slope, offset = _normalisation(last)
        weight = values(linear.weight).astype(np.float64)  # type: ignore[arg-type]
        folded = weight * scale * slope[:, None]
        bias = weight @ shift * slope + offset
        graph = self.graph
        return graph.op("Relu", graph.op("Gemm", x, graph.constant(folded), graph.constant(bias), transB=1))

    def layers(self, chain: nn.Module, x: str) -> str:
        """A chain of convolutions, batch normalisations and ReLUs, however nested."""
        flat = [part for part in chain.modules() if not list(part.children())]
        after = [*flat[1:], nn.Identity()]
        for layer, follower in zip(flat, after, strict=True):
            if isinstance(layer, nn.Conv2d):
                norm = follower if isinstance(follower, nn.BatchNorm2d) else None
                x = self._convolution(layer, norm, x)
            elif isinstance(layer, nn.BatchNorm2d):
                x = x if self.folded else self._normalised(layer, x)
            elif isinstance(layer, nn.ReLU):
                x = self.graph.op("Relu", x)
            else:
                raise TypeError(f"the encoder has a layer that is not known here: {layer}")
        return x

    def _convolution(self, layer: nn.Conv2d, norm: nn.BatchNorm2d | None, x: str) -> str:
        weight = values(layer.weight).astype(np.float64)
        bias = np.zeros(len(weight)) if layer.bias is None else values(layer.bias).astype(np.float64)
        if norm is not None and self.folded:
            scale, shift = _normalisation(norm)
            weight, bias = weight * scale[:, None, None, None], bias * scale + shift
        high, wide = (int(number) for number in layer.padding)
        graph = self.graph
        return graph.op(
            "Conv", x, graph.constant(weight), graph.constant(bias),
            strides=list(layer.stride), pads=[high, wide, high, wide],
        )  # fmt: skip

    def _normalised(self, norm: nn.BatchNorm2d, x: str) -> str:
        parts = [norm.weight, norm.bias, norm.running_mean, norm.running_var]
        constants = [self.graph.constant(values(part)) for part in parts if part is not None]
        return self.graph.op("BatchNormalization", x, *constants, epsilon=norm.eps)

    def _statistics(self, x: str) -> str:
        """Mean, spread and maximum of each channel over the window."""
        graph = self.graph
        places = graph.op("Reshape", x, graph.shape(0, 0, -1))
        mean = self._over("ReduceMean", places, 2)
        away = graph.op("Sub", places, graph.op("Unsqueeze", mean, graph.shape(2)))
        variance = self._over("ReduceMean", graph.op("Mul", away, away), 2)
        spread = graph.op("Sqrt", graph.op("Max", variance, graph.constant(LEAST_VARIANCE)))
        return graph.op("Concat", mean, spread, self._over("ReduceMax", places, 2), axis=1)

    def _both(self, x: str, axis: int) -> str:
        """Mean and maximum over an axis, side by side as channels."""
        return self.graph.op("Concat", self._over("ReduceMean", x, axis), self._over("ReduceMax", x, axis), axis=1)

    def _over(self, kind: str, x: str, axis: int) -> str:
        return self.graph.op(kind, x, self.graph.shape(axis), keepdims=0)


def _normalisation(norm: nn.Module) -> tuple[np.ndarray, np.ndarray]:
    """Scale and shift of each channel that a batch normalisation is in eval mode, float64."""
    if not isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d) or norm.running_mean is None or norm.running_var is None:
        raise TypeError("the encoder's batch normalisation keeps no statistics")
    scale = values(norm.weight) / np.sqrt(values(norm.running_var).astype(np.float64) + norm.eps)
    return scale, values(norm.bias) - values(norm.running_mean) * scale
