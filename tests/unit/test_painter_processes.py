"""Two CPU processes (gloo) train one painter: gradients averaged, anchors moved by both, weights the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from mvnet.painter_data import draw_batch
from tests.painter_data import painter_data
from tests.painter_processes import CONFIG

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def ranks(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("ranks")
    result = subprocess.run(
        [sys.executable, "-m", "tests.painter_processes", str(folder)],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in range(2)]


@pytest.mark.parametrize("network", ["painter", "critic", "heads"])
def test_weights_and_statistics_are_equal_in_both(ranks: list[dict[str, Any]], network: str) -> None:
    for name, value in ranks[0][network].items():
        assert torch.equal(value, ranks[1][network][name]), name


def test_both_move_the_anchors_of_both(ranks: list[dict[str, Any]]) -> None:
    assert torch.equal(ranks[0]["anchors"], ranks[1]["anchors"])
    data, repainted = painter_data(), round(CONFIG.anchor_share * CONFIG.batch)
    seen = {
        int(row)
        for step in range(2)
        for rank in range(2)
        for row in draw_batch(data, CONFIG.batch, (0, step, rank)).paintings[:repainted]
    }
    assert set(ranks[0]["moved"].nonzero()[:, 0].tolist()) == seen
