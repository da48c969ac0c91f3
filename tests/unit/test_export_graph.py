"""The graphs' parts: 16-bit storage, enlargement as a matrix, attention in slices."""

from __future__ import annotations

import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch.nn import functional as F

from export import graph as graph_module
from export.fast_generator import enlargement
from export.graph import EXACT_SIZE, SPEC_KEY, Graph
from mvnet.frontend import MelSpec


def stored(values: np.ndarray, axis: int, compact: bool = True) -> tuple[np.ndarray, onnx.ModelProto]:
    """What ONNX Runtime reads back of a weight."""
    graph = Graph(compact=compact)
    flat = graph.op("Reshape", graph.weight(values, axis), graph.shape(1, -1))
    graph.op("Add", flat, graph.op("Mul", "x", graph.constant(0.0)), output="y")
    model = graph.model("weight", {"x": (1,)}, {"y": (values.size,)}, MelSpec())
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": np.zeros((1, 1), np.float32)})[0].reshape(values.shape), model


@settings(max_examples=30, deadline=None)
@given(
    values=arrays.arrays(np.float32, (3, 5, 2), elements=st.floats(-1e4, 1e4, width=32, allow_subnormal=False)),
    axis=st.integers(0, 2),
)
def test_compact_weights_are_within_half_a_step_of_their_channel(values: np.ndarray, axis: int) -> None:
    others = tuple(i for i in range(3) if i != axis)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph_module, "EXACT_SIZE", 0)
        back, _ = stored(values, axis)
    step = np.abs(values).max(axis=others, keepdims=True) / 32767
    assert (np.abs(back - values) <= step * 0.51 + 1e-33).all()


def test_large_weights_take_two_bytes_and_small_ones_stay_exact() -> None:
    random = np.random.default_rng(0)
    large = random.standard_normal((4, EXACT_SIZE), np.float32)
    back, model = stored(large, 0)
    assert len(model.SerializeToString()) < 2.01 * large.size
    assert 0 < np.abs(back - large).max() < 1e-4
    small = large[:, :100]
    np.testing.assert_array_equal(stored(small, 0)[0], small)
    np.testing.assert_array_equal(stored(large, 0, compact=False)[0], large)


def test_model_carries_the_spec() -> None:
    spec = MelSpec(hop=200)
    _, model = stored(np.ones((2, 2), np.float32), 0)
    assert {item.key: json.loads(item.value) for item in model.metadata_props} == {SPEC_KEY: MelSpec().as_dict()}
    graph = Graph()
    graph.op("Relu", "x", output="y")
    other = graph.model("relu", {"x": (1,)}, {"y": (1,)}, spec)
    assert json.loads(other.metadata_props[0].value)["hop"] == 200


@pytest.mark.parametrize("size", [1, 2, 4, 7, 32])
def test_enlargement_is_what_a_padded_convolution_reads(size: int) -> None:
    line = torch.randn(1, 1, 1, size, generator=torch.Generator().manual_seed(size))
    enlarged = F.interpolate(line, scale_factor=(1, 2), mode="bilinear", align_corners=False)
    reads = F.unfold(enlarged, (1, 3), padding=(0, 1))[0]  # [3, 2 size]
    np.testing.assert_allclose(enlargement(size) @ line.numpy().ravel(), reads.numpy(), atol=1e-6)
