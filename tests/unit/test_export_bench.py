"""The benches of generator and encoder: three engines take turns, and a model of another kind is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.bench import time_encoders, time_generators
from mvnet.errors import MvnetError
from tests.fakes import tiny_model_folder


def test_ratios_are_theirs_over_ours(tmp_path: Path) -> None:
    folder = tiny_model_folder(tmp_path, image_size=64)
    figures = time_generators(folder, rounds=1, threads=1)
    assert set(figures) == {"torch_ms", "plain_onnx_ms", "shipped_ms", "generator_vs_torch", "generator_vs_plain_onnx"}
    assert min(figures.values()) > 0
    assert figures["generator_vs_torch"] == figures["torch_ms"] / figures["shipped_ms"]
    assert figures["generator_vs_plain_onnx"] == figures["plain_onnx_ms"] / figures["shipped_ms"]


def test_another_kind_of_model(tmp_path: Path) -> None:
    with pytest.raises(MvnetError, match="is not the paper's generator"):
        time_generators(tiny_model_folder(tmp_path), rounds=1)


def test_no_model(tmp_path: Path) -> None:
    with pytest.raises(MvnetError, match="holds no readable model"):
        time_generators(tmp_path, rounds=1)


def test_encoders(tmp_path: Path) -> None:
    folder = tiny_model_folder(tmp_path)
    figures = time_encoders(folder, rounds=1, threads=1)
    assert figures["encoder_vs_torch"] == figures["torch_ms"] / figures["shipped_ms"]
    assert figures["encoder_vs_plain_onnx"] == figures["plain_onnx_ms"] / figures["shipped_ms"]
    assert figures["encoder_mb"] == (folder / "encoder.onnx").stat().st_size / 1e6
    (folder / "encoder.onnx").unlink()
    with pytest.raises(MvnetError, match="is missing"):
        time_encoders(folder, rounds=1)
