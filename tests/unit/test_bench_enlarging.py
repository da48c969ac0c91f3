"""What is lost by making pictures small: judged by a network that sees their details and colours."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from bench import enlarging
from bench.enlarging import FIGURES, SIZE, Judge, brushed, measure, plainly, remade
from mvnet.errors import MvnetError
from mvnet.painter import Painter
from mvnet.painter_config import PainterShape


class Eye:
    """Sees how much there is in each channel of what a blur takes away, and the colours of four quarters."""

    name, size = "an eye", SIZE

    def see(self, images: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        detail = (images - F.avg_pool2d(images, 5, stride=1, padding=2, count_include_pad=False)).abs()
        quarters = F.adaptive_avg_pool2d(images, 2).flatten(1) / 10
        return torch.cat((detail.mean((2, 3)), quarters), 1), [F.adaptive_avg_pool2d(images, 8) / 255]


def pictures(count: int, seed: int) -> np.ndarray:
    """Grain on soft grounds, uint8 [n, 3, SIZE, SIZE]."""
    chance = np.random.default_rng(seed)
    ground = torch.from_numpy(chance.uniform(40, 215, (count, 3, 4, 4)).astype(np.float32))
    grain = chance.normal(0, 12, (count, 3, SIZE, SIZE)).astype(np.float32)
    soft = F.interpolate(ground, size=SIZE, mode="bilinear").numpy()
    return np.clip(soft + grain, 0, 255).astype(np.uint8)


def test_what_small_pictures_do_not_hold_is_told() -> None:
    periods = np.arange(20) % 2
    judge = Judge(Eye(), pictures(20, 0), periods, pictures(20, 1), periods)
    found = dict(measure(judge, pictures(20, 2), periods, None))
    assert list(found) == ["as they are", "128 pixels, plainly", "64 pixels, plainly"]
    assert all(tuple(figures) == FIGURES for figures in found.values())
    distances = [figures["kernel_distance"] for figures in found.values()]
    assert distances == sorted(distances)
    assert found["as they are"]["precision"] > 0.5 > found["64 pixels, plainly"]["precision"]


def test_a_brush_enlarges_what_a_trunk_would_have_painted() -> None:
    painter = Painter(PainterShape(SIZE, width=4, brush_width=4)).eval()
    images = pictures(11, 3)
    # A new brush enlarges plainly: 64 pixels and no grain.
    soft, plain = remade(images, brushed(painter)), remade(images, plainly(64))
    assert soft.shape == images.shape
    assert np.abs(soft.astype(int) - plain).mean() < 0.2 * np.abs(soft.astype(int) - images).mean()


def test_a_painter_without_a_brush_is_refused() -> None:
    with pytest.raises(MvnetError, match="paints 64 pixels"):
        brushed(Painter(PainterShape(64, width=4)))


def test_data_that_cannot_be_read_ends_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["enlarging", "--data", str(tmp_path / "nowhere")])
    assert enlarging.main() == 2
    assert "nowhere" in capsys.readouterr().err
