"""The painter: torch against ONNX Runtime, at each resolution, and as a model folder."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from export.painter import generator_onnx, load_generator, painter_onnx
from export.parity import TOLERANCE, generator_differences
from mvnet.checkpoints import FORMAT, write_atomic
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.painter import Painter
from mvnet.painter_checkpoint import FILES, weights_of
from mvnet.painter_config import PainterShape
from tests.networks import random_generator

ROUNDING = 1e-4  # float32 sums in another order


def random_painter(resolution: int, width: int = 6) -> Painter:
    """A painter whose batch norms have seen something, and whose every part counts."""
    torch.manual_seed(resolution)
    painter = Painter(PainterShape(resolution, width, brush_width=6))
    torch.nn.init.normal_(painter.hearing)
    torch.nn.init.normal_(painter.hearing_offset)
    if painter.brush is not None:
        torch.nn.init.normal_(painter.brush.features.weight, std=0.3)
        torch.nn.init.normal_(painter.brush.last.weight, std=0.05)
    with torch.no_grad():
        for _ in range(3):
            painter(torch.randn(8, painter.noise_size), torch.randn(8, 10))
    return painter.eval()


def embeddings() -> np.ndarray:
    return np.random.default_rng(5).standard_normal((3, 10), np.float32)


@pytest.mark.parametrize("resolution", [64, 128, 256])
def test_painter(resolution: int) -> None:
    painter = random_painter(resolution)
    network = painter_onnx(painter, MelSpec(), compact=False).SerializeToString()
    for item in generator_differences(network, painter, embeddings()):
        assert item.largest <= ROUNDING, item
        assert item.scale > 0.1, item


def test_painter_in_16_bits() -> None:
    painter = random_painter(64, width=32)  # wide enough for weights that are worth rounding
    exact = painter_onnx(painter, MelSpec(), compact=False).SerializeToString()
    network = painter_onnx(painter, MelSpec()).SerializeToString()
    assert len(network) < 0.75 * len(exact)
    for item in generator_differences(network, painter, embeddings()):
        assert item.largest <= TOLERANCE, item


def test_a_painter_is_known_by_its_checkpoint(tmp_path: Path) -> None:
    painter = random_painter(64)
    content = {"format": FORMAT, "kind": "painter", "spec": MelSpec().as_dict(), "shape": asdict(painter.shape)}
    write_atomic(tmp_path / FILES["painter"], {**content, "weights": weights_of(painter), "figures": {}})
    for path in (tmp_path, tmp_path / FILES["painter"]):
        loaded, about = load_generator(path)
        assert isinstance(loaded, Painter)
        assert about["spec"] == MelSpec().as_dict()
        assert generator_onnx(loaded, MelSpec()).graph.name == "painter"


def test_the_papers_generator_is_exported_as_before() -> None:
    assert generator_onnx(random_generator(), MelSpec()).graph.name == "generator"


def test_no_checkpoint_at_all_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MvnetError, match="there is no checkpoint"):
        load_generator(tmp_path)
